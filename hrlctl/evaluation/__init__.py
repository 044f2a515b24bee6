"""Evaluation: success on held-out instances, with its interval and per task."""

from hrlctl.evaluation.evaluator import evaluate
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.packs.selection import TaskSelection

__all__ = ["EvaluationReport", "TaskSelection", "evaluate"]
