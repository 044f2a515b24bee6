"""Who plays: a policy in torch, or an exported model without torch."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from hrlctl.env.action import ActionType, Part
from hrlctl.env.arrays import ObservationArrays
from hrlctl.errors import UsageError
from hrlctl.runtime.model import ExportedModel

EXPORTED: Final = ".onnx"
"""How the name of an exported model ends."""


class Agent(Protocol):
    """Plays episodes side by side, and remembers what it has to from step to step."""

    def begin(self, episodes: int, seed: int) -> None:
        """Begin this many episodes; ``seed`` is of its draws."""

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Actions, (rows, 6), for the rows of ``seen`` where episodes go on."""

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        """Forget the episodes that ended with the last actions."""


def load_agent(path: Path, *, sampled: bool, says_done: bool, device: str) -> Agent:
    """The agent in a file.

    Args:
        path: a checkpoint, or an exported model.
        sampled: it draws its actions instead of taking the likeliest.
        says_done: it says when it has finished.
        device: of a policy; an exported model runs on the CPU.

    Raises:
        CheckpointError: the file cannot be used.
        UsageError: an exported model cannot do it.
    """
    if path.suffix == EXPORTED:
        if sampled:
            raise UsageError(
                "an exported model takes the likeliest actions; it draws none",
                where=str(path),
                hint="leave out --sampled, or evaluate the checkpoint",
            )
        return ExportedAgent(ExportedModel.load(path), says_done=says_done)
    from hrlctl.evaluation.policy_agent import PolicyAgent

    return PolicyAgent(path, sampled=sampled, says_done=says_done, device=device)


def computing_alike(path: Path) -> AbstractContextManager[None]:
    """Within it the agent of ``path`` computes with one thread: sums come out the same."""
    if path.suffix == EXPORTED:
        return nullcontext()  # its threads are its own
    from hrlctl.evaluation.policy_agent import one_thread

    return one_thread()


class ExportedAgent:
    """An exported model that plays.

    Args:
        model: answers.
        says_done: it says when it has finished.
    """

    def __init__(self, model: ExportedModel, *, says_done: bool) -> None:
        self._model = model
        self._says_done = says_done
        self._state = model.initial_state(0)

    def begin(self, episodes: int, seed: int) -> None:
        self._state = self._model.initial_state(episodes)

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        observations: dict[str, npt.NDArray[Any]] = {
            "screen": seen.screens[rows],
            "tokens": seen.tokens[rows],
            "slots": seen.slots[rows],
            "context": seen.context[rows],
        }
        answer = self._model.act(observations, self._state)
        self._state = answer.state
        if self._says_done:
            is_done = answer.done_probability > self._model.info.done_threshold
            answer.action[is_done, Part.TYPE] = ActionType.DONE
        return answer.action

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        self._state = self._state[goes_on]
