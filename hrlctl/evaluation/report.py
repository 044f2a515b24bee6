"""What an evaluation found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

from hrlctl.env.episode import Termination
from hrlctl.evaluation.comparison import PairedTest
from hrlctl.evaluation.figures import Figures, Flakiness, SkillFigures, figures_by_skill
from hrlctl.evaluation.plan import Ablation, PlaySetup
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.schema.base import Difficulty, Skill
from hrlctl.schema.run import RunConfig

MOST_FAULTS: Final = 0.02
"""The share of plays broken off by faults of the machinery above which nothing was measured."""
TERMINATIONS: Final[tuple[Termination, ...]] = ("agent", "automatic")


class Comparison(NamedTuple):
    """Another agent on the same instances.

    Attributes:
        checkpoint: the other one.
        figures: the other one's.
        test: this one first, the other one second.
    """

    checkpoint: Path
    figures: Figures
    test: PairedTest

    @classmethod
    def of(
        cls,
        checkpoint: Path,
        this: Sequence[EpisodeResult],
        other: Sequence[EpisodeResult],
        termination: Termination,
    ) -> Comparison:
        """``checkpoint``'s results, ``other``, beside those of the agent that is judged."""
        test = PairedTest.of(this, other, termination)
        return cls(checkpoint, Figures.of(other, termination), test)


@dataclass(frozen=True)
class EvaluationReport:
    """The figures of an evaluation, and what they are figures of.

    Attributes:
        results: of every episode, in the order in which they were planned.
        setup: what was played.
        seed: that the episodes were drawn with.
        termination: under which episodes count, but for ``by_termination``.
        flakiness: where the episodes were played several times; ``results`` are of the first.
        ablations: the figures on the same instances with something taken away.
        comparison: with another agent.
        run: how the agent was trained; ``None`` where its file does not say so.
    """

    results: tuple[EpisodeResult, ...]
    setup: PlaySetup
    seed: int
    termination: Termination
    flakiness: Flakiness | None = None
    ablations: Mapping[Ablation, Figures] = field(default_factory=dict)
    comparison: Comparison | None = None
    run: RunConfig | None = None

    @property
    def overall(self) -> Figures:
        """Of all episodes."""
        return self._figures(self.results)

    @property
    def by_termination(self) -> dict[Termination, Figures]:
        """Of all episodes, as if the agent or success ended them."""
        return {termination: Figures.of(self.results, termination) for termination in TERMINATIONS}

    @property
    def by_task(self) -> dict[str, Figures]:
        """By task id, in the order of the tasks."""
        return {
            task: self._figures([result for result in self.results if result.task == task])
            for task in dict.fromkeys(result.task for result in self.results)
        }

    @property
    def by_difficulty(self) -> dict[Difficulty, Figures]:
        """Of the difficulties that were played."""
        return {
            stage: self._figures(played)
            for stage in Difficulty
            if (played := [result for result in self.results if result.difficulty == stage])
        }

    @property
    def by_skill(self) -> dict[Skill, SkillFigures]:
        """Of the skills that were chosen or have milestones."""
        return figures_by_skill(self.results)

    @property
    def worst_task(self) -> str:
        """The id of the task with the lowest success rate, the first of several."""
        by_task = self.by_task
        return min(by_task, key=lambda task: by_task[task].success_rate)

    @property
    def faults(self) -> int:
        """How many plays were broken off by faults of the machinery; they were played again."""
        return sum(result.faults for result in self.results)

    @property
    def fault_rate(self) -> float:
        """The share of plays that were broken off."""
        return self.faults / (self.faults + len(self.results))

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON has it."""
        overall = self.overall
        content = {
            **overall.to_dict(),
            "mean_return": overall.mean_return,
            "checkpoint": str(self.setup.checkpoint),
            "seed": self.seed,
            "set": str(self.setup.split),
            "termination": self.termination,
            "sampled": self.setup.sampled,
            "desktop": self.setup.desktop,
            "faults": self.faults,
            "fault_rate": self.fault_rate,
            "is_valid": self.fault_rate <= MOST_FAULTS,
            "discarded_first_screens": sum(result.discarded for result in self.results),
            "by_termination": {
                termination: figures.to_dict()
                for termination, figures in self.by_termination.items()
            },
            "worst_task": self.worst_task,
            "by_task": {task: figures.to_dict() for task, figures in self.by_task.items()},
            "by_difficulty": {
                str(stage): figures.to_dict() for stage, figures in self.by_difficulty.items()
            },
            "by_skill": {str(skill): figures.to_dict() for skill, figures in self.by_skill.items()},
        }
        if self.flakiness is not None:
            content["flakiness"] = self.flakiness.to_dict()
        if self.ablations:
            content["ablations"] = {
                str(ablation): figures.to_dict() for ablation, figures in self.ablations.items()
            }
        if self.comparison is not None:
            other = self.comparison
            content["comparison"] = {
                "checkpoint": str(other.checkpoint),
                "other": other.figures.to_dict(),
                **other.test.to_dict(),
            }
        return content

    def _figures(self, results: Sequence[EpisodeResult]) -> Figures:
        return Figures.of(results, self.termination)
