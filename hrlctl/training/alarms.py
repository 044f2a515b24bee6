"""Alarms: signs that a run is not doing what it seems to do."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Final

from hrlctl.events import WarningRaised
from hrlctl.schema.base import Skill

_WINDOW: Final = 20  # updates
_COLLAPSED: Final = 0.95  # share of one skill
_UNUSED: Final = 0.5  # share of the skill ``task``
_RISE: Final = 0.05  # of the mean return


class Alarms:
    """Looks at each update and warns once of each thing."""

    def __init__(self) -> None:
        self._usage: deque[Mapping[str, float]] = deque(maxlen=_WINDOW)
        self._returns: list[float] = []
        self._best_success = 0.0
        self._raised: set[str] = set()

    def check(
        self,
        steps: int,
        usage: Mapping[str, float],
        mean_return: float | None,
        success_rate: float | None,
    ) -> list[WarningRaised]:
        """Warnings about the run so far.

        Args:
            steps: since the run began.
            usage: share of the manager's decisions by skill in this update; empty without one.
            mean_return: moving average of R.
            success_rate: the headline.
        """
        warnings = []
        if usage:
            self._usage.append(usage)
        if len(self._usage) == _WINDOW:
            skills = self._usage[0]
            mean = {s: sum(u[s] for u in self._usage) / _WINDOW for s in skills}
            top = max(mean, key=lambda skill: mean[skill])
            if mean[Skill.TASK.value] > _UNUSED:
                warnings += self._once(
                    "unused",
                    steps,
                    f"the manager chooses 'task' in {mean[Skill.TASK.value]:.0%} of its decisions:"
                    " the hierarchy is unused",
                    "give the tasks milestones where they have none, or raise the entropy"
                    " coefficient",
                )
            elif mean[top] > _COLLAPSED:
                warnings += self._once(
                    "collapsed",
                    steps,
                    f"the manager has collapsed: it chooses {top!r} in {mean[top]:.0%} of its"
                    " decisions",
                    "raise the entropy coefficient, or lower the learning rate",
                )
        if mean_return is not None and success_rate is not None:
            self._returns.append(mean_return)
            self._best_success = max(self._best_success, success_rate)
            early = self._returns[:_WINDOW]
            late = self._returns[-_WINDOW:]
            rises = sum(late) / len(late) - sum(early) / len(early) > _RISE
            if len(self._returns) >= 2 * _WINDOW and rises and self._best_success == 0:
                warnings += self._once(
                    "empty",
                    steps,
                    "the return rises while no episode has succeeded",
                    "reward is not success: look at the tasks' criteria and milestones",
                )
        return warnings

    def _once(self, name: str, steps: int, message: str, hint: str) -> list[WarningRaised]:
        if name in self._raised:
            return []
        self._raised.add(name)
        return [WarningRaised(steps, message, hint)]
