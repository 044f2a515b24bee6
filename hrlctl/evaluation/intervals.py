"""Confidence intervals of success rates."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

Z_95: Final = 1.959963984540054
"""The standard normal's 97.5% quantile."""


class Interval(NamedTuple):
    low: float
    high: float


def wilson(successes: int, trials: int, z: float = Z_95) -> Interval:
    """The score interval of a proportion, within [0, 1] (Wilson, 1927, JASA 22, 209-212).

    Unlike the normal approximation it holds for rates near 0 and 1 and for few trials.

    Args:
        successes: 0 to ``trials``.
        trials: with 0 nothing is known: (0, 1).
        z: quantile of the standard normal for the wanted confidence.
    """
    if trials == 0:
        return Interval(0.0, 1.0)
    rate, share = successes / trials, z * z / trials
    centre = (rate + share / 2) / (1 + share)
    half = z * math.sqrt(rate * (1 - rate) / trials + share / (4 * trials)) / (1 + share)
    # At the ends rounding must not cut off the rate itself.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == trials else centre + half
    return Interval(low, high)
