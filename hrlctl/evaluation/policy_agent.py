"""A policy that plays, in torch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.env.arrays import ObservationArrays
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations


class PolicyAgent:
    """A policy as an ``Agent``.

    Args:
        path: of its checkpoint.
        sampled: it draws its actions instead of taking the likeliest.
        says_done: it says when it has finished.
        device: where it computes.

    Raises:
        CheckpointError: the checkpoint cannot be used.
    """

    def __init__(self, path: Path, *, sampled: bool, says_done: bool, device: str) -> None:
        self.policy = HierarchicalPolicy.load(path, device=device)
        self._sampled = sampled
        self._says_done = says_done
        self._generator: torch.Generator | None = None
        self._state = self.policy.initial_state(0)

    def begin(self, episodes: int, seed: int) -> None:
        self._state = self.policy.initial_state(episodes)
        if self._sampled:
            self._generator = torch.Generator(self.policy.device).manual_seed(seed)

    def act(self, seen: ObservationArrays, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        acted = self.policy.act(
            Observations.of(seen, self.policy.device, rows),
            self._state,
            greedy=not self._sampled,
            agent_stops=self._says_done,
            generator=self._generator,
        )
        self._state = acted.state
        actions: npt.NDArray[np.int64] = acted.action.cpu().numpy()
        return actions

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None:
        kept = torch.from_numpy(goes_on).to(self.policy.device)
        self._state = ActorState(*(part[kept] for part in self._state))


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread, as workers do: sums then come out the same everywhere."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
