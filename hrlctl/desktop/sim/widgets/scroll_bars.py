"""A vertical scroll bar for whatever shows some rows of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.geometry import NOTHING
from hrlctl.desktop.sim.widgets.base import Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme


class ScrollState:
    """Which of ``count`` rows is the first of the ``shown`` visible ones.

    Args:
        changed: called when the position changes.
    """

    __slots__ = ("_changed", "bar", "count", "first", "shown")

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self.bar = NOTHING
        self.first = 0
        self.count = 0
        self.shown = 1

    @property
    def is_needed(self) -> bool:
        """Whether there are more rows than fit."""
        return self.count > self.shown

    def resize(self, count: int, shown: int) -> None:
        """Say how many rows there are and how many fit."""
        self.count, self.shown = count, max(1, shown)
        self.first = max(0, min(self.first, count - self.shown))

    def move_to(self, first: int) -> None:
        """Show the rows from ``first`` on, as far as there are any."""
        first = max(0, min(first, self.count - self.shown))
        if first != self.first:
            self.first = first
            self._changed()

    def reveal(self, row: int) -> None:
        """Scroll as little as needed to show ``row``."""
        if row < self.first:
            self.move_to(row)
        elif row >= self.first + self.shown:
            self.move_to(row - self.shown + 1)

    def click(self, y: int) -> None:
        """A click on the bar: its thumb is centred there."""
        share = (y - self.bar.y) / max(1, self.bar.height)
        self.move_to(round(share * self.count - self.shown / 2))

    def place_of(self, share: float) -> Rect:
        """Where a click shows ``share`` of the way through the rows."""
        x, y, width, height = self.bar
        last = self.count - self.shown
        middle = (share * last + self.shown / 2) / max(1, self.count)
        return Rect(x, max(y, min(y + round(middle * height) - 4, y + height - 8)), width, 8)

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        """Draw the bar."""
        start = self.first / self.count
        end = min(1.0, (self.first + self.shown) / self.count)
        painters.paint_scroll_bar(canvas, self.bar, theme, start, end)


class ScrollBar(Widget):
    """A scroll bar that stands by itself, for rows that are widgets of their own."""

    __slots__ = ("rows",)

    role: ClassVar[Role] = "scroll_bar"

    def __init__(self, name: str, rows: ScrollState) -> None:
        super().__init__(name)
        self.rows = rows

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        self.rows.paint(canvas, theme)

    def place_of(self, share: float) -> Rect:
        return self.rows.place_of(share)

    def click(self, x: int, y: int) -> None:
        self.rows.click(y)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        self.rows.click(to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        self.rows.move_to(self.rows.first + (1 if direction == "down" else -1))
        return True
