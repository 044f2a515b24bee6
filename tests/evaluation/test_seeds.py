"""Means over seeds: hand-computed cases."""

from __future__ import annotations

import pytest

from hrlctl.evaluation.seeds import SeedMean, difference


def test_the_interval_is_student_s() -> None:
    found = SeedMean.of([0.5, 0.6, 0.7])
    assert (found.mean, found.seeds) == (pytest.approx(0.6), 3)
    half = 4.303 * 0.1 / 3**0.5
    assert found.ci95 == pytest.approx((0.6 - half, 0.6 + half))


def test_one_seed_says_nothing_about_others() -> None:
    assert SeedMean.of([0.5]) == (0.5, None, 1)
    assert difference([0.5], [0.1, 0.2]).ci95 is None


def test_a_difference_is_sure_only_where_the_seeds_agree() -> None:
    clear = difference([0.8, 0.81, 0.79], [0.4, 0.41, 0.39])
    assert clear.mean == pytest.approx(0.4)
    assert clear.ci95 is not None
    assert clear.ci95.low > 0.35
    unclear = difference([0.9, 0.1, 0.5], [0.4, 0.41, 0.39])
    assert unclear.ci95 is not None
    assert unclear.ci95.low < 0 < unclear.ci95.high


def test_many_seeds_are_not_refused() -> None:
    found = SeedMean.of([0.1 * (seed % 3) for seed in range(60)])
    assert found.ci95 is not None
    assert 0 < found.ci95.high - found.ci95.low < 0.1
