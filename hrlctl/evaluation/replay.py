"""Showing episodes again that were played: the desktop is deterministic, their actions are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from hrlctl.desktop.commands import Command, Done
from hrlctl.desktop.contract import Screen
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import Termination, describe
from hrlctl.env.observation import read_instruction
from hrlctl.errors import UsageError
from hrlctl.evaluation.plan import PlaySetup
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.packs import draw_instance
from hrlctl.packs.wording import skill_in_words
from hrlctl.schema.base import Skill
from hrlctl.schema.setup import DesktopKind


class Frame(NamedTuple):
    """A screen, and what the agent does next.

    Attributes:
        screen: enlarged, with the pointer.
        step: how many were taken before.
        command: what is done now; ``None``: it is over.
        action: the same in words; empty when it is over.
        skill: the manager's choice in words; empty without a manager and when it is over.
    """

    screen: Screen
    step: int
    command: Command | None
    action: str
    skill: str


def check_repeatable(desktop: DesktopKind) -> None:
    """Raise ``UsageError`` where episodes on this desktop cannot be shown again."""
    if desktop != "sim":
        raise UsageError(
            "episodes with real programs cannot be shown again: they never go quite the same",
            where=f"--desktop {desktop}",
            hint="leave out --record and --report",
        )


class Replay:
    """Plays episodes of one evaluation again.

    Args:
        setup: of the evaluation.
        scale: how many pixels of a frame each pixel of the screen is wide and high.

    Raises:
        UsageError: they were not played in the simulator.
        UnknownNameError, PackError: the tasks cannot be loaded.
    """

    def __init__(self, setup: PlaySetup, scale: int) -> None:
        check_repeatable(setup.desktop)
        self._tasks = {task.id: task for task in setup.selection.load()}
        self._split, self._scale = setup.split, scale
        self._desktop = SimDesktop(setup.width, setup.height)
        self._actions = ActionSpace(setup.width, setup.height)

    def frames(self, result: EpisodeResult, termination: Termination) -> Iterator[Frame]:
        """An episode from its first screen to its last, as it ended under ``termination``."""
        instance = draw_instance(self._tasks[result.task], result.seed, self._split)
        texts = read_instruction(result.instruction).texts
        self._desktop.reset(instance.setup, instance.seed)
        steps = result.ending(termination).steps
        for number, step in enumerate(result.trace[:steps]):
            if termination == "agent" and number == result.said_done:
                break
            action = np.array(step.action, dtype=np.int64)
            command = self._actions.decode(action, texts)
            skill = decision_in_words(step.skill, step.slot, texts)
            words = describe(action, self._actions, texts)
            yield Frame(self._desktop.render(self._scale), number, command, words, skill)
            self._desktop.perform(command)
        if termination == "agent" and result.said_done is not None:
            screen = self._desktop.render(self._scale)
            yield Frame(screen, result.said_done, Done(), "done", "")
        yield Frame(self._desktop.render(self._scale), steps, None, "", "")


def decision_in_words(skill: Skill | None, slot: int, texts: Sequence[str]) -> str:
    """The manager's choice, and what in the instruction it is about; empty without a manager."""
    if skill is None:
        return ""
    words = skill_in_words(skill)
    return f'{words} "{texts[slot]}"' if slot < len(texts) else words


def examples(report: EvaluationReport) -> list[EpisodeResult]:
    """The first success and the first failure of each task."""
    found: dict[tuple[str, bool], EpisodeResult] = {}
    for result in report.results:
        found.setdefault((result.task, result.ending(report.termination).success), result)
    return sorted(found.values(), key=lambda result: report.results.index(result))
