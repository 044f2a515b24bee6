"""A whole task, played in the simulator or by real programs, by the model that is served."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.commands import Command
from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace, ActionType, Part
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode, EpisodeRules, Outcome
from hrlctl.errors import UsageError
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split
from hrlctl.schema.setup import SCREEN_SIZES, DesktopKind
from hrlctl.serve.batching import Batcher, Question
from hrlctl.serve.interpretation import Interpreter


class TakenStep(NamedTuple):
    """A step of a task."""

    command: Command
    skill: str | None


class TaskRun(NamedTuple):
    """How a task went; ``success``: the agent said that it has finished, and was right."""

    instance: Instance
    steps: tuple[TakenStep, ...]
    said_done: bool
    success: bool


@cache
def find_task(task_id: str, desktop: DesktopKind) -> Task:
    """The task of this id.

    Raises:
        UnknownNameError: there is none.
        UsageError: it is not for this desktop.
        PackError: its pack is broken.
    """
    (task,) = TaskSelection(ids=(task_id,), desktop=desktop).load()
    return task


def check_screen(desktop: DesktopKind, actions: ActionSpace) -> None:
    """Refuse a desktop whose screens are not those of the model.

    Raises:
        UsageError: real programs are read at one size alone.
    """
    wanted = SCREEN_SIZES[desktop]
    if desktop != "sim" and wanted != (actions.width, actions.height):
        raise UsageError(
            f"the model is for screens of {actions.width}x{actions.height} pixels, and the desktop"
            f" {desktop} has {wanted.width}x{wanted.height}",
            hint=f"serve what 'hrlctl export --screen {wanted.width}x{wanted.height}' makes of it",
        )


async def run_task(
    task: Task,
    seed: int,
    split: Split,
    desktop: DesktopKind,
    *,
    batcher: Batcher,
    initial_state: npt.NDArray[np.int64],
    interpreter: Interpreter,
) -> TaskRun:
    """Play an instance until the agent says that it has finished, or its steps are used up.

    Raises:
        TaskError: it cannot be drawn or set up.
        DesktopUnavailableError: the desktop, or a program on it, is not there.
    """
    instance = draw_instance(task, seed, split)
    loop = asyncio.get_running_loop()
    # One thread has the desktop from its beginning to its end, as its display wants it, and other
    # requests do not wait for real programs.
    with ThreadPoolExecutor(1, thread_name_prefix="desktop") as thread:
        at_desktop = partial(loop.run_in_executor, thread)
        stage = _Stage(instance, desktop, interpreter.actions)
        try:
            await at_desktop(stage.open)
            state, steps = initial_state, list[TakenStep]()
            while True:
                reply = await batcher.ask(Question(await at_desktop(stage.look), state))
                state, action = reply.state, reply.action.copy()
                if says_done := interpreter.says_done(reply):
                    action[Part.TYPE] = ActionType.DONE
                decision = interpreter.decision(state, stage.texts)
                command = interpreter.command(reply, stage.texts)
                steps.append(TakenStep(command, decision.skill if decision else None))
                outcome = await at_desktop(stage.step, action)
                if outcome.terminated or outcome.truncated:
                    return TaskRun(instance, tuple(steps), says_done, outcome.success)
        finally:  # who does not wait any longer while it opens leaves nothing behind either
            await at_desktop(stage.close)


class _Stage:
    """A desktop with an episode on it; opened, used and closed by one thread."""

    _desktop: Desktop | None = None

    def __init__(self, instance: Instance, kind: DesktopKind, actions: ActionSpace) -> None:
        self._instance, self._kind, self._actions = instance, kind, actions

    def open(self) -> None:
        check_available(self._kind, [self._instance.setup])
        self._desktop = make_desktop(self._kind, self._actions.width, self._actions.height)
        rules = EpisodeRules(termination="agent")
        self._episode = Episode(self._instance, self._desktop, self._actions, rules)
        self.texts = self._episode.reading.texts

    def look(self) -> ObservationArrays:
        seen = ObservationArrays.allocate((1,), self._actions)
        write_observation(self._episode, seen, 0)
        return seen

    def step(self, action: npt.NDArray[np.int64]) -> Outcome:
        return self._episode.step(action)

    def close(self) -> None:
        if self._desktop is not None:
            self._desktop.close()
