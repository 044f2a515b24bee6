"""Bars and curves say what the numbers say."""

from __future__ import annotations

import pytest

from hrlctl.cli.charts import amount, bar, curve, duration, large


@pytest.mark.parametrize(("share", "full"), [(0.0, 0), (0.5, 10), (1.0, 20), (1.7, 20), (-1, 0)])
def test_a_bar_is_full_by_its_share(share: float, full: int) -> None:
    line = bar(share, 20, "green")
    assert line.cell_len == 20
    assert sum(span.end - span.start for span in line.spans if span.style == "green") == full


def test_a_curve_rises_from_left_to_right() -> None:
    lines = curve([(0, 0.0), (100, 1.0)], width=10, height=4, end=100)
    assert [len(line) for line in lines] == [10] * 4
    heights = [sum(line[column] != " " for line in lines) for column in range(10)]
    assert heights == sorted(heights)
    assert (heights[0], heights[-1]) == (1, 4)


def test_a_curve_of_zeros_is_not_nothing() -> None:
    assert curve([(0, 0.0), (100, 0.0)], 10, 2, 100)[-1].strip() != ""
    assert curve([], 10, 2, 100) == [" " * 10] * 2


def test_large_figures_have_three_lines_of_equal_width() -> None:
    assert len({len(line) for line in large("1234567890.%-")}) == 1


def test_numbers_are_short() -> None:
    assert [duration(s) for s in (0, 59.6, 247, 3765)] == ["0:00", "1:00", "4:07", "1:02:45"]
    assert [amount(n) for n in (950, 20_480, 1_240_000)] == ["950", "20k", "1.24M"]
