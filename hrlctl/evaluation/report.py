"""What an evaluation found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hrlctl.env.episode import Termination
from hrlctl.evaluation.intervals import Interval, wilson
from hrlctl.schema.base import Difficulty, Split


class EpisodeResult(NamedTuple):
    """How one episode ended."""

    task: str  # id
    difficulty: Difficulty
    success: bool
    episode_return: float  # not discounted
    length: int  # steps
    faults: int = 0  # of the machinery, after each of which it was played again


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of a group of episodes.

    Attributes:
        success_rate: share of the episodes that succeeded, in [0, 1].
        success_ci95: its 95% Wilson interval.
        mean_return: not discounted.
        mean_steps: of all episodes, failed ones included.
    """

    episodes: int
    success_rate: float
    success_ci95: Interval
    mean_return: float
    mean_steps: float

    @classmethod
    def of(cls, results: Sequence[EpisodeResult]) -> Figures:
        """The figures of at least one result."""
        count = len(results)
        successes = sum(result.success for result in results)
        return cls(
            count,
            successes / count,
            wilson(successes, count),
            sum(result.episode_return for result in results) / count,
            sum(result.length for result in results) / count,
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it, without the return: returns of different tasks do not compare."""
        return {
            "episodes": self.episodes,
            "success_rate": self.success_rate,
            "success_ci95": list(self.success_ci95),
            "mean_steps": self.mean_steps,
        }


@dataclass(frozen=True, slots=True)
class EvaluationReport:
    """The figures of an evaluation, and what they are figures of.

    Attributes:
        overall: of all episodes.
        by_task: by task id, in the order of the tasks.
        by_difficulty: of the difficulties that were played.
        seed: that the episodes were drawn with.
        split: the held-out set.
        termination: who ended the episodes.
        sampled: whether actions were drawn, not taken greedily.
    """

    overall: Figures
    by_task: dict[str, Figures]
    by_difficulty: dict[Difficulty, Figures]
    seed: int
    split: Split
    termination: Termination
    sampled: bool

    @classmethod
    def of(
        cls,
        results: Sequence[EpisodeResult],
        *,
        seed: int,
        split: Split,
        termination: Termination,
        sampled: bool,
    ) -> EvaluationReport:
        """The report of at least one result."""
        by_task = {
            task: Figures.of([result for result in results if result.task == task])
            for task in _in_order(result.task for result in results)
        }
        by_difficulty = {
            stage: Figures.of(played)
            for stage in Difficulty
            if (played := [result for result in results if result.difficulty == stage])
        }
        return cls(Figures.of(results), by_task, by_difficulty, seed, split, termination, sampled)

    @property
    def worst_task(self) -> str:
        """The id of the task with the lowest success rate, the first of several."""
        return min(self.by_task, key=lambda task: self.by_task[task].success_rate)

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        return {
            **self.overall.to_dict(),
            "mean_return": self.overall.mean_return,
            "seed": self.seed,
            "set": str(self.split),
            "termination": self.termination,
            "sampled": self.sampled,
            "worst_task": self.worst_task,
            "by_task": {task: figures.to_dict() for task, figures in self.by_task.items()},
            "by_difficulty": {
                str(stage): figures.to_dict() for stage, figures in self.by_difficulty.items()
            },
        }


def _in_order(names: Iterable[str]) -> list[str]:
    """Each name once, in the order of its first occurrence."""
    return list(dict.fromkeys(names))
