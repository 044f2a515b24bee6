"""What several trainings of the same kind, with different seeds, say together.

The seeds are what is drawn: an interval over the episodes of one training tells nothing about the
next one (Agarwal et al., arXiv 2108.13264). So a mean's interval is Student's, over the seeds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

from hrlctl.evaluation.intervals import Interval

# The 97.5% quantiles of Student's t distribution for 1, 2, ... degrees of freedom; the last one is
# a little too large for more.
_T_975: Final = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
)  # fmt: skip


class SeedMean(NamedTuple):
    """A mean over seeds.

    Attributes:
        mean: of the seeds' values.
        ci95: its 95% interval; ``None`` for a single seed, which says nothing about others.
        seeds: how many there are.
    """

    mean: float
    ci95: Interval | None
    seeds: int

    @classmethod
    def of(cls, values: Sequence[float]) -> SeedMean:
        """The mean of at least one value."""
        count = len(values)
        mean = sum(values) / count
        if count == 1:
            return cls(mean, None, count)
        half = _quantile(count - 1) * math.sqrt(_variance(values) / count)
        return cls(mean, Interval(mean - half, mean + half), count)


def difference(first: Sequence[float], second: Sequence[float]) -> SeedMean:
    """How much more the mean of ``first`` is than that of ``second``, each over its own seeds.

    The interval is Welch's, with the fewest degrees of freedom that it could have, which makes it
    rather too wide than too narrow.
    """
    gap = sum(first) / len(first) - sum(second) / len(second)
    fewest = min(len(first), len(second))
    if fewest == 1:
        return SeedMean(gap, None, 1)
    spread = math.sqrt(_variance(first) / len(first) + _variance(second) / len(second))
    half = _quantile(fewest - 1) * spread
    return SeedMean(gap, Interval(gap - half, gap + half), fewest)


def _variance(values: Sequence[float]) -> float:
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)


def _quantile(freedom: int) -> float:
    return _T_975[min(freedom, len(_T_975)) - 1]
