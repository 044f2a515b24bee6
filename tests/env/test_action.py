"""Actions: every command has one, and every action is a command on the screen."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlctl.desktop.commands import (
    KEYS,
    Click,
    Command,
    Done,
    DoubleClick,
    Drag,
    Press,
    RightClick,
    Scroll,
    TypeText,
    Wait,
)
from hrlctl.desktop.contract import Rect
from hrlctl.env.action import CELL_SIZE, USES, ActionSpace, ActionType, Part

SPACE = ActionSpace(160, 120)
SLOTS = ("Mail", "12")


def test_sizes_follow_the_screen() -> None:
    assert (SPACE.rows, SPACE.columns) == (15, 20)
    assert SPACE.sizes == (len(ActionType), 300, 300, len(KEYS), 6, 2)
    assert ActionSpace(640, 480).sizes[Part.POINTER] == 80 * 60


@pytest.mark.parametrize(
    ("parts", "command"),
    [
        ({"kind": ActionType.CLICK, "pointer": 21}, Click(12, 12)),
        ({"kind": ActionType.DOUBLE_CLICK, "pointer": 0}, DoubleClick(4, 4)),
        ({"kind": ActionType.RIGHT_CLICK, "pointer": 299}, RightClick(156, 116)),
        ({"kind": ActionType.DRAG, "pointer": 0, "target": 22}, Drag(4, 4, 20, 12)),
        ({"kind": ActionType.SCROLL, "pointer": 1, "direction": "down"}, Scroll(12, 4, "down")),
        ({"kind": ActionType.SCROLL, "pointer": 1, "direction": "up"}, Scroll(12, 4, "up")),
        *[({"kind": ActionType.PRESS, "key": key}, Press(key)) for key in KEYS],
        ({"kind": ActionType.TYPE_TEXT, "slot": 1}, TypeText("12")),
        ({"kind": ActionType.WAIT}, Wait()),
        ({"kind": ActionType.DONE}, Done()),
    ],
)
def test_parts_become_the_command(parts: dict[str, object], command: Command) -> None:
    action = SPACE.encode(**parts)  # type: ignore[arg-type]
    assert action.dtype == np.int64
    assert action.shape == (6,)
    assert SPACE.decode(action, SLOTS) == command


def test_a_slot_that_the_instruction_lacks_types_nothing() -> None:
    assert SPACE.decode(SPACE.encode(ActionType.TYPE_TEXT, slot=2), SLOTS) == Wait()


@given(st.tuples(*(st.integers(0, size - 1) for size in SPACE.sizes)), st.data())
def test_only_the_parts_that_the_type_uses_mean_anything(
    action: tuple[int, ...], data: st.DataObject
) -> None:
    used = {Part.TYPE, *USES[ActionType(action[Part.TYPE])]}
    other = [
        value if part in used else data.draw(st.integers(0, SPACE.sizes[part] - 1))
        for part, value in enumerate(action)
    ]
    command = SPACE.decode(np.array(action), SLOTS)
    assert SPACE.decode(np.array(other), SLOTS) == command
    for x in (getattr(command, "x", 0), getattr(command, "to_x", 0)):
        assert 0 <= x < 160
    for y in (getattr(command, "y", 0), getattr(command, "to_y", 0)):
        assert 0 <= y < 120


rects = st.builds(
    Rect, st.integers(0, 159), st.integers(0, 119), st.integers(1, 60), st.integers(1, 60)
)


@given(rects)
def test_a_rectangle_is_met_by_a_cell_whose_centre_lies_in_it(rect: Rect) -> None:
    inside = [c for c in range(SPACE.rows * SPACE.columns) if rect.contains(*SPACE.centre(c))]
    cell = SPACE.cell_in(rect)
    if not inside:
        assert cell is None
        return
    assert cell in inside
    middle = rect.x + rect.width / 2, rect.y + rect.height / 2

    def distance(other: int) -> float:
        x, y = SPACE.centre(other)
        return abs(x - middle[0]) + abs(y - middle[1])

    assert distance(cell) == min(map(distance, inside))


@given(st.integers(0, 160 - CELL_SIZE), st.integers(0, 120 - CELL_SIZE))
def test_whatever_is_as_large_as_a_cell_can_be_pointed_at(x: int, y: int) -> None:
    assert SPACE.cell_in(Rect(x, y, CELL_SIZE, CELL_SIZE)) is not None
