"""Observations to try an exported model on: what the agent sees when it plays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.export.agent import AgentInputs, state_tensor
from hrlctl.packs import Task
from hrlctl.policy.hierarchical import HierarchicalPolicy, Observations
from hrlctl.schema.base import Split

BATCH: Final = 20  # episodes side by side


def record(
    policy: HierarchicalPolicy, tasks: Sequence[Task], width: int, height: int, count: int
) -> list[AgentInputs]:
    """What the agent sees, and its state, at about ``count`` steps of held-out episodes.

    It draws its actions, as in training: taking the likeliest, an agent that has learned little
    would see the same screen for whole episodes.

    Args:
        policy: plays.
        tasks: are played in turn.
        width, height: of the screen in pixels.
        count: rounded up to whole batches.
    """
    desktops = [SimDesktop(width, height) for _ in range(BATCH)]
    seeds = iter(range(2**31))

    def next_episode(_: int) -> Assignment:
        seed = next(seeds)
        return Assignment(seed % len(tasks), seed, 0)

    vector = DesktopVector(tasks, desktops, EpisodeRules(), next_episode, Split.SEEDS)
    results = vector.allocate_results(1).row(0)
    seen = vector.allocate(2)
    vector.reset(seen.row(0))
    generator = torch.Generator().manual_seed(0)
    state = policy.initial_state(BATCH)
    recorded = []
    for step in range(-(-count // BATCH)):
        now, then = seen.row(step % 2), seen.row((step + 1) % 2)
        observations = Observations(*(part.clone() for part in Observations.of(now, policy.device)))
        recorded.append(AgentInputs(*observations, state_tensor(state)))
        acted = policy.act(observations, state, generator=generator)
        vector.step(acted.action.numpy(), now, then, results)
        state = acted.state.restarted(torch.from_numpy(results.terminated | results.truncated))
    vector.close()
    return recorded


def as_arrays(inputs: AgentInputs) -> dict[str, npt.NDArray[Any]]:
    """The inputs as ONNX Runtime takes them."""
    return {name: np.ascontiguousarray(part) for name, part in inputs._asdict().items()}
