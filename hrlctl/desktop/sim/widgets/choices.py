"""Widgets that choose one of several items: drop-downs and lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.widgets.base import Part, Widget
from hrlctl.desktop.sim.widgets.scroll_bars import ScrollState

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme


class DropDown(Widget):
    """Shows its value; a click opens the options over everything else."""

    __slots__ = ("is_open", "options", "selected")

    role: ClassVar[Role] = "drop_down"
    takes_focus = True

    def __init__(self, name: str, options: tuple[str, ...], selected: str) -> None:
        super().__init__(name)
        self.options = options
        self.selected = options.index(selected)
        self.is_open = False

    @property
    def value(self) -> str:
        return self.options[self.selected]

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_drop_down(
            canvas, self.rect, theme, self.value, open=self.is_open, focused=self.has_focus
        )

    def set_open(self, is_open: bool) -> None:
        """Say whether the options are shown."""
        self.is_open = is_open
        self.changed()

    def select(self, index: int) -> None:
        """Choose an option."""
        self.selected = max(0, min(index, len(self.options) - 1))
        self.changed()

    def click(self, x: int, y: int) -> None:
        self.window.session.open_options(self)

    def double_click(self, x: int, y: int) -> None:
        """The first click has opened the options; the second leaves them open."""

    def scroll(self, direction: ScrollDirection) -> bool:
        return False

    def press(self, key: str) -> bool:
        if key in ("enter", "space"):
            self.click(0, 0)
        elif key in ("up", "down"):
            self.select(self.selected + (1 if key == "down" else -1))
        else:
            return False
        return True


class ItemList(Widget):
    """Items one below the other, one or none of them selected; scrolls.

    Args:
        activate: called with an item on a double click or Enter.
    """

    __slots__ = ("_row_height", "activate", "items", "rows", "selected")

    role: ClassVar[Role] = "list"
    takes_focus = True

    def __init__(
        self,
        name: str,
        items: tuple[str, ...],
        selected: str | None = None,
        activate: Callable[[str], None] | None = None,
    ) -> None:
        super().__init__(name)
        self.items = items
        self.selected = items.index(selected) if selected in items else None
        self.activate = activate
        self.rows = ScrollState(self.changed)
        self._row_height = 9

    @property
    def value(self) -> str | None:
        return None if self.selected is None else self.items[self.selected]

    def arrange(self, rect: Rect, theme: Theme) -> None:
        """Take the place ``rect``, in the window's coordinates."""
        self.rect = rect
        self._row_height = theme.row_height
        self.rows.resize(len(self.items), (rect.height - 2) // theme.row_height)
        bar = theme.scroll_bar_width
        self.rows.bar = Rect(rect.right - bar - 1, rect.y + 1, bar, rect.height - 2)
        if self.selected is not None:
            self.rows.reveal(self.selected)

    def set_items(self, items: tuple[str, ...], selected: str | None) -> None:
        """Show other items."""
        self.items = items
        self.selected = items.index(selected) if selected in items else None
        self.rows.resize(len(items), self.rows.shown)
        if self.selected is not None:
            self.rows.reveal(self.selected)
        self.changed()

    @property
    def _body(self) -> Rect:
        x, y, width, height = self.rect
        return Rect(x, y, width - self.rows.bar.width, height) if self.rows.is_needed else self.rect

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_list(
            canvas,
            self._body,
            theme,
            self.items,
            self.selected,
            self.rows.first,
            focused=self.has_focus,
        )
        if self.rows.is_needed:
            self.rows.paint(canvas, theme)

    def parts(self) -> Iterator[Part]:
        yield Part("list", self.name, self.rect)
        x, y, width, _ = self._body
        rows = self.rows
        last = min(len(self.items), rows.first + rows.shown)
        for row, item in enumerate(self.items[rows.first : last]):
            top = y + 1 + row * self._row_height
            yield Part("list_item", item, Rect(x + 1, top, width - 2, self._row_height))
        if rows.is_needed:
            yield Part("scroll_bar", self.name, rows.bar)

    def place_of(self, share: float) -> Rect:
        return self.rows.place_of(share)

    def _select(self, index: int) -> None:
        self.selected = max(0, min(index, len(self.items) - 1))
        self.rows.reveal(self.selected)
        self.changed()

    def _item_at(self, x: int, y: int) -> int | None:
        if self.rows.is_needed and self.rows.bar.contains(x, y):
            return None
        row = (y - self.rect.y - 1) // self._row_height
        index = row + self.rows.first
        return index if 0 <= row < self.rows.shown and index < len(self.items) else None

    def click(self, x: int, y: int) -> None:
        if self.rows.is_needed and self.rows.bar.contains(x, y):
            self.rows.click(y)
        elif (index := self._item_at(x, y)) is not None:
            self._select(index)

    def double_click(self, x: int, y: int) -> None:
        if (index := self._item_at(x, y)) is not None and self.activate is not None:
            self.activate(self.items[index])

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        if self.rows.is_needed and self.rows.bar.contains(x, y):
            self.rows.click(to_y)
        else:
            super().drag(x, y, to_x, to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        if not self.rows.is_needed:
            return False
        self.rows.move_to(self.rows.first + (3 if direction == "down" else -3))
        return True

    def press(self, key: str) -> bool:
        if not self.items:
            return False
        at = -1 if self.selected is None else self.selected
        page = self.rows.shown
        targets = {
            "up": at - 1,
            "down": at + 1,
            "page_up": at - page,
            "page_down": at + page,
            "home": 0,
            "end": len(self.items) - 1,
        }
        if key in targets:
            self._select(targets[key])
        elif key == "enter" and self.activate is not None and self.selected is not None:
            self.activate(self.items[self.selected])
        else:
            return False
        return True
