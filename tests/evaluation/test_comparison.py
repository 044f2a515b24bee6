"""Two agents on the same instances."""

from __future__ import annotations

import pytest

from hrlctl.evaluation.comparison import PairedTest, mcnemar_exact

from .conftest import ResultMaker


@pytest.mark.parametrize(
    ("first", "second", "p_value"),
    [
        (0, 0, 1.0),
        (4, 4, 1.0),
        (5, 0, 2 / 32),
        (0, 5, 2 / 32),
        (3, 1, 2 * (1 + 4) / 16),
        (59, 6, 2 * 91_581_634 / 2**65),
    ],
)
def test_the_exact_test(first: int, second: int, p_value: float) -> None:
    assert mcnemar_exact(first, second) == pytest.approx(p_value, rel=1e-3)


def test_pairs_are_counted(make_result: ResultMaker) -> None:
    first = [make_result(seed=i, success=s) for i, s in enumerate((True, True, True, False))]
    second = [make_result(seed=i, success=s) for i, s in enumerate((True, False, False, False))]
    test = PairedTest.of(first, second, "automatic")
    assert (test.both, test.first_only, test.second_only, test.neither) == (1, 2, 0, 1)


def test_other_instances_are_no_pairs(make_result: ResultMaker) -> None:
    with pytest.raises(ValueError, match="same instances"):
        PairedTest.of([make_result(seed=1)], [make_result(seed=2)], "automatic")
