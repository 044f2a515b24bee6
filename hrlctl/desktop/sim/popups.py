"""What opens over everything else: context menus, the options of a drop-down, the start menu."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas, Line
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.geometry import clamped
from hrlctl.desktop.sim.widgets.base import MenuItem, Part

if TYPE_CHECKING:
    from hrlctl.desktop.sim.launchers import Launcher
    from hrlctl.desktop.sim.session import Session
    from hrlctl.desktop.sim.widgets.choices import DropDown


class Popup(ABC):
    """Rows of which one can be chosen; any click elsewhere closes it.

    Attributes:
        area: in screen coordinates.
        first: the index of the first row shown.
        highlighted: what Enter chooses.
        lines: the texts as they were painted last, in the popup's coordinates.
    """

    __slots__ = ("_surface", "area", "first", "highlighted", "lines", "session")

    row_role: Role = "menu_item"
    name = "Menu"

    def __init__(self, session: Session, area: Rect, highlighted: int | None = None) -> None:
        self.session = session
        self.area = area
        self.highlighted = highlighted
        self.first = 0
        self.lines: list[Line] = []
        self._surface: Screen | None = None

    @abstractmethod
    def labels(self) -> Sequence[str]:
        """All rows, also those that are scrolled out."""

    @abstractmethod
    def choose(self, index: int) -> None:
        """Do what the row stands for; the popup has closed."""

    @abstractmethod
    def paint(self, canvas: Canvas, area: Rect) -> None:
        """Draw everything into ``area`` of ``canvas``."""

    def closed(self) -> None:
        """The popup is gone."""

    def type_text(self, text: str) -> None:
        """Text while it is open."""

    def rows(self) -> list[Rect]:
        """Where the rows shown are, in screen coordinates."""
        x, y, width, height = self.area
        row_height = self.session.theme.row_height
        return [
            Rect(x + 1, y + 1 + index * row_height, width - 2, row_height)
            for index in range(min((height - 2) // row_height, len(self.labels())))
        ]

    def parts(self) -> Iterator[Part]:
        """What can be pointed at, outer parts first."""
        yield Part("menu", self.name, self.area)
        labels = self.labels()
        for row, rect in enumerate(self.rows()):
            yield Part(self.row_role, labels[self.first + row], rect)

    def surface(self) -> Screen:
        """The popup's pixels."""
        if self._surface is None:
            _, _, width, height = self.area
            self._surface = np.empty((height, width, 3), np.uint8)
            canvas = Canvas(self._surface)
            self.paint(canvas, Rect(0, 0, width, height))
            self.lines = canvas.lines
        return self._surface

    def changed(self) -> None:
        """Have it painted again."""
        self._surface = None
        self.session.damage(self.area)

    def click(self, x: int, y: int) -> None:
        """A click inside: chooses the row that it meets."""
        for row, rect in enumerate(self.rows()):
            if rect.contains(x, y):
                self._take(self.first + row)
                return

    def _take(self, index: int) -> None:
        self.session.close_popup()
        self.choose(index)

    def scroll(self, direction: ScrollDirection) -> None:
        """The wheel over it."""
        self._show_from(self.first + (3 if direction == "down" else -3))

    def _show_from(self, first: int) -> None:
        first = max(0, min(first, len(self.labels()) - len(self.rows())))
        if first != self.first:
            self.first = first
            self.changed()

    def press(self, key: str) -> bool:
        """A key while it is open; returns whether it was used."""
        count = len(self.labels())
        at = self.highlighted
        if key == "escape":
            self.session.close_popup()
        elif key in ("enter", "space"):
            if at is not None and at < count:
                self._take(at)
        elif key in ("up", "down", "home", "end") and count:
            target = {
                "up": count - 1 if at is None else at - 1,
                "down": 0 if at is None else at + 1,
                "home": 0,
                "end": count - 1,
            }[key]
            self._highlight(target % count)
        else:
            return False
        return True

    def _highlight(self, index: int) -> None:
        self.highlighted = index
        shown = len(self.rows())
        if index < self.first:
            self._show_from(index)
        elif index >= self.first + shown:
            self._show_from(index - shown + 1)
        self.changed()


class ContextMenu(Popup):
    """The menu that a right click opens."""

    __slots__ = ("items",)

    def __init__(self, session: Session, x: int, y: int, items: Sequence[MenuItem]) -> None:
        theme = session.theme
        measure = FONTS[theme.text_font].width
        width = max(measure(item.label) for item in items) + 8
        height = len(items) * theme.row_height + 2
        super().__init__(session, clamped(Rect(x, y, width, height), session.work_area))
        self.items = items

    def labels(self) -> Sequence[str]:
        return [item.label for item in self.items]

    def choose(self, index: int) -> None:
        self.items[index].run()

    def paint(self, canvas: Canvas, area: Rect) -> None:
        painters.paint_menu(canvas, area, self.session.theme, self.labels(), self.highlighted)


class OptionList(Popup):
    """The options of a drop-down, below it or, where there is more room, above it."""

    __slots__ = ("drop_down",)

    row_role: Role = "option"

    def __init__(self, session: Session, drop_down: DropDown) -> None:
        self.drop_down = drop_down
        theme, work = session.theme, session.work_area
        x, y, width, height = drop_down.rect
        x, y = x + drop_down.window.area.x, y + drop_down.window.area.y
        below, above = work.bottom - y - height, y - work.y
        room = (max(below, above) - 2) // theme.row_height
        tall = max(1, min(len(drop_down.options), room)) * theme.row_height + 2
        top = y + height if tall <= below else y - tall
        super().__init__(
            session, clamped(Rect(x, top, width, tall), work), highlighted=drop_down.selected
        )
        shown = len(self.rows())
        self.first = max(0, min(self.highlighted or 0, len(drop_down.options) - shown))

    @property
    def name(self) -> str:  # type: ignore[override]
        return self.drop_down.name

    def labels(self) -> Sequence[str]:
        return self.drop_down.options

    def choose(self, index: int) -> None:
        self.drop_down.select(index)

    def closed(self) -> None:
        self.drop_down.set_open(False)

    def paint(self, canvas: Canvas, area: Rect) -> None:
        shown = self.drop_down.options[self.first : self.first + len(self.rows())]
        marked = None if self.highlighted is None else self.highlighted - self.first
        painters.paint_option_list(canvas, area, self.session.theme, shown, marked)


class StartMenu(Popup):
    """The programs. Typed text leaves those that begin with it; Enter opens the marked one."""

    __slots__ = ("launchers", "open_launcher", "query")

    name = "Start"

    def __init__(
        self,
        session: Session,
        area: Rect,
        launchers: Sequence[Launcher],
        open_launcher: Callable[[Launcher], None],
    ) -> None:
        super().__init__(session, area)
        self.launchers = launchers
        self.open_launcher = open_launcher
        self.query = ""

    def _matching(self) -> list[Launcher]:
        query = self.query.lower()
        return [item for item in self.launchers if item.name.lower().startswith(query)]

    def labels(self) -> Sequence[str]:
        return [launcher.name for launcher in self._matching()]

    def rows(self) -> list[Rect]:
        count = len(self.labels())
        return list(painters.start_menu_rects(self.area, self.session.theme, count).entries)

    def choose(self, index: int) -> None:
        self.open_launcher(self._matching()[index])

    def closed(self) -> None:
        self.session.taskbar_changed()

    def paint(self, canvas: Canvas, area: Rect) -> None:
        shown = self._matching()[self.first : self.first + len(self.rows())]
        marked = None if self.highlighted is None else self.highlighted - self.first
        painters.paint_start_menu(
            canvas,
            area,
            self.session.theme,
            tuple((launcher.icon, launcher.name) for launcher in shown),
            marked,
            self.query,
        )

    def _search(self, query: str) -> None:
        self.query = query
        self.first = 0
        self.highlighted = 0 if query and self._matching() else None
        self.changed()

    def type_text(self, text: str) -> None:
        self._search(self.query + text.replace("\n", ""))

    def press(self, key: str) -> bool:
        if key == "backspace":
            self._search(self.query[:-1])
        elif key == "space" and self.query:
            self._search(self.query + " ")
        else:
            return super().press(key)
        return True
