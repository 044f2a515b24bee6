"""A window: its frame, its widgets, the focus inside it, and its painted surface."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.geometry import NOTHING, moved
from hrlctl.desktop.sim.widgets.base import Part, Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.programs.program import Program
    from hrlctl.desktop.sim.session import Session
    from hrlctl.desktop.sim.widgets.buttons import Button


class Modality(Enum):
    """What does not answer while a dialog is open."""

    NONE = "none"
    OWNER = "owner"  # the window that opened it
    EVERYTHING = "everything"  # all other windows, the icons and the taskbar


class Window:
    """A window of a program, or a dialog.

    ``area`` is in screen coordinates; all other rectangles have their origin at its corner.
    """

    __slots__ = (
        "_dirty",
        "_is_stale",
        "_surface",
        "area",
        "bars",
        "cancel",
        "default",
        "focus",
        "is_dialog",
        "is_focused",
        "is_maximized",
        "is_minimized",
        "modality",
        "owner",
        "program",
        "restored",
        "session",
        "title",
        "widgets",
    )

    def __init__(
        self,
        session: Session,
        title: str,
        *,
        is_dialog: bool = False,
        modality: Modality = Modality.NONE,
        owner: Window | None = None,
    ) -> None:
        self.session = session
        self.title = title
        self.is_dialog = is_dialog
        self.modality = modality
        self.owner = owner
        self.is_focused = self.is_minimized = self.is_maximized = False
        self.area = self.restored = NOTHING
        self.widgets: list[Widget] = []
        self.focus: Widget | None = None
        self.default: Button | None = None  # what Enter presses
        self.cancel: Button | None = None  # what Escape presses
        self.program: Program  # set by ``Session.open_window``
        self.bars: painters.TitleBarRects
        self._surface: Screen | None = None
        self._is_stale = True
        self._dirty: list[Widget] = []

    @property
    def is_locking(self) -> bool:
        """Whether nothing else answers while it is open."""
        return self.modality is Modality.EVERYTHING

    # What it holds.

    def add(self, widget: Widget) -> None:
        """Put a widget into the window, last in the Tab order."""
        widget.window = self
        self.widgets.append(widget)

    def clear(self) -> None:
        """Take all widgets out."""
        self.widgets.clear()
        self.focus = self.default = self.cancel = None

    def set_area(self, area: Rect) -> None:
        """Move or resize the window; its program arranges its widgets again if the size changes."""
        if area == self.area:
            return
        self.session.damage(self.area)
        old, self.area = self.area, area
        if (old.width, old.height) != (area.width, area.height):
            self.bars = painters.title_bar_rects(
                Rect(0, 0, area.width, area.height),
                self.session.theme,
                resizable=not self.is_dialog,
            )
            self.program.arrange(self.bars.client)
            self._surface = None
            self.repaint_all()
        self.session.damage(area)

    def parts(self) -> Iterator[Part]:
        """What can be pointed at, in screen coordinates, outer parts before inner ones."""
        x, y, _, _ = self.area
        yield Part("window", self.title, self.area)
        yield Part("title_bar", self.title, moved(self.bars.title, x, y))
        for role, rect in (
            ("minimize_button", self.bars.minimize),
            ("maximize_button", self.bars.maximize),
            ("close_button", self.bars.close),
        ):
            if rect is not None:
                yield Part(role, self.title, moved(rect, x, y))  # type: ignore[arg-type]
        for widget in self.widgets:
            if widget.is_shown:
                for role, label, rect in widget.parts():
                    yield Part(role, label, moved(rect, x, y))

    def widget_at(self, x: int, y: int) -> Widget | None:
        """The widget under a point in the window's coordinates."""
        for widget in reversed(self.widgets):
            if widget.is_shown and widget.rect.contains(x, y):
                return widget
        return None

    # Keyboard focus.

    def focus_on(self, widget: Widget | None) -> None:
        """Give the keyboard to ``widget``."""
        if widget is self.focus:
            return
        for changed in (self.focus, widget):
            if changed is not None:
                self.repaint(changed)
        self.focus = widget
        if widget is not None and not widget.is_shown:
            self.program.reveal(widget)

    def focus_next(self, step: int) -> None:
        """Tab (``step`` 1) or Shift+Tab (-1)."""
        stops = [widget for widget in self.widgets if widget.takes_focus]
        if stops:
            at = stops.index(self.focus) if self.focus in stops else -1 if step > 0 else 0
            self.focus_on(stops[(at + step) % len(stops)])

    # Painting.

    def repaint(self, widget: Widget) -> None:
        """Have one widget painted again."""
        if not self._is_stale and widget not in self._dirty:
            self._dirty.append(widget)
        if not self.is_minimized:
            self.session.damage(moved(widget.rect, self.area.x, self.area.y))

    def repaint_all(self) -> None:
        """Have the whole window painted again."""
        self._is_stale = True
        if not self.is_minimized:
            self.session.damage(self.area)

    def surface(self) -> Screen:
        """The window's pixels, painted where that is due."""
        surface = self._surface
        theme = self.session.theme
        _, _, width, height = self.area
        if surface is None:
            surface = self._surface = np.empty((height, width, 3), np.uint8)
            self._is_stale = True
        if self._is_stale:
            canvas = Canvas(surface)
            painters.paint_window_frame(
                canvas,
                Rect(0, 0, width, height),
                theme,
                self.title,
                focused=self.is_focused,
                maximized=self.is_maximized,
                resizable=not self.is_dialog,
            )
            self.program.paint(canvas, theme)
            for widget in self.widgets:
                if widget.is_shown:
                    widget.paint(canvas, theme)
        elif self._dirty:
            canvas = Canvas(surface)
            for widget in self._dirty:
                if widget.is_shown:
                    canvas.fill(widget.rect, theme.window)
                    widget.paint(canvas, theme)
        self._is_stale = False
        self._dirty.clear()
        return surface
