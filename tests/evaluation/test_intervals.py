"""Wilson intervals against values computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlctl.evaluation.intervals import wilson


@pytest.mark.parametrize(
    ("successes", "trials", "expected"),
    [
        # With z = 2: centre (p + 2/n) / (1 + 4/n), half 2 sqrt(p (1 - p) / n + 1/n^2) / (1 + 4/n).
        (2, 4, (0.5 - 0.5**1.5, 0.5 + 0.5**1.5)),
        (0, 4, (0.0, 0.5)),
        (4, 4, (0.5, 1.0)),
        (0, 12, (0.0, 0.25)),
    ],
)
def test_with_a_round_quantile(successes: int, trials: int, expected: tuple[float, float]) -> None:
    assert wilson(successes, trials, z=2.0) == pytest.approx(expected)


def test_ninety_five_percent() -> None:
    # 81 of 263: the example of Newcombe (1998), Statistics in Medicine 17, table I, method 3.
    low, high = wilson(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)


def test_no_trials_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 2000), st.data())
def test_the_rate_lies_inside_and_both_ends_are_rates(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    low, high = wilson(successes, trials)
    assert 0.0 <= low <= successes / trials <= high <= 1.0
