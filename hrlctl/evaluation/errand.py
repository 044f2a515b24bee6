"""One instruction on a desktop with no task behind it: nobody knows what counts as success."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple

import numpy as np

from hrlctl.desktop.commands import Command, Done
from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import Action, ActionSpace, Part
from hrlctl.env.arrays import ObservationArrays, write_sight
from hrlctl.env.episode import describe
from hrlctl.env.observation import check_instruction, read_instruction
from hrlctl.evaluation.agents import Agent
from hrlctl.evaluation.replay import decision_in_words
from hrlctl.schema.setup import DesktopKind, LauncherSetup, Setup

ErrandDesktop = DesktopKind | Literal["native"]
"""Where an instruction can be carried out: also on the screen in front of the user."""

_PROGRAMS: Final = (
    LauncherSetup(name="Calculator", program="calculator"),
    LauncherSetup(name="Editor", program="text_editor"),
    LauncherSetup(name="Files", program="file_manager"),
    LauncherSetup(name="Browser", program="browser"),
    LauncherSetup(name="Settings", program="settings"),
)
_SETUPS: Final[dict[ErrandDesktop, Setup]] = {
    "sim": Setup(launchers=_PROGRAMS),
    "x11": Setup(),  # it has an icon for every program that is installed
    "native": Setup(),  # it is as the user has it
}


class ErrandStep(NamedTuple):
    """What the agent is about to do on the screen as it stands.

    Attributes:
        number: from 1.
        command: ``Done`` where it says that it has finished.
        action: the same in words.
        skill: the manager's choice in words; empty without a manager, or with ``Done``.
    """

    number: int
    command: Command
    action: str
    skill: str

    @property
    def is_done(self) -> bool:
        """Whether the agent says that it has finished."""
        return isinstance(self.command, Done)


class Errand:
    """An agent that carries out an instruction. Creating it resets the desktop.

    Args:
        instruction: what is asked.
        agent: who is asked.
        desktop: where.
        kind: of the desktop.
        max_steps: it may take.
        seed: of the desktop's look and names, and of the agent's draws.

    Raises:
        UsageError: the instruction cannot be one.
        DesktopError: the desktop does not start.
    """

    def __init__(
        self,
        instruction: str,
        agent: Agent,
        desktop: Desktop,
        *,
        kind: ErrandDesktop,
        max_steps: int,
        seed: int,
    ) -> None:
        self.instruction = check_instruction(instruction)
        self.desktop, self.max_steps = desktop, max_steps
        self._reading = read_instruction(self.instruction)
        self._agent = agent
        self._actions = ActionSpace(desktop.width, desktop.height)
        self._seen = ObservationArrays.allocate((1,), self._actions)
        desktop.reset(_SETUPS[kind], seed)
        agent.begin(1, seed)

    def steps(self) -> Iterator[ErrandStep]:
        """Carry it out until the agent says that it has finished, or its steps are used up.

        Each step is carried out when the next one is asked for: until then the desktop stands as
        the agent saw it. The last one says ``Done``, unless the steps were used up.
        """
        row = np.zeros(1, dtype=np.int64)
        last: Action | None = None
        for number in range(1, self.max_steps + 1):
            self._look(1 - (number - 1) / self.max_steps, last)
            (move,) = self._agent.act(self._seen, row)
            if move.says_done:
                yield ErrandStep(number, Done(), "done", "")
                return
            texts = self._reading.texts
            command = self._actions.decode(move.action, texts)
            words = describe(move.action, self._actions, texts)
            yield ErrandStep(
                number, command, words, decision_in_words(move.skill, move.slot, texts)
            )
            self.desktop.perform(command)
            last = move.action

    def _look(self, time_left: float, last: Action | None) -> None:
        x, y = self.desktop.cursor
        screen = self.desktop.capture()
        before = self._seen.screens[0]
        write_sight(
            self._reading,
            screen,
            self._seen,
            0,
            time_left=time_left,
            pointer=(x / self.desktop.width, y / self.desktop.height),
            is_unchanged=last is not None and np.array_equal(screen, before),
            last_type=None if last is None else int(last[Part.TYPE]),
        )
