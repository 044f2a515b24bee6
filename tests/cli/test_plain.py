"""Plain lines come often enough and not too often."""

from __future__ import annotations

import io
from typing import Any

from hrlctl.cli.plain import PlainRenderer


def test_blocks_are_seconds_apart_and_the_last_one_is_never_missed(events: Any) -> None:
    stream = io.StringIO()
    renderer = PlainRenderer(stream, seconds_between_blocks=3.0)
    for number in range(1, 489):  # half a second each
        renderer.show(events.update(number, seconds=number / 2))
    shown = [line for line in stream.getvalue().splitlines() if line.startswith("Update ")]
    assert shown[0].startswith("Update 1/488")
    assert shown[1].startswith("Update 7/488")
    assert len(shown) == 82


def test_an_update_that_ends_the_run_is_always_shown(events: Any) -> None:
    stream = io.StringIO()
    renderer = PlainRenderer(stream)
    renderer.show(events.update(488, seconds=10.0))
    renderer.show(events.update(489, seconds=10.1))  # past the total number of steps
    assert "Update 489/488" in stream.getvalue()


def test_a_warm_start_is_told_line_by_line(events: Any) -> None:
    stream = io.StringIO()
    renderer = PlainRenderer(stream)
    for event in events.run()[1:3]:
        renderer.show(event)
    played, cloned = stream.getvalue().splitlines()
    assert "50/1000" in played
    assert "3/27" in cloned
    assert "1.2345" in cloned
    assert "actions right 25%" in cloned
