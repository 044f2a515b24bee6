"""Small rewards for single steps, which a configuration can switch on by name."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from hrlctl.desktop.contract import ROLES, Desktop, Locator


@dataclass(frozen=True, slots=True)
class StepRewards:
    """What a step is worth beside success and milestones; nothing, unless asked for.

    Attributes:
        action_successful: paid for an action that changes the screen.
        cursor_moved_towards_target: potential of a pointer that is on what the next open milestone
            is about; it falls with the distance, to 0 in the opposite corner of the screen, and is
            0 where no such thing is in sight. Over an episode it pays nothing, as all potentials.
        time: taken off for every step.
    """

    action_successful: float = 0.0
    cursor_moved_towards_target: float = 0.0
    time: float = 0.0

    @classmethod
    def of(cls, weights: Mapping[str, float]) -> StepRewards:
        """The terms among ``weights`` that are hrlctl's own."""
        return cls(**{name: weights[name] for name in asdict(cls()) if name in weights})

    def bounds(self, steps: int, gamma: float) -> tuple[float, float]:
        """The least and the most that an episode of up to ``steps`` steps can pay, discounted."""
        total = sum(gamma**step for step in range(steps))
        return -self.time * total, self.action_successful * total

    def potential(self, desktop: Desktop, about: str) -> float:
        """How near the pointer is to what the next open milestone is about, weighted."""
        if not (self.cursor_moved_towards_target and about):
            return 0.0
        x, y = desktop.cursor
        found = [desktop.locate(Locator(role, about)) for role in ROLES]
        distances = [
            math.hypot(
                max(rect.x - x, 0, x - rect.right + 1), max(rect.y - y, 0, y - rect.bottom + 1)
            )
            for rect in found
            if rect is not None
        ]
        if not distances:
            return 0.0
        nearness = 1 - min(distances) / math.hypot(desktop.width, desktop.height)
        return self.cursor_moved_towards_target * nearness

    def reward(self, *, is_changed: bool) -> float:
        """What a step is paid, its potential apart."""
        return self.action_successful * is_changed - self.time
