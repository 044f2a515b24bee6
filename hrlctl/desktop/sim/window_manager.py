"""Which windows are open, how they are stacked, and which of them answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.geometry import clamped
from hrlctl.desktop.sim.windows import Modality, Window

if TYPE_CHECKING:
    from hrlctl.desktop.sim.session import Session


class WindowManager:
    """The stack of open windows.

    Attributes:
        stack: all open windows, bottom to top, minimised ones included.
        opened: the same windows in the order in which they were opened, as the taskbar shows them.
        focused: the window that the keyboard goes to, or ``None`` for the desktop.
    """

    __slots__ = ("focused", "opened", "session", "stack")

    def __init__(self, session: Session) -> None:
        self.session = session
        self.stack: list[Window] = []
        self.opened: list[Window] = []
        self.focused: Window | None = None

    def shown(self) -> Iterator[Window]:
        """The windows that are not minimised, top to bottom."""
        return (window for window in reversed(self.stack) if not window.is_minimized)

    def at(self, x: int, y: int) -> Window | None:
        """The topmost window under a point of the screen."""
        for window in self.shown():
            if window.area.contains(x, y):
                return window
        return None

    def titled(self, title: str) -> Window | None:
        """The open window with a title, without regard to case."""
        title = title.lower()
        return next((w for w in self.opened if w.title.lower() == title), None)

    # Modality.

    @property
    def lock(self) -> Window | None:
        """The dialog that keeps everything else from answering."""
        for window in reversed(self.stack):
            if window.is_locking:
                return window
        return None

    def blocker(self, window: Window | None) -> Window | None:
        """The dialog that keeps ``window`` (``None``: icons, taskbar) from answering."""
        lock = self.lock
        if lock is not None and window is not lock:
            # A dialog that the locking dialog has opened itself answers.
            return lock if window is None or window.owner is not lock else None
        if window is None:
            return None
        for other in reversed(self.stack):
            if other.owner is window and other.modality is Modality.OWNER:
                return other
        return None

    # Focus and stacking.

    def add(self, window: Window, *, is_minimized: bool = False) -> None:
        """Open a window on top of all others; it takes the focus unless it opens minimised."""
        self.opened.append(window)
        if is_minimized:
            window.is_minimized = True
            self.stack.insert(0, window)
        else:
            self.stack.append(window)
            self.focus(window)
        self.session.taskbar_changed()

    def focus(self, window: Window | None) -> None:
        """Restore, raise and focus ``window``; a dialog that blocks it is focused instead."""
        if window is not None:
            self._raise(window)
        while (blocker := self.blocker(window)) is not None:
            window = blocker
            self._raise(window)
        if window is self.focused:
            return
        before, self.focused = self.focused, window
        if before is not None:
            before.set_focused(False)
        if window is not None:
            window.set_focused(True)
        self.session.taskbar_changed()

    def _raise(self, window: Window) -> None:
        if window.is_minimized:
            window.is_minimized = False
            self.session.damage(window.area)
            self.session.taskbar_changed()
        if self.stack[-1] is not window:
            self.stack.remove(window)
            self.stack.append(window)
            self.session.damage(window.area)

    def focus_previous(self) -> None:
        """Alt+Tab: the window that had the focus before, minimised ones included."""
        others = [window for window in self.stack if window is not self.focused]
        if others:
            self.focus(others[-1])

    def _focus_topmost(self) -> None:
        self.focus(next(self.shown(), None))

    # Changes of state.

    def minimize(self, window: Window) -> None:
        """Hide ``window``; the next one takes the focus."""
        if window.is_minimized or window.is_dialog or self.blocker(window) is not None:
            return
        self.session.damage(window.area)
        window.is_minimized = True
        self.stack.remove(window)
        self.stack.insert(0, window)
        if window is self.focused:
            self._focus_topmost()
        self.session.taskbar_changed()

    def toggle_maximized(self, window: Window) -> None:
        """Fill the screen beside the taskbar, or go back to the size before."""
        if window.is_dialog or self.blocker(window) is not None:
            return
        window.is_maximized = not window.is_maximized
        if window.is_maximized:
            window.restored = window.area
            window.set_area(self.session.work_area)
        else:
            window.set_area(window.restored)
        window.repaint_all()

    def move(self, window: Window, x: int, y: int) -> None:
        """Shift ``window``, as far as it stays on the screen. A maximised one stays."""
        if not window.is_maximized:
            area = window.area
            target = Rect(area.x + x, area.y + y, area.width, area.height)
            window.set_area(clamped(target, self.session.work_area))

    def request_close(self, window: Window) -> None:
        """Close ``window``, unless it is blocked or its program asks something first."""
        if self.blocker(window) is None and window.program.may_close():
            self.close(window)

    def close(self, window: Window) -> None:
        """Close ``window`` and the dialogs that it has opened."""
        for other in [other for other in self.stack if other.owner is window]:
            self.close(other)
        if window not in self.opened:
            return
        self.stack.remove(window)
        self.opened.remove(window)
        if not window.is_minimized:
            self.session.damage(window.area)
        self.session.window_closed(window)
        if self.focused is window:
            self.focused = None
            if window.owner is not None and window.owner in self.stack:
                self.focus(window.owner)
            else:
                self._focus_topmost()
        self.session.taskbar_changed()
