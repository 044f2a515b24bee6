"""Two agents on the same instances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hrlctl.env.episode import Termination
from hrlctl.evaluation.results import EpisodeResult


@dataclass(frozen=True, slots=True)
class PairedTest:
    """How often each of two agents alone succeeded, and whether that may be chance.

    Attributes:
        both, first_only, second_only, neither: numbers of instances.
        p_value: of McNemar's exact two-sided test: how likely a split of the instances that only
            one of them solved is to be this uneven if neither is better.
    """

    both: int
    first_only: int
    second_only: int
    neither: int
    p_value: float

    @classmethod
    def of(
        cls,
        first: Sequence[EpisodeResult],
        second: Sequence[EpisodeResult],
        termination: Termination,
    ) -> PairedTest:
        """The test of results of the same instances in the same order.

        Raises:
            ValueError: they are not of the same instances.
        """
        if [(r.task, r.seed) for r in first] != [(r.task, r.seed) for r in second]:
            raise ValueError("the results are not of the same instances")
        pairs = [
            (a.ending(termination).success, b.ending(termination).success)
            for a, b in zip(first, second, strict=True)
        ]
        first_only, second_only = pairs.count((True, False)), pairs.count((False, True))
        return cls(
            pairs.count((True, True)),
            first_only,
            second_only,
            pairs.count((False, False)),
            mcnemar_exact(first_only, second_only),
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "both": self.both,
            "this_only": self.first_only,
            "other_only": self.second_only,
            "neither": self.neither,
            "p_value": self.p_value,
        }


def mcnemar_exact(first_only: int, second_only: int) -> float:
    """The two-sided p-value of the exact test (McNemar, 1947, Psychometrika 12, 153-157).

    Under the null hypothesis each discordant pair is a toss of a fair coin.
    """
    tosses = first_only + second_only
    tail = sum(math.comb(tosses, heads) for heads in range(min(first_only, second_only) + 1))
    return min(1.0, 2 * tail / 2**tosses)
