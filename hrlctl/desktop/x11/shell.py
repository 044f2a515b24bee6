"""The desktop's own parts: icons to open programs with, a panel with a menu and open windows.

Drawn by hrlctl, so that an episode's icons, colours and names stand in milliseconds and at known
places, and nothing of one episode is left in the next. It is a client of the X server like any
other: clicks and keys reach it through the server, its windows are managed by the window manager.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from PIL import Image
from Xlib import XK, X, Xatom
from Xlib.display import Display

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.x11 import shell_painters as painters
from hrlctl.desktop.x11.annotation import Labels, Thing
from hrlctl.desktop.x11.home import DOUBLE_CLICK, DOUBLE_CLICK_DISTANCE
from hrlctl.desktop.x11.looks import Look
from hrlctl.desktop.x11.windows import Window, Windows

PANEL_HEIGHT: Final = 28
_MENU_BUTTON: Final = Rect(3, 3, 66, PANEL_HEIGHT - 5)
_ENTRY: Final = (170, 26)  # width and height of a menu's entry
_TASK_WIDTH: Final = 130
_ROWS_AT_ONCE: Final = 64  # of a picture in one request to the server


class Launcher(NamedTuple):
    """Something that the desktop can open."""

    name: str
    pictures: tuple[str, ...]  # names of its icon in icon themes
    open: Callable[[], None]
    place: tuple[int, int] | None  # of its icon, top left; no icon without
    in_menu: bool


class Shell:
    """The desktop, the panel and the menu of one display.

    Args:
        x: the connection to it.
        windows: its windows.
        size: of the screen, width and height in pixels.
    """

    def __init__(self, x: Display, windows: Windows, size: tuple[int, int]) -> None:
        self._x, self._windows, self.size = x, windows, size
        self._look: Look | None = None
        self._launchers: tuple[Launcher, ...] = ()
        self._tasks: list[tuple[Window, Rect]] = []
        self._selected: Launcher | None = None
        self._chosen: int | None = None  # the menu's entry under pointer or cursor
        self._pressed: tuple[int, int, int] | None = None  # time and place of the last press
        self._panel_shown: tuple[Look, tuple[painters.ButtonLook, ...]] | None = None
        self.menu_is_open = False
        width, height = size
        self._desktop = self._window(Rect(0, 0, width, height), "_NET_WM_WINDOW_TYPE_DESKTOP")
        self._panel_rect = Rect(0, height - PANEL_HEIGHT, width, PANEL_HEIGHT)
        self._panel = self._window(self._panel_rect, "_NET_WM_WINDOW_TYPE_DOCK")
        strut = [0, 0, 0, PANEL_HEIGHT, 0, 0, 0, 0, 0, 0, 0, width - 1]
        self._panel.change_property(
            windows.atom("_NET_WM_STRUT_PARTIAL"), Xatom.CARDINAL, 32, strut
        )
        self._menu = self._window(Rect(0, 0, 8, 8), None)
        super_key = int(x.keysym_to_keycode(XK.XK_Super_L))
        windows.root.grab_key(super_key, 0, True, X.GrabModeAsync, X.GrabModeAsync)

    def _window(self, rect: Rect, kind: str | None) -> Any:
        """An unmapped window; without a kind it is none of the window manager's business."""
        window = self._windows.root.create_window(
            *rect,
            0,
            X.CopyFromParent,
            X.InputOutput,
            override_redirect=kind is None,
            background_pixel=0,
            event_mask=X.ButtonPressMask | X.PointerMotionMask | X.KeyPressMask,
        )
        if kind is not None:
            atom = self._windows.atom
            window.change_property(atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [atom(kind)])
            window.set_wm_normal_hints(
                flags=5, x=rect.x, y=rect.y, min_width=0, min_height=0
            )  # 5: position and size of the program's choice (ICCCM)
        return window

    def furnish(self, look: Look, launchers: Sequence[Launcher]) -> None:
        """Show other things than before, in another look."""
        self._close_menu()
        self._look, self._launchers = look, tuple(launchers)
        self._selected, self._pressed = None, None
        self._paint_desktop()
        self.refresh_tasks()
        self._desktop.map()
        self._panel.map()

    # What is where, for oracles.

    def icon(self, name: str | None) -> Rect | None:
        """The icon of this name; any without one."""
        for launcher in self._launchers:
            if launcher.place is not None and _is_named(launcher.name, name):
                return self._icon_rect(launcher)
        return None

    def icons(self) -> list[Rect]:
        """All icons."""
        return [self._icon_rect(each) for each in self._launchers if each.place is not None]

    @property
    def menu_button(self) -> Rect:
        return _MENU_BUTTON._replace(y=self._panel_rect.y + _MENU_BUTTON.y)

    @property
    def panel(self) -> Rect:
        return self._panel_rect

    def menu_entry(self, name: str | None) -> Rect | None:
        """The entry of this name in the open menu."""
        if not self.menu_is_open:
            return None
        menu = self._menu_rect()
        for entry, launcher in zip(self._entries(), self._in_menu, strict=True):
            if _is_named(launcher.name, name):
                return Rect(menu.x + entry.x, menu.y + entry.y, entry.width, entry.height)
        return None

    def task(self, title: str | None) -> Rect | None:
        """The panel's button of the window of this title."""
        for window, rect in self._tasks:
            if _is_named(window.title, title):
                return rect._replace(y=self._panel_rect.y + rect.y)
        return None

    # What stands where, for labels.

    def annotate_desktop(self, labels: Labels) -> None:
        """Enter what lies below all windows."""
        look, (width, height) = self._look, self.size
        assert look is not None
        everything = Rect(0, 0, width, height)
        labels.blank(everything)
        labels.enter([Thing("desktop", everything)])
        for launcher in self._launchers:
            if launcher.place is not None:
                rect = self._icon_rect(launcher)
                labels.enter([Thing("icon", rect)])
                label = painters.icon_label(look, launcher.name, rect)
                labels.write(painters.characters_of(look, label))

    def annotate_panel(self, labels: Labels) -> None:
        """Enter what lies above all windows."""
        active, panel = self._windows.active(), self._panel_rect
        labels.blank(panel)
        labels.enter([Thing("taskbar", panel), Thing("start_button", self.menu_button)])
        self._annotate_button(labels, "Menu", self.menu_button)
        for window, rect in self._tasks:
            shown = rect._replace(y=panel.y + rect.y)
            labels.enter([Thing("taskbar_button", shown, window.id == active)])
            self._annotate_button(labels, window.title, shown)
        if self.menu_is_open:
            menu = self._menu_rect()
            labels.blank(menu)
            labels.enter([Thing("menu", menu)])
            for launcher, entry in zip(self._in_menu, self._entries(), strict=True):
                shown = entry._replace(x=menu.x + entry.x, y=menu.y + entry.y)
                labels.enter([Thing("menu_item", shown)])
                self._annotate_button(labels, launcher.name, shown)

    def _annotate_button(self, labels: Labels, text: str, rect: Rect) -> None:
        assert self._look is not None
        label = painters.button_label(self._look, text, rect)
        labels.write(painters.characters_of(self._look, label))

    # Events.

    def handle(self, event: Any) -> bool:
        """Take an event; ``False`` if it is about none of the shell's windows."""
        if event.type == X.KeyPress:
            self._key(int(self._x.keycode_to_keysym(event.detail, 0)))
        elif event.type == X.ButtonPress:
            self._button(event)
        elif event.type == X.MotionNotify:
            self._motion(event)
        else:
            return False
        return True

    def _key(self, symbol: int) -> None:
        if symbol == XK.XK_Super_L:
            self._toggle_menu()
        elif self.menu_is_open:
            count = len(self._in_menu)
            if symbol == XK.XK_Escape:
                self._close_menu()
            elif symbol in (XK.XK_Down, XK.XK_Up) and count:
                step = 1 if symbol == XK.XK_Down else -1
                start = -1 if self._chosen is None and step > 0 else self._chosen or 0
                self._chosen = (start + step) % count
                self._paint_menu()
            elif symbol == XK.XK_Return and self._chosen is not None:
                self._open(self._in_menu[self._chosen])

    def _button(self, event: Any) -> None:
        x, y = int(event.root_x), int(event.root_y)
        if event.detail != X.Button1:
            return
        if self.menu_is_open:
            entry = self._entry_at(x, y)
            was_menu = self.menu_button.contains(x, y)
            if entry is not None:
                self._open(self._in_menu[entry])
            elif was_menu or not self._menu_rect().contains(x, y):
                self._close_menu()
        elif event.window.id == self._panel.id:
            self._press_panel(x, y)
        elif event.window.id == self._desktop.id:
            self._press_desktop(x, y, int(event.time))

    def _press_panel(self, x: int, y: int) -> None:
        if self.menu_button.contains(x, y):
            self._toggle_menu()
            return
        for window, rect in self._tasks:
            if rect.x <= x < rect.right:
                if window.id == self._windows.active() and not window.is_minimized:
                    self._windows.minimize(window.id)
                else:
                    self._windows.activate(window.id)

    def _press_desktop(self, x: int, y: int, time: int) -> None:
        hit = next(
            (
                launcher
                for launcher in self._launchers
                if launcher.place is not None and self._icon_rect(launcher).contains(x, y)
            ),
            None,
        )
        before, self._pressed = self._pressed, (time, x, y)
        is_double = (
            before is not None
            and time - before[0] <= DOUBLE_CLICK
            and max(abs(x - before[1]), abs(y - before[2])) <= DOUBLE_CLICK_DISTANCE
        )
        if hit is not None and is_double:
            self._pressed = None
            hit.open()
        elif hit is not self._selected:
            self._selected = hit
            self._paint_desktop()

    def _motion(self, event: Any) -> None:
        if self.menu_is_open:
            chosen = self._entry_at(int(event.root_x), int(event.root_y))
            if chosen != self._chosen:
                self._chosen = chosen
                self._paint_menu()

    # The menu.

    @property
    def _in_menu(self) -> list[Launcher]:
        return [launcher for launcher in self._launchers if launcher.in_menu]

    def _entries(self) -> list[Rect]:
        width, height = _ENTRY
        return [Rect(1, 1 + index * height, width, height) for index in range(len(self._in_menu))]

    def _menu_rect(self) -> Rect:
        width, height = _ENTRY[0] + 2, _ENTRY[1] * len(self._in_menu) + 2
        return Rect(_MENU_BUTTON.x, self._panel_rect.y - height, width, height)

    def _entry_at(self, x: int, y: int) -> int | None:
        menu = self._menu_rect()
        for index, entry in enumerate(self._entries()):
            if entry.contains(x - menu.x, y - menu.y):
                return index
        return None

    def _toggle_menu(self) -> None:
        if self.menu_is_open:
            self._close_menu()
            return
        if not self._in_menu:
            return
        self.menu_is_open, self._chosen = True, None
        rect = self._menu_rect()
        self._menu.configure(
            x=rect.x, y=rect.y, width=rect.width, height=rect.height, stack_mode=X.Above
        )
        self._paint_menu()
        self._menu.map()
        mask = X.ButtonPressMask | X.PointerMotionMask
        self._menu.grab_pointer(
            True, mask, X.GrabModeAsync, X.GrabModeAsync, X.NONE, X.NONE, X.CurrentTime
        )
        self._menu.grab_keyboard(True, X.GrabModeAsync, X.GrabModeAsync, X.CurrentTime)
        self._paint_panel()

    def _close_menu(self) -> None:
        if self.menu_is_open:
            self.menu_is_open = False
            self._menu.unmap()
            self._x.ungrab_pointer(X.CurrentTime)
            self._x.ungrab_keyboard(X.CurrentTime)
            self._paint_panel()

    def _open(self, launcher: Launcher) -> None:
        self._close_menu()
        launcher.open()

    # Painting.

    def refresh_tasks(self) -> None:
        """Show the windows that are open now on the panel."""
        left = _MENU_BUTTON.right + 5
        windows = sorted(
            (window for window in self._windows.all() if not window.is_dialog),
            key=lambda window: window.id,
        )
        room = self.size[0] - left
        width = min(_TASK_WIDTH, room // max(1, len(windows)))
        self._tasks = [
            (window, Rect(left + index * width, _MENU_BUTTON.y, width - 4, _MENU_BUTTON.height))
            for index, window in enumerate(windows)
        ]
        self._paint_panel()

    def _icon_rect(self, launcher: Launcher) -> Rect:
        assert self._look is not None
        assert launcher.place is not None
        width, height = painters.label_size(self._look, launcher.name)
        wide = max(painters.ICON, width)
        return Rect(*launcher.place, wide, painters.ICON + 4 + height)

    def _paint_desktop(self) -> None:
        assert self._look is not None
        icons = [
            painters.IconLook(
                launcher.name,
                launcher.pictures,
                self._icon_rect(launcher),
                launcher is self._selected,
            )
            for launcher in self._launchers
            if launcher.place is not None
        ]
        self._show(self._desktop, painters.paint_desktop(self.size, self._look, icons))

    def _paint_panel(self) -> None:
        if self._look is None:
            return
        active = self._windows.active()
        buttons = [
            painters.ButtonLook("Menu", _MENU_BUTTON, self.menu_is_open),
            *(
                painters.ButtonLook(window.title, rect, window.id == active)
                for window, rect in self._tasks
            ),
        ]
        shown = (self._look, tuple(buttons))
        if shown != self._panel_shown:
            self._panel_shown = shown
            size = self._panel_rect.width, self._panel_rect.height
            self._show(self._panel, painters.paint_panel(size, self._look, buttons))

    def _paint_menu(self) -> None:
        assert self._look is not None
        rect = self._menu_rect()
        entries = [
            painters.ButtonLook(launcher.name, entry, index == self._chosen)
            for index, (launcher, entry) in enumerate(
                zip(self._in_menu, self._entries(), strict=True)
            )
        ]
        size = rect.width, rect.height
        self._show(self._menu, painters.paint_menu(size, self._look, entries))

    def _show(self, window: Any, picture: Image.Image) -> None:
        """Let the server draw ``picture`` in ``window``, now and whenever it is uncovered."""
        screen = self._x.screen()
        width, height = picture.size
        pixmap = window.create_pixmap(width, height, screen.root_depth)
        context = pixmap.create_gc()
        pixels = picture.convert("RGB").tobytes("raw", "BGRX")
        for top in range(0, height, _ROWS_AT_ONCE):
            rows = min(_ROWS_AT_ONCE, height - top)
            data = pixels[top * width * 4 : (top + rows) * width * 4]
            pixmap.put_image(context, 0, top, width, rows, X.ZPixmap, screen.root_depth, 0, data)
        window.change_attributes(background_pixmap=pixmap)
        window.clear_area()
        context.free()
        pixmap.free()
        self._x.flush()


def _is_named(name: str, wanted: str | None) -> bool:
    return wanted is None or name.casefold() == wanted.casefold()
