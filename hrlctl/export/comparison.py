"""Whether an exported model answers as the policy that it was made from, and how fast it is."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.export.agent import HEADS, AgentInputs, AgentOutputs, GreedyAgent, state_tensor
from hrlctl.export.recording import as_arrays
from hrlctl.export.ties import TIE, margins
from hrlctl.policy.devices import one_thread
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations
from hrlctl.runtime.model import Answer, ExportedModel

TOLERANCE: Final = 1e-4  # of the heads, in float32
_MASKED: Final = -1e8  # log-probabilities below are of choices that cannot be taken
_RUNS: Final = 100  # of which the median is taken


@dataclass(frozen=True, slots=True)
class Comparison:
    """An exported model against its policy.

    Attributes:
        observations: how many were compared.
        same_choices: in how many of them action and next state are the same.
        largest_difference: between the heads, over all observations but ``ties``.
        worst_head: the head of the largest difference.
        ties: observations with a larger difference in which what stands in a cell is decided by
            rounding, see ``hrlctl.export.ties``.
        torch_milliseconds, onnx_milliseconds: medians of one step of one episode, on one thread.
    """

    observations: int
    same_choices: int
    largest_difference: float
    worst_head: str
    ties: int
    torch_milliseconds: float
    onnx_milliseconds: float

    @property
    def matches(self) -> bool:
        """Whether it may stand for the policy."""
        return (
            self.same_choices == self.observations and self.largest_difference <= TOLERANCE
        )  # False for NaN

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


def compare(
    model: ExportedModel, policy: HierarchicalPolicy, recording: Sequence[AgentInputs]
) -> Comparison:
    """Let both answer the same observations.

    Args:
        model: runs on the CPU.
        policy: on the CPU.
        recording: at least one batch of observations.
    """
    agent = GreedyAgent(policy).eval()
    differences = dict.fromkeys(HEADS, 0.0)
    same = total = ties = 0
    with torch.no_grad(), one_thread():
        for inputs in recording:
            answer = _answer(model, inputs)
            wanted: AgentOutputs = agent(*inputs)
            # The choices are those of ``act`` itself, on which everything else in hrlctl rests.
            action, state = policy_choices(policy, inputs)
            is_same = (answer.action == action).all(1) & (answer.state == state).all(1)
            same += int(is_same.sum())
            total += len(is_same)
            heads = {**answer.heads, "done_probability": answer.done_probability}
            found = {
                name: _differences(heads[name], getattr(wanted, name).numpy()) for name in HEADS
            }
            tied = _tied(policy, inputs, np.max(list(found.values()), axis=0))
            ties += int(tied.sum())
            for name in HEADS:
                largest = np.where(tied, 0.0, found[name]).max()
                differences[name] = float(np.maximum(differences[name], largest))  # keeps NaN
        one = AgentInputs(*(part[:1] for part in recording[0]))
        in_torch = _milliseconds(lambda: policy_choices(policy, one))
        in_onnx = _milliseconds(lambda: _answer(model, one))
    worst = max(differences, key=lambda name: np.nan_to_num(differences[name], nan=np.inf))
    return Comparison(total, same, differences[worst], worst, ties, in_torch, in_onnx)


def _answer(model: ExportedModel, inputs: AgentInputs) -> Answer:
    arrays = as_arrays(inputs)
    state = arrays.pop("state")
    return model.act(arrays, state)


def policy_choices(
    policy: HierarchicalPolicy, inputs: AgentInputs
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Action, (batch, 6), and next state, (batch, 3), of the policy itself, taken greedily."""
    skill, slot, remaining = inputs.state.unbind(1)
    state = ActorState(skill, slot, remaining, torch.ones_like(skill, dtype=torch.bool))
    acted = policy.act(Observations(*inputs[:4]), state, greedy=True)
    return acted.action.numpy(), state_tensor(acted.state).numpy()


def _differences(
    mine: npt.NDArray[np.float32], wanted: npt.NDArray[np.float32]
) -> npt.NDArray[np.float32]:
    """The largest difference in each row."""
    both_masked = (mine < _MASKED) & (wanted < _MASKED)
    found = np.where(both_masked, np.float32(0), np.abs(mine - wanted))
    return found.reshape(len(found), -1).max(1)


def _tied(
    policy: HierarchicalPolicy, inputs: AgentInputs, largest: npt.NDArray[np.float32]
) -> npt.NDArray[np.bool_]:
    """Rows that differ by a number, and by more than may be, because of a tie."""
    differs = np.isfinite(largest) & (largest > TOLERANCE)
    if not differs.any():
        return differs
    return differs & (margins(policy, Observations(*inputs[:4])) < TIE).numpy()


def _milliseconds(run: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_RUNS + 1):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return 1000 * statistics.median(seconds[1:])
