"""Playing an instance by its oracle, step by step, with what each step did in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from hrlctl.desktop.commands import (
    Click,
    Command,
    DoubleClick,
    Drag,
    Press,
    RightClick,
    Scroll,
    TypeText,
)
from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import Episode, EpisodeRules, Reached
from hrlctl.env.oracle import Oracle
from hrlctl.errors import HrlctlError, TaskError
from hrlctl.packs.instances import Instance
from hrlctl.packs.wording import skill_in_words, target_in_words
from hrlctl.schema.base import Skill
from hrlctl.schema.task import DragStep, PointStep, ScrollStep, Target


class DemonstratedStep(NamedTuple):
    """What one step did."""

    number: int  # from 1
    action: str  # in words
    reward: float
    total_reward: float  # of all steps so far
    reached: tuple[str, ...]  # milestones, in words
    success: bool


class Demonstration:
    """An instance that its oracle plays. Creating it resets the desktop.

    Args:
        instance: what is played.
        desktop: where; between two steps it stands as the last one left it.

    Raises:
        HrlctlError: the task has no oracle.
    """

    def __init__(self, instance: Instance, desktop: Desktop) -> None:
        self.instance, self.desktop = instance, desktop
        self._where = f"{instance.task_id} ({instance.split}, seed {instance.seed})"
        if not instance.oracle:
            raise HrlctlError(
                "the task has no oracle to play",
                where=instance.task_id,
                hint="write its steps under 'oracle'",
            )
        self._targets = tuple(_targets(instance))
        self._episode = Episode(
            instance, desktop, ActionSpace(desktop.width, desktop.height), EpisodeRules()
        )

    def steps(self) -> Iterator[DemonstratedStep]:
        """Play until the criteria hold.

        Raises:
            TaskError: a step cannot be taken, or the oracle does not solve its task.
        """
        episode = self._episode
        oracle = Oracle(self.instance, episode.actions)
        while (action := oracle.next_action(self.desktop)) is not None:
            # In words before it is carried out: afterwards its target may be gone.
            words = self._in_words(episode.actions.decode(action, episode.reading.texts))
            outcome = episode.step(action)
            yield DemonstratedStep(
                number=episode.length,
                action=words,
                reward=outcome.reward,
                total_reward=episode.total_reward,
                reached=tuple(self._milestone(reached) for reached in outcome.reached),
                success=outcome.success,
            )
            if outcome.success:
                return
            if outcome.truncated:
                raise TaskError(
                    f"max_steps, {self.instance.max_steps}, ends the episode before success",
                    where=self._where,
                    hint="shorten the oracle, or raise max_steps",
                )
        raise TaskError(
            "the oracle is at its end and the criteria do not hold",
            where=self._where,
            hint="compare the last screen with success_criteria",
        )

    def _milestone(self, reached: Reached) -> str:
        skill = skill_in_words(tuple(Skill)[reached.skill])
        texts = self._episode.reading.texts
        return f'{skill} "{texts[reached.slot]}"' if reached.slot >= 0 else skill

    def _in_words(self, command: Command) -> str:
        match command:
            case Click(x, y):
                return f"click {self._named(x, y)}"
            case DoubleClick(x, y):
                return f"double click {self._named(x, y)}"
            case RightClick(x, y):
                return f"right click {self._named(x, y)}"
            case Drag(x, y, to_x, to_y):
                return f"drag {self._named(x, y)} to {self._named(to_x, to_y)}"
            case Scroll(x, y, direction):
                return f"scroll {direction} over {self._named(x, y)}"
            case Press(key):
                return f"press {key}"
            case TypeText(text):
                return f'type "{text}"'
            case _:
                return type(command).__name__.lower()

    def _named(self, x: int, y: int) -> str:
        """The smallest of the oracle's targets at this pixel, or the pixel itself."""
        located = [(target, self.desktop.locate(_locator(target))) for target in self._targets]
        here = [(t, rect) for t, rect in located if rect is not None and rect.contains(x, y)]
        if not here:
            return f"({x}, {y})"
        target, _ = min(here, key=lambda found: found[1].width * found[1].height)
        return target_in_words(target)


def measured_steps(instance: Instance, desktop: Desktop) -> int:
    """How many steps the oracle needs for ``instance``.

    Raises:
        HrlctlError: the task has no oracle.
        TaskError: the oracle does not solve it.
    """
    return sum(1 for _ in Demonstration(instance, desktop).steps())


def _targets(instance: Instance) -> Iterator[Target]:
    for step in instance.oracle:
        match step:
            case PointStep(target=target) | ScrollStep(target=target):
                yield target
            case DragStep(start=start, end=end):
                yield from (start, end)


def _locator(target: Target) -> Locator:
    at = None if target.at is None else int(target.at) / 100
    return Locator(target.role, target.name, target.window, at)
