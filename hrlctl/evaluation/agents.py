"""Who plays: a policy in torch, or an exported model without torch."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from hrlctl.env.action import Action
from hrlctl.env.arrays import ObservationArrays
from hrlctl.errors import UsageError
from hrlctl.runtime.model import ExportedModel
from hrlctl.schema.base import Skill

EXPORTED: Final = ".onnx"
"""How the name of an exported model ends."""


class Move(NamedTuple):
    """One step of one episode."""

    action: Action
    skill: Skill | None  # of the decision under which it is taken; None without a manager
    slot: int  # what that is about
    says_done: bool  # whether the agent would rather say that it has finished


class Agent(Protocol):
    """Plays episodes side by side, and remembers what it has to from step to step."""

    def begin(self, episodes: int, seed: int) -> None:
        """Begin this many episodes; ``seed`` is of its draws."""

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> list[Move]:
        """A move for each of the ``rows`` of ``seen``, where episodes go on."""

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        """Forget the episodes that ended with the last actions."""


def load_agent(path: Path, *, sampled: bool, device: str) -> Agent:
    """The agent in a file.

    Args:
        path: a checkpoint, or an exported model.
        sampled: it draws its actions instead of taking the likeliest.
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
        return ExportedAgent(ExportedModel.load(path))
    from hrlctl.evaluation.policy_agent import PolicyAgent

    return PolicyAgent(path, sampled=sampled, device=device)


def computing_alike(paths: Sequence[Path]) -> AbstractContextManager[None]:
    """Within it the agents of ``paths`` compute with one thread: sums come out the same."""
    if all(path.suffix == EXPORTED for path in paths):
        return nullcontext()  # their threads are their own
    from hrlctl.policy.devices import one_thread

    return one_thread()


class ExportedAgent:
    """An exported model that plays.

    Args:
        model: answers.
    """

    def __init__(self, model: ExportedModel) -> None:
        self._model = model
        self._state = model.initial_state(0)

    def begin(self, episodes: int, seed: int) -> None:
        self._state = self._model.initial_state(episodes)

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> list[Move]:
        observations: dict[str, npt.NDArray[Any]] = {
            "screen": seen.screens[rows],
            "tokens": seen.tokens[rows],
            "slots": seen.slots[rows],
            "context": seen.context[rows],
        }
        info, answer = self._model.info, self._model.act(observations, self._state)
        self._state = answer.state
        decision = [info.state.parts.index(part) for part in ("skill", "slot")]
        is_managed = info.policy.kind == "hierarchical"
        return [
            Move(action, Skill(info.state.skills[skill]) if is_managed else None, slot, done)
            for action, (skill, slot), done in zip(
                answer.action,
                answer.state[:, decision].tolist(),
                (answer.done_probability > info.done_threshold).tolist(),
                strict=True,
            )
        ]

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        self._state = self._state[goes_on]
