"""Success that an agent must reach, in all or in a task."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hrlctl.errors import TargetNotMetError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from hrlctl.evaluation.report import EvaluationReport

OPTION = "--min-success"


class Target(NamedTuple):
    """The least success rate, of a task or, without one, in all."""

    rate: float
    task: str | None = None

    @classmethod
    def parse(cls, text: str) -> Target:
        """A target from ``RATE`` or ``TASK=RATE``, the rate in [0, 1].

        Raises:
            UsageError: ``text`` is neither.
        """
        task, has_task, rate = text.rpartition("=")
        try:
            number = float(rate)
        except ValueError:
            number = -1.0
        if not 0 <= number <= 1 or (has_task and not task):
            raise UsageError(
                f"{text!r} is no success rate",
                where=OPTION,
                hint="for example 0.9, or desktop_basics/open-icon=0.8",
            )
        return cls(number, task or None)


def check_names(targets: Sequence[Target], tasks: Collection[str]) -> None:
    """Make sure that every target is about a task that is played.

    Raises:
        UnknownNameError: one is not.
    """
    for target in targets:
        if target.task is not None and target.task not in tasks:
            raise UnknownNameError("task", target.task, tasks, where=OPTION)


def require(targets: Sequence[Target], report: EvaluationReport) -> None:
    """Make sure that all targets are met.

    Raises:
        TargetNotMetError: it names every one that is not.
    """
    if missed := list(_missed(targets, report)):
        raise TargetNotMetError("; ".join(missed), where=OPTION)


def _missed(targets: Sequence[Target], report: EvaluationReport) -> Iterator[str]:
    for target in targets:
        figures = report.overall if target.task is None else report.by_task[target.task]
        if figures.success_rate < target.rate:
            what = "success" if target.task is None else f"success in {target.task}"
            yield f"{what} is {figures.success_rate:.1%}, less than {target.rate:.1%}"
