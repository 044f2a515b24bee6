"""Figures of groups of episodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hrlctl.env.episode import Termination
from hrlctl.evaluation.intervals import Interval, wilson
from hrlctl.evaluation.results import EpisodeResult, Failure
from hrlctl.schema.base import Skill


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of episodes under one termination.

    Attributes:
        success_rate: share of the episodes that succeeded, in [0, 1].
        success_ci95: its 95% Wilson interval.
        mean_return: not discounted, as training pays it.
        mean_steps: of all episodes, failed ones included.
        steps_to_oracle: of the successes: their steps, for each step of the oracle. ``None``
            without successes, or where no oracle is known.
        failures: how many episodes failed for each reason.
    """

    episodes: int
    success_rate: float
    success_ci95: Interval
    mean_return: float
    mean_steps: float
    steps_to_oracle: float | None
    failures: dict[Failure, int]

    @classmethod
    def of(cls, results: Sequence[EpisodeResult], termination: Termination) -> Figures:
        """The figures of at least one result."""
        count = len(results)
        endings = [result.ending(termination) for result in results]
        successes = sum(ending.success for ending in endings)
        compared = [
            (ending.steps, result.oracle_steps)
            for ending, result in zip(endings, results, strict=True)
            if ending.success and result.oracle_steps
        ]
        oracle = sum(steps for _, steps in compared)
        failures = Counter(ending.failure for ending in endings if ending.failure is not None)
        return cls(
            count,
            successes / count,
            wilson(successes, count),
            sum(result.episode_return for result in results) / count,
            sum(ending.steps for ending in endings) / count,
            sum(steps for steps, _ in compared) / oracle if oracle else None,
            {failure: failures[failure] for failure in Failure if failure in failures},
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, without the return: returns of different tasks do not compare."""
        return {
            "episodes": self.episodes,
            "success_rate": self.success_rate,
            "success_ci95": list(self.success_ci95),
            "mean_steps": self.mean_steps,
            "steps_to_oracle": self.steps_to_oracle,
            "failures": {str(failure): count for failure, count in self.failures.items()},
        }


@dataclass(frozen=True, slots=True)
class SkillFigures:
    """A skill: how often the manager chose it, and how often its milestones were reached.

    Attributes:
        chosen: share of all steps that were taken under it; ``None`` without a manager.
        milestones: of this skill, in all episodes.
        reached: share of them, in [0, 1]; ``None`` where there are none.
        reached_ci95: its 95% Wilson interval.
    """

    chosen: float | None
    milestones: int
    reached: float | None
    reached_ci95: Interval

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "chosen": self.chosen,
            "milestones": self.milestones,
            "reached": self.reached,
            "reached_ci95": list(self.reached_ci95),
        }


def figures_by_skill(results: Sequence[EpisodeResult]) -> dict[Skill, SkillFigures]:
    """The figures of every skill that was chosen or has milestones."""
    chosen = Counter(step.skill for result in results for step in result.trace)
    steps = chosen.total()
    is_managed = any(skill is not None for skill in chosen)
    due = Counter(milestone.skill for result in results for milestone in result.milestones)
    reached = Counter(m.skill for result in results for m in result.milestones if m.reached)
    return {
        skill: SkillFigures(
            chosen[skill] / steps if is_managed else None,
            due[skill],
            reached[skill] / due[skill] if due[skill] else None,
            wilson(reached[skill], due[skill]),
        )
        for skill in Skill
        if chosen[skill] or due[skill]
    }


@dataclass(frozen=True, slots=True)
class Flakiness:
    """Whether the same instances end the same way each time.

    Attributes:
        repeats: how often each instance was played.
        success_rates: of each repeat.
        flaky_tasks: by task id, the share of its instances that both succeeded and failed, of the
            tasks where there are such, the flakiest first.
    """

    repeats: int
    success_rates: tuple[float, ...]
    flaky_tasks: dict[str, float]

    @classmethod
    def of(cls, repeats: Sequence[Sequence[EpisodeResult]], termination: Termination) -> Flakiness:
        """What repeats of the same episodes, in the same order, tell; at least one episode."""
        instances, flaky = Counter[str](), Counter[str]()
        for same in zip(*repeats, strict=True):
            instances[same[0].task] += 1
            flaky[same[0].task] += len({result.ending(termination).success for result in same}) > 1
        shares = {task: flaky[task] / instances[task] for task in instances if flaky[task]}
        rates = (
            sum(result.ending(termination).success for result in results) / len(results)
            for results in repeats
        )
        return cls(
            len(repeats), tuple(rates), dict(sorted(shares.items(), key=lambda item: -item[1]))
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "repeats": self.repeats,
            "success_rates": list(self.success_rates),
            "flaky_tasks": self.flaky_tasks,
        }
