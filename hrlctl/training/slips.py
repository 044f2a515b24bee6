"""Slips: actions that a demonstration takes by mistake, to show what is done after one.

An oracle never errs, so its own episodes do not show the screens that an agent's errors lead to.
In a part of the steps something else is done than what the oracle advises, and its advice is what
is learned there and from there on (noise injection: Laskey, Lee, Fox, Dragan and Goldberg, arXiv
1703.09327). The errors are those of an agent that has read not quite right: it aims beside the
thing, clicks in another way, does the same again, or clicks somewhere.
"""

from __future__ import annotations

import random
from typing import Final

from hrlctl.env.action import USES, Action, ActionSpace, ActionType, Part
from hrlctl.env.oracle import Advice

RATE: Final = 0.15
"""Share of the steps of a demonstration that are slips."""
_BESIDE: Final = 0.6  # of the slips with the pointer miss by up to ``_MISS`` cells
_MISS: Final = 2
_CLICKS: Final = (ActionType.CLICK, ActionType.DOUBLE_CLICK)


def slip(
    advice: Advice, before: Action | None, actions: ActionSpace, rng: random.Random
) -> Action | None:
    """An action that is not what is advised; ``None`` where the one drawn is.

    Args:
        advice: of the oracle.
        before: the action of the step before.
        actions: of the screen.
        rng: source of the draws.
    """
    advised = advice.action
    kind = ActionType(int(advised[Part.TYPE]))
    drawn = advised.copy()
    if Part.POINTER in USES[kind] and rng.random() < _BESIDE:
        row, column = divmod(int(advised[Part.POINTER]), actions.columns)
        row = min(max(row + rng.randint(-_MISS, _MISS), 0), actions.rows - 1)
        column = min(max(column + rng.randint(-_MISS, _MISS), 0), actions.columns - 1)
        drawn[Part.POINTER] = row * actions.columns + column
    elif kind in _CLICKS and rng.random() < 1 / 3:
        drawn[Part.TYPE] = _CLICKS[1 - _CLICKS.index(kind)]
    elif before is not None and rng.random() < 1 / 2:
        drawn = before.copy()
    else:
        drawn[Part.TYPE] = rng.choice(_CLICKS)
        drawn[Part.POINTER] = rng.randrange(actions.rows * actions.columns)
    return None if advice.allows(drawn) else drawn
