"""Observations of the embedded desktop, as tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.packs import load_packs
from hrlctl.policy import Observations

Observe = Callable[..., Observations]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are fastest so, and other tests may be running beside."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def observe() -> Observe:
    """Looks at ``count`` new episodes of different tasks, on screens of the given size."""
    tasks = load_packs(["desktop_basics"]).tasks()

    def look(count: int = 8, width: int = 160, height: int = 120) -> Observations:
        desktops = [SimDesktop(width, height) for _ in range(count)]
        vector = DesktopVector(
            tasks, desktops, EpisodeRules(), lambda index: Assignment(index, 100 + index, 0)
        )
        arrays = vector.allocate(1).row(0)
        vector.reset(arrays)
        parts = (arrays.screens, arrays.tokens, arrays.slots, arrays.context)
        return Observations(*(torch.from_numpy(part.copy()) for part in parts))

    return look


@pytest.fixture(scope="session")
def observations(observe: Observe) -> Observations:
    return observe()
