"""Every episode of an evaluation as a row of a table."""

from __future__ import annotations

import csv
import io
from typing import Final

from hrlctl.evaluation.report import EvaluationReport

COLUMNS: Final = (
    "task",
    "difficulty",
    "set",
    "seed",
    "instruction",
    "agent_success",
    "agent_steps",
    "agent_failure",
    "automatic_success",
    "automatic_steps",
    "automatic_failure",
    "oracle_steps",
    "return",
)


def csv_of(report: EvaluationReport) -> str:
    """The episodes as CSV with a header, in the order in which they were planned.

    ``task``, ``set`` and ``seed`` name the instance, as ``hrlctl tasks show`` takes them.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for result in report.results:
        agent, automatic = result.agent, result.automatic
        table.writerow(
            (
                result.task,
                result.difficulty,
                report.setup.split,
                result.seed,
                result.instruction,
                int(agent.success),
                agent.steps,
                agent.failure or "",
                int(automatic.success),
                automatic.steps,
                automatic.failure or "",
                "" if result.oracle_steps is None else result.oracle_steps,
                f"{result.episode_return:.6g}",
            )
        )
    return text.getvalue()
