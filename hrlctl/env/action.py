"""The composite action: how a choice of the policy becomes a command, and a command a choice.

An action is six integers, ``MultiDiscrete`` towards Gymnasium:

| part      | range               | used by                                          |
|-----------|---------------------|--------------------------------------------------|
| type      | ``ActionType``      | always                                           |
| pointer   | rows x columns      | click, double_click, right_click, drag, scroll   |
| target    | rows x columns      | drag (where it ends)                             |
| key       | ``len(KEYS)``       | press                                            |
| slot      | ``NUM_SLOTS``       | type_text                                        |
| direction | 2 (up, down)        | scroll                                           |

Only the parts that the type uses mean anything; the others are ignored.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt

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

Action = npt.NDArray[np.int64]
"""One composite action, int64, shape (6,)."""
Cells = npt.NDArray[np.bool_]
"""Some of the pointer's cells, bool, shape (cells,)."""

CELL_SIZE: Final = 8  # pixels of the observation
NUM_SLOTS: Final = 6


class ActionType(IntEnum):
    CLICK = 0
    DOUBLE_CLICK = 1
    RIGHT_CLICK = 2
    DRAG = 3
    SCROLL = 4
    PRESS = 5
    TYPE_TEXT = 6
    WAIT = 7
    DONE = 8


class Part(IntEnum):
    """The places of an action's parts."""

    TYPE = 0
    POINTER = 1
    TARGET = 2
    KEY = 3
    SLOT = 4
    DIRECTION = 5


USES: Final[dict[ActionType, tuple[Part, ...]]] = {
    ActionType.CLICK: (Part.POINTER,),
    ActionType.DOUBLE_CLICK: (Part.POINTER,),
    ActionType.RIGHT_CLICK: (Part.POINTER,),
    ActionType.DRAG: (Part.POINTER, Part.TARGET),
    ActionType.SCROLL: (Part.POINTER, Part.DIRECTION),
    ActionType.PRESS: (Part.KEY,),
    ActionType.TYPE_TEXT: (Part.SLOT,),
    ActionType.WAIT: (),
    ActionType.DONE: (),
}


class ActionSpace:
    """Encodes and decodes actions for a screen of ``width`` x ``height`` pixels.

    Args:
        width, height: the size of the desktop's screen in pixels.
        cell: the side of a pointer cell in pixels.
    """

    def __init__(self, width: int, height: int, cell: int = CELL_SIZE) -> None:
        self.width, self.height, self.cell = width, height, cell
        self.columns, self.rows = width // cell, height // cell

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many choices each part has, in the order of ``Part``."""
        cells = self.rows * self.columns
        return (len(ActionType), cells, cells, len(KEYS), NUM_SLOTS, 2)

    def centre(self, cell: int) -> tuple[int, int]:
        """The pixel (x, y) that pointer cell ``cell`` (row-major) stands for."""
        row, column = divmod(int(cell), self.columns)
        return column * self.cell + self.cell // 2, row * self.cell + self.cell // 2

    def cell_in(self, rect: Rect) -> int | None:
        """The cell whose centre lies inside ``rect``, nearest to its middle; ``None`` if none."""
        half = self.cell // 2
        columns = _centres(rect.x, rect.right, self.cell, half, self.columns)
        rows = _centres(rect.y, rect.bottom, self.cell, half, self.rows)
        if not columns or not rows:
            return None
        column = _nearest(columns, rect.x + rect.width / 2, self.cell, half)
        row = _nearest(rows, rect.y + rect.height / 2, self.cell, half)
        return row * self.columns + column

    def cells_in(self, rect: Rect) -> Cells:
        """The cells whose centres lie inside ``rect``; bool, shape (cells,)."""
        half = self.cell // 2
        cells = np.zeros((self.rows, self.columns), dtype=bool)
        columns = _centres(rect.x, rect.right, self.cell, half, self.columns)
        rows = _centres(rect.y, rect.bottom, self.cell, half, self.rows)
        cells[rows.start : rows.stop, columns.start : columns.stop] = True
        return cells.ravel()

    def encode(
        self,
        kind: ActionType,
        *,
        pointer: int = 0,
        target: int = 0,
        key: str | None = None,
        slot: int = 0,
        direction: str = "up",
    ) -> Action:
        """An action from its parts; ``key`` is one of ``KEYS``."""
        key_index = KEYS.index(key) if key is not None else 0
        return np.array(
            [kind, pointer, target, key_index, slot, int(direction == "down")], dtype=np.int64
        )

    def decode(self, action: Action, slots: Sequence[str]) -> Command:
        """The command that ``action`` stands for; ``slots`` are the instruction's texts.

        An empty slot types nothing (``Wait``).
        """
        kind, pointer, target, key, slot, direction = action.tolist()
        match kind:
            case ActionType.CLICK:
                return Click(*self.centre(pointer))
            case ActionType.DOUBLE_CLICK:
                return DoubleClick(*self.centre(pointer))
            case ActionType.RIGHT_CLICK:
                return RightClick(*self.centre(pointer))
            case ActionType.DRAG:
                return Drag(*self.centre(pointer), *self.centre(target))
            case ActionType.SCROLL:
                return Scroll(*self.centre(pointer), "down" if direction else "up")
            case ActionType.PRESS:
                return Press(KEYS[key])
            case ActionType.TYPE_TEXT:
                return TypeText(slots[slot]) if slot < len(slots) else Wait()
            case ActionType.DONE:
                return Done()
            case _:
                return Wait()


def _centres(low: int, high: int, cell: int, half: int, count: int) -> range:
    """Indices of the cells whose centres lie in [low, high)."""
    first = max(0, -(-(low - half) // cell))
    last = min(count, -(-(high - half) // cell))
    return range(first, last)


def _nearest(indices: range, middle: float, cell: int, half: int) -> int:
    return min(indices, key=lambda i: abs(i * cell + half - middle))
