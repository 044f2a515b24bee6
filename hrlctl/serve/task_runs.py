"""A whole task, played in the simulator by the model that is served."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.commands import Command
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionType, Part
from hrlctl.env.arrays import ObservationArrays, write_observation
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split
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
def find_task(task_id: str) -> Task:
    """The task of this id.

    Raises:
        UnknownNameError: there is none.
        UsageError: it is not for the simulator.
        PackError: its pack is broken.
    """
    (task,) = TaskSelection(ids=(task_id,), desktop="sim").load()
    return task


async def run_task(
    task: Task,
    seed: int,
    split: Split,
    *,
    batcher: Batcher,
    initial_state: npt.NDArray[np.int64],
    interpreter: Interpreter,
) -> TaskRun:
    """Play an instance until the agent says that it has finished, or its steps are used up.

    Raises:
        TaskError: it cannot be drawn or set up.
    """
    actions = interpreter.actions
    instance = draw_instance(task, seed, split)
    desktop = SimDesktop(actions.width, actions.height)
    episode = Episode(instance, desktop, actions, EpisodeRules(termination="agent"))
    texts = episode.reading.texts
    state, steps = initial_state, list[TakenStep]()
    while True:
        seen = ObservationArrays.allocate((1,), actions)
        write_observation(episode, seen, 0)
        reply = await batcher.ask(Question(seen, state))
        state, action = reply.state, reply.action.copy()
        if says_done := interpreter.says_done(reply):
            action[Part.TYPE] = ActionType.DONE
        decision = interpreter.decision(state, texts)
        steps.append(
            TakenStep(interpreter.command(reply, texts), decision.skill if decision else None)
        )
        outcome = episode.step(action)
        if outcome.terminated or outcome.truncated:
            return TaskRun(instance, tuple(steps), says_done, outcome.success)
