"""A slider with its value beside it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.widgets.base import Part, Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme

STEP = 5
PAGE = 20
_MARGIN = 4  # half of the thumb: its middle stays that far from both ends
_NUMBER_WIDTH = 18


class Slider(Widget):
    """A value from 0 to 100 in steps of 5."""

    __slots__ = ("amount",)

    role: ClassVar[Role] = "slider"
    takes_focus = True

    def __init__(self, name: str, amount: int) -> None:
        super().__init__(name)
        self.amount = amount

    @property
    def value(self) -> int:
        return self.amount

    @property
    def _track(self) -> Rect:
        x, y, width, height = self.rect
        return Rect(x, y, width - _NUMBER_WIDTH, height)

    @property
    def _number(self) -> Rect:
        x, y, width, height = self._track
        return Rect(x + width + 2, y, _NUMBER_WIDTH - 2, height)

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        share = self.amount / 100
        painters.paint_slider(canvas, self._track, theme, share, focused=self.has_focus)
        painters.paint_label(canvas, self._number, theme, str(self.amount))

    def parts(self) -> Iterator[Part]:
        yield Part(self.role, self.name, self._track, self.is_marked)
        yield Part("label", str(self.amount), self._number)

    def place_of(self, share: float) -> Rect:
        x, y, width, height = self._track
        middle = x + _MARGIN + round(share * (width - 2 * _MARGIN))
        # Eight pixels hold exactly one cell centre.
        return Rect(max(x, min(middle - 4, x + width - 8)), y, 8, height)

    def _set(self, amount: int) -> None:
        self.amount = max(0, min(amount, 100))
        self.changed()

    def click(self, x: int, y: int) -> None:
        left, _, width, _ = self._track
        if x >= left + width:  # the number, which only shows
            return
        length = width - 2 * _MARGIN
        exact = max(0, min(x - left - _MARGIN, length)) * 100
        self._set((2 * exact + STEP * length) // (2 * STEP * length) * STEP)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        if self._track.contains(x, y):
            self.click(min(to_x, self._track.right - 1), to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        self._set(self.amount + (STEP if direction == "up" else -STEP))
        return True

    def press(self, key: str) -> bool:
        if key in ("right", "up"):
            self._set(self.amount + STEP)
        elif key in ("left", "down"):
            self._set(self.amount - STEP)
        elif key == "page_up":
            self._set(self.amount + PAGE)
        elif key == "page_down":
            self._set(self.amount - PAGE)
        elif key in ("home", "end"):
            self._set(0 if key == "home" else 100)
        else:
            return False
        return True
