"""A policy that plays, in torch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.env.arrays import ObservationArrays
from hrlctl.evaluation.agents import Move
from hrlctl.policy.hierarchical import (
    DONE_THRESHOLD,
    ActorState,
    HierarchicalPolicy,
    Observations,
)
from hrlctl.policy.manager import SKILLS


class PolicyAgent:
    """A policy as an ``Agent``.

    Args:
        path: of its checkpoint.
        sampled: it draws its actions instead of taking the likeliest.
        device: where it computes.

    Raises:
        CheckpointError: the checkpoint cannot be used.
    """

    def __init__(self, path: Path, *, sampled: bool, device: str) -> None:
        self.policy = HierarchicalPolicy.load(path, device=device)
        self._sampled = sampled
        self._generator: torch.Generator | None = None
        self._state = self.policy.initial_state(0)

    def begin(self, episodes: int, seed: int) -> None:
        self._state = self.policy.initial_state(episodes)
        if self._sampled:
            self._generator = torch.Generator(self.policy.device).manual_seed(seed)

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> list[Move]:
        acted = self.policy.act(
            Observations.of(seen, self.policy.device, rows),
            self._state,
            greedy=not self._sampled,
            generator=self._generator,
        )
        self._state = acted.state
        is_managed = self.policy.is_hierarchical
        return [
            Move(action, SKILLS[skill] if is_managed else None, slot, says_done)
            for action, skill, slot, says_done in zip(
                acted.action.cpu().numpy(),
                acted.option.skill.tolist(),
                acted.option.slot.tolist(),
                (acted.done_probability > DONE_THRESHOLD).tolist(),
                strict=True,
            )
        ]

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        kept = torch.from_numpy(goes_on).to(self.policy.device)
        self._state = ActorState(*(part[kept] for part in self._state))
