"""Hands: who acts in a demonstration, where it is not the oracle itself.

An oracle never errs, so its own episodes do not show the screens that an agent's errors lead to. A
hand does something else now and then; what is learned at each step is what the oracle advises
there (DAgger: Ross, Gordon and Bagnell, arXiv 1011.0686; noise injection: Laskey, Lee, Fox, Dragan
and Goldberg, arXiv 1703.09327).
"""

from __future__ import annotations

import random
from typing import Final, Protocol

import torch

from hrlctl.env.action import USES, Action, ActionSpace, ActionType, Part
from hrlctl.env.arrays import ObservationArrays
from hrlctl.env.oracle import Advice
from hrlctl.policy.hierarchical import HierarchicalPolicy, Observations

_SLIPS: Final = 0.15  # of the steps of a hand that slips
_BESIDE: Final = 0.6  # of its slips with the pointer miss by up to ``_MISS`` cells
_MISS: Final = 2
_CLICKS: Final = (ActionType.CLICK, ActionType.DOUBLE_CLICK)
_PATIENCE: Final = 2  # steps in a row in which an agent may do as it likes


class Hand(Protocol):
    """Acts in one demonstration after the other."""

    def begin(self, seed: int) -> None:
        """Begin a demonstration; it goes the same way again with the same ``seed``."""

    @property
    def memory(self) -> tuple[int, int] | None:
        """The skill and slot that an agent remembers now; ``None`` where there is no agent."""

    def act(self, seen: ObservationArrays, advice: Advice) -> Action:
        """Take a step from what is seen, one row, and what the oracle advises."""


class SlippingHand:
    """Does what is advised, and slips now and then.

    Its errors are those of an agent that has read not quite right: it aims beside the thing, clicks
    in another way, does the same again, or clicks somewhere.

    Args:
        actions: of the screen.
    """

    memory: None = None

    def __init__(self, actions: ActionSpace) -> None:
        self._actions = actions
        self.begin(0)

    def begin(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._before: Action | None = None

    def act(self, seen: ObservationArrays, advice: Advice) -> Action:
        action = advice.action
        if self._rng.random() < _SLIPS:
            action = self._slip(advice.action)
        self._before = action
        return action

    def _slip(self, advised: Action) -> Action:
        actions, rng = self._actions, self._rng
        kind = ActionType(int(advised[Part.TYPE]))
        drawn = advised.copy()
        if Part.POINTER in USES[kind] and rng.random() < _BESIDE:
            row, column = divmod(int(advised[Part.POINTER]), actions.columns)
            row = min(max(row + rng.randint(-_MISS, _MISS), 0), actions.rows - 1)
            column = min(max(column + rng.randint(-_MISS, _MISS), 0), actions.columns - 1)
            drawn[Part.POINTER] = row * actions.columns + column
        elif kind in _CLICKS and rng.random() < 1 / 3:
            drawn[Part.TYPE] = _CLICKS[1 - _CLICKS.index(kind)]
        elif self._before is not None and rng.random() < 1 / 2:
            drawn = self._before.copy()
        else:
            drawn[Part.TYPE] = rng.choice(_CLICKS)
            drawn[Part.POINTER] = rng.randrange(actions.rows * actions.columns)
        return drawn


class AgentsHand:
    """An agent that does what it thinks best, until it has erred too often in a row.

    The oracle then takes a step for it, so that what comes later in a task is seen as well.

    Args:
        policy: of the agent; greedy.
    """

    def __init__(self, policy: HierarchicalPolicy) -> None:
        self.policy = policy
        self.begin(0)

    def begin(self, seed: int) -> None:
        self._state = self.policy.initial_state(1)
        self._errors = 0

    @property
    def memory(self) -> tuple[int, int]:
        return int(self._state.skill), int(self._state.slot)

    def act(self, seen: ObservationArrays, advice: Advice) -> Action:
        with torch.no_grad():
            acted = self.policy.act(
                Observations.of(seen, self.policy.device), self._state, greedy=True
            )
        self._state = acted.state
        action: Action = acted.action[0].cpu().numpy()
        if advice.allows(action):
            self._errors = 0
            return action
        self._errors += 1
        if self._errors <= _PATIENCE:
            return action
        self._errors = 0
        return advice.action
