"""Evaluation: success on held-out instances, with its interval, and what explains it."""

from hrlctl.evaluation.evaluator import evaluate
from hrlctl.evaluation.gap import Gap, measure_gap
from hrlctl.evaluation.plan import Ablation
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.targets import Target, require
from hrlctl.packs.selection import TaskSelection

__all__ = [
    "Ablation",
    "EvaluationReport",
    "Gap",
    "Target",
    "TaskSelection",
    "evaluate",
    "measure_gap",
    "require",
]
