"""Rows of widgets one below the other; they scroll where they do not fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.scroll_bars import ScrollBar, ScrollState

if TYPE_CHECKING:
    from hrlctl.desktop.sim.windows import Window


class Row(ABC):
    """Widgets that are shown together.

    Attributes:
        widgets: in the order of the Tab key.
        height: pixels, valid for the width that ``fit`` was told last.
        gap: pixels below it.
    """

    widgets: Sequence[Widget]
    height: int
    gap: int = 2

    def fit(self, width: int) -> None:
        """Take the height that ``width`` asks for."""

    @abstractmethod
    def place(self, x: int, y: int, width: int) -> None:
        """Put the widgets into the row whose top left corner is (x, y)."""


class ScrolledRows:
    """The rows that an area of a window shows, with a scroll bar where there are more.

    ``rows`` and ``bar`` belong to the caller, who adds their widgets to the window.
    """

    def __init__(self, window: Window, name: str, rows: Sequence[Row]) -> None:
        self._window = window
        self._area = Rect(0, 0, 0, 0)
        self.rows = rows
        self.scroll = ScrollState(self._place)
        self.bar = ScrollBar(name, self.scroll)

    def arrange(self, area: Rect) -> None:
        """Place the rows in ``area``, in the window's coordinates."""
        self._area = area
        bar = self._window.session.theme.scroll_bar_width
        shown = self._shown(area.width)
        if shown < len(self.rows):
            shown = self._shown(area.width - bar - 1)
        self.scroll.resize(len(self.rows), shown)
        self.scroll.bar = self.bar.rect = Rect(area.right - bar, area.y, bar, area.height)
        self.bar.is_shown = self.scroll.is_needed
        self._place()

    def _shown(self, width: int) -> int:
        """How many of the last rows fit; from there on it can be scrolled no further."""
        room, shown = self._area.height, 0
        for row in self.rows:
            row.fit(width)
        for row in reversed(self.rows):
            room -= row.height
            if room < 0:
                break
            room -= row.gap
            shown += 1
        return shown

    def _place(self) -> None:
        x, y, width, _ = self._area
        bottom = self._area.bottom
        if self.scroll.is_needed:
            width -= self.scroll.bar.width + 1
        for index, row in enumerate(self.rows):
            is_shown = index >= self.scroll.first and y + row.height <= bottom
            if index >= self.scroll.first and not is_shown:
                bottom = y  # nothing below a row that does not fit
            for widget in row.widgets:
                widget.is_shown = is_shown
            row.place(x, y, width)
            if is_shown:
                y += row.height + row.gap
        self._window.repaint_all()

    def reveal(self, widget: Widget) -> None:
        """Scroll to the row of ``widget``."""
        for index, row in enumerate(self.rows):
            if widget in row.widgets:
                self.scroll.reveal(index)
