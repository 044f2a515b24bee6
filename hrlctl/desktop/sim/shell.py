"""The shell: icons on the desktop, the taskbar, and the start menu."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas, Line, Picture
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.launchers import DesktopIcon, Launcher
from hrlctl.desktop.sim.popups import StartMenu
from hrlctl.desktop.sim.surfaces import kept
from hrlctl.desktop.sim.theme import Theme
from hrlctl.desktop.sim.widgets.base import MenuItem, Part
from hrlctl.desktop.sim.windows import Window

if TYPE_CHECKING:
    from hrlctl.desktop.sim.session import Session

MOST_ENTRIES = 8
"""Entries of a start menu on the default screen."""
_WIDEST_TASK = 44


class Shell:
    """What is on the screen besides windows.

    Attributes:
        icons: on the desktop, in the order of the arrow keys.
        menu: what the start menu offers.
        cells: every place where an icon can be.
        clock: the text at the end of the taskbar; empty: none.
        moves: how often an icon has been moved.
        bar, start_button: their places on the screen.
        lines: the texts on the taskbar as it was painted last, in its coordinates.
    """

    __slots__ = (
        "_buttons",
        "_taskbar",
        "_taskbar_is_stale",
        "bar",
        "cells",
        "clock",
        "icons",
        "lines",
        "menu",
        "moves",
        "session",
        "start_button",
    )

    def __init__(self, session: Session) -> None:
        self.session = session
        self.icons: list[DesktopIcon] = []
        self.cells: Sequence[Rect] = ()
        self.menu: Sequence[Launcher] = ()
        self.clock = ""
        self.moves = 0
        height = session.theme.taskbar_height
        at_top = session.theme.taskbar_position == "top"
        self.bar = Rect(0, 0 if at_top else session.height - height, session.width, height)
        self.start_button = Rect(0, self.bar.y, session.theme.start_width, height)
        self._buttons: dict[tuple[str, bool, bool, int], Picture] = {}
        self.lines: list[Line] = []
        self._taskbar: Screen | None = None
        self._taskbar_is_stale = True

    # Icons.

    def icon_at(self, x: int, y: int) -> DesktopIcon | None:
        """The icon whose place holds a point of the screen."""
        return next((icon for icon in self.icons if icon.cell.contains(x, y)), None)

    @property
    def selected(self) -> DesktopIcon | None:
        """The selected icon."""
        return next((icon for icon in self.icons if icon.is_selected), None)

    def select(self, icon: DesktopIcon | None) -> None:
        """Select ``icon`` alone, or none."""
        before = self.selected
        if before is icon:
            return
        if before is not None:
            before.is_selected = False
            self.session.damage_icon(before)
        if icon is not None:
            icon.is_selected = True
            self.session.damage_icon(icon)

    def drop(self, icon: DesktopIcon, x: int, y: int) -> None:
        """Move ``icon`` to the free place at (x, y), if there is one."""
        for cell in self.cells:
            if cell.contains(x, y) and self.icon_at(x, y) is None:
                self.session.damage_icon(icon)
                icon.cell = cell
                self.moves += 1
                self.session.damage_icon(icon)
                return

    def press(self, key: str) -> bool:
        """A key while the desktop has the focus."""
        selected = self.selected
        if key == "enter" and selected is not None:
            self.session.launch(selected.launcher)
        elif key in ("up", "down", "left", "right", "tab", "shift+tab", "home", "end"):
            self._select_next(key)
        elif key == "escape":
            self.select(None)
        else:
            return False
        return True

    def _select_next(self, key: str) -> None:
        if not self.icons:
            return
        selected = self.selected
        if selected is None or key in ("home", "end"):
            self.select(self.icons[-1 if key == "end" else 0])
            return
        if key in ("tab", "shift+tab"):
            at = self.icons.index(selected) + (1 if key == "tab" else -1)
            self.select(self.icons[at % len(self.icons)])
            return
        x, y = selected.cell.x, selected.cell.y
        if key in ("left", "right"):
            line = [i for i in self.icons if i.cell.y == y and (i.cell.x < x) == (key == "left")]
            near = [(abs(i.cell.x - x), i) for i in line if i is not selected]
        else:
            line = [i for i in self.icons if i.cell.x == x and (i.cell.y < y) == (key == "up")]
            near = [(abs(i.cell.y - y), i) for i in line if i is not selected]
        if near:
            self.select(min(near, key=lambda pair: pair[0])[1])

    # Taskbar.

    def _clock_width(self) -> int:
        if not self.clock:
            return 0
        return FONTS[self.session.theme.text_font].width(self.clock) + 6

    def task_buttons(self) -> list[tuple[Window, Rect]]:
        """The windows in the taskbar with the places of their buttons."""
        windows = [w for w in self.session.manager.opened if w.owner is None and not w.is_locking]
        if not windows:
            return []
        x, y, width, height = self.bar
        left = x + self.session.theme.start_width + 1
        room = width - left - self._clock_width()
        step = min(_WIDEST_TASK, room // len(windows))
        return [
            (window, Rect(left + index * step, y, step, height))
            for index, window in enumerate(windows)
        ]

    def parts(self) -> Iterator[Part]:
        """What can be pointed at on the taskbar, outer parts first."""
        yield Part("taskbar", "", self.bar)
        yield Part("start_button", "Start", self.start_button)
        for window, rect in self.task_buttons():
            yield Part("taskbar_button", window.title, rect, window.is_focused)

    def task_at(self, x: int, y: int) -> Window | None:
        """The window whose button holds a point of the screen."""
        return next((w for w, rect in self.task_buttons() if rect.contains(x, y)), None)

    def click(self, x: int, y: int) -> None:
        """A click on the taskbar."""
        manager = self.session.manager
        if self.start_button.contains(x, y):
            self.open_start_menu()
        elif (window := self.task_at(x, y)) is not None:
            if window is manager.focused:
                manager.minimize(window)
            else:
                manager.focus(window)

    def invalidate(self) -> None:
        """Have the taskbar painted again."""
        if not self._taskbar_is_stale:
            self._taskbar_is_stale = True
            self.session.damage(self.bar)

    def taskbar(self) -> Screen:
        """The taskbar's pixels."""
        if self._taskbar is None:
            _, _, width, height = self.bar
            self._taskbar = np.empty((height, width, 3), np.uint8)
        if self._taskbar_is_stale:
            canvas = Canvas(self._taskbar)
            self._paint_taskbar(canvas)
            self.lines = canvas.lines
            self._taskbar_is_stale = False
        return self._taskbar

    def _paint_taskbar(self, canvas: Canvas) -> None:
        session = self.session
        theme, bar = session.theme, self.bar
        _paint_bar(
            canvas,
            Rect(0, 0, bar.width, bar.height),
            theme,
            self.clock,
            self._clock_width(),
            open=isinstance(session.popup, StartMenu),
        )
        for window, (x, _, width, height) in self.task_buttons():
            button = (window.title, window.is_focused, window.is_minimized, width)
            picture = self._buttons.get(button)
            if picture is None:
                own = Canvas(np.empty((height, width, 3), np.uint8))
                painters.paint_taskbar_button(
                    own,
                    Rect(0, 0, width, height),
                    theme,
                    window.title,
                    active=window.is_focused,
                    minimized=window.is_minimized,
                )
                picture = self._buttons[button] = Picture(own.pixels, tuple(own.lines))
            canvas.put(x, 0, picture)

    # Start menu.

    def open_start_menu(self) -> None:
        """Show the programs."""
        session = self.session
        theme, work = session.theme, session.work_area
        measure = FONTS[theme.text_font].width
        widest = max((measure(launcher.name) for launcher in self.menu), default=0)
        width = min(max(54, widest + theme.row_height + 10), session.width)
        height = min(painters.start_menu_height(theme, len(self.menu)), work.height)
        top = work.y if theme.taskbar_position == "top" else work.bottom - height
        area = Rect(0, top, width, height)
        session.open_popup(StartMenu(session, area, self.menu, session.launch))
        self.invalidate()

    def menu_items(self, icon: DesktopIcon | None) -> Sequence[MenuItem]:
        """The context menu of an icon or of the empty desktop."""
        session = self.session
        if icon is not None:
            return (MenuItem("Open", lambda: session.launch(icon.launcher)),)
        return (
            MenuItem("Show desktop", session.show_desktop),
            MenuItem("Programs", self.open_start_menu),
        )


@kept
def _paint_bar(
    canvas: Canvas, rect: Rect, theme: Theme, clock: str, clock_width: int, *, open: bool
) -> None:
    """The taskbar with nothing on it but the start button and the clock."""
    painters.paint_taskbar(canvas, rect, theme)
    start = Rect(rect.x, rect.y, theme.start_width, rect.height)
    painters.paint_start_button(canvas, start, theme, open=open)
    if clock_width:
        place = Rect(rect.right - clock_width, rect.y, clock_width, rect.height)
        painters.paint_clock(canvas, place, theme, clock)
