"""A window: its frame, its widgets, the focus inside it, and its painted surface."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas, Line, Picture
from hrlctl.desktop.sim.geometry import NOTHING, holds, moved
from hrlctl.desktop.sim.widgets.base import Part, Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.programs.program import Program
    from hrlctl.desktop.sim.session import Session
    from hrlctl.desktop.sim.theme import Theme
    from hrlctl.desktop.sim.widgets.buttons import Button


class Modality(Enum):
    """What does not answer while a dialog is open."""

    NONE = "none"
    OWNER = "owner"  # the window that opened it
    EVERYTHING = "everything"  # all other windows, the icons and the taskbar


class Window:
    """A window of a program, or a dialog.

    ``area`` is in screen coordinates; all other rectangles have their origin at its corner.
    ``changes`` counts what has changed inside it, ``paintings`` how often it was painted.
    """

    __slots__ = (
        "_dirty",
        "_frames",
        "_has_stale_frame",
        "_is_stale",
        "_lines",
        "_surface",
        "area",
        "bars",
        "cancel",
        "changes",
        "default",
        "focus",
        "is_dialog",
        "is_focused",
        "is_maximized",
        "is_minimized",
        "modality",
        "owner",
        "paintings",
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
        self.changes = 0
        self._surface: Screen | None = None
        self._is_stale = True
        self._has_stale_frame = False
        self._dirty: list[Widget] = []
        self._frames: dict[tuple[bool, bool], Picture] = {}
        self.paintings = 0
        self._lines: dict[Widget | None, Sequence[Line]] = {}  # None: the frame

    @property
    def is_locking(self) -> bool:
        """Whether nothing else answers while it is open."""
        return self.modality is Modality.EVERYTHING

    # What it holds.

    def add(self, widget: Widget) -> None:
        """Put a widget into the window, last in the Tab order."""
        widget.window = self
        self.widgets.append(widget)

    def remove(self, widget: Widget) -> None:
        """Take a widget out of the window."""
        self.widgets.remove(widget)
        self._lines.pop(widget, None)
        if self.focus is widget:
            self.focus = None
        self.repaint_all()

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
            self._frames.clear()
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

    def lines(self) -> Iterator[Line]:
        """The texts as they were painted last, in the window's coordinates."""
        yield from self._lines.get(None, ())
        for widget in self.widgets:
            if widget.is_shown:
                yield from self._lines.get(widget, ())

    # Keyboard focus.

    def focus_on(self, widget: Widget | None) -> None:
        """Give the keyboard to ``widget``."""
        if widget is self.focus:
            return
        before, self.focus = self.focus, widget
        for changed in (before, widget):
            if changed is not None:
                self.repaint(changed)
        if widget is not None and not widget.is_shown:
            self.program.reveal(widget)
        if before is not None:
            self.program.focus_left(before)

    def focus_next(self, step: int) -> None:
        """Tab (``step`` 1) or Shift+Tab (-1)."""
        stops = [widget for widget in self.widgets if widget.takes_focus]
        if stops:
            at = stops.index(self.focus) if self.focus in stops else -1 if step > 0 else 0
            self.focus_on(stops[(at + step) % len(stops)])

    # Painting.

    def repaint(self, widget: Widget) -> None:
        """Have one widget painted again."""
        self.changes += 1
        if widget not in self._dirty:
            self._dirty.append(widget)
        if not self.is_minimized:
            self.session.damage(moved(widget.rect, self.area.x, self.area.y))

    def repaint_all(self) -> None:
        """Have the whole window painted again."""
        self.changes += 1
        self._is_stale = True
        if not self.is_minimized:
            self.session.damage(self.area)

    def set_focused(self, is_focused: bool) -> None:
        """Say whether the keyboard goes to this window."""
        self.is_focused = is_focused
        self._has_stale_frame = True
        if self.focus is not None and self.focus not in self._dirty:
            self._dirty.append(self.focus)
        if not self.is_minimized:
            self.session.damage(self.area)

    def surface(self, covers: Sequence[Rect]) -> Screen:
        """The window's pixels, painted where that is due.

        Args:
            covers: what lies above it, in screen coordinates; widgets hidden there can wait.
        """
        surface = self._surface
        if surface is None:
            _, _, width, height = self.area
            surface = self._surface = np.empty((height, width, 3), np.uint8)
            self._is_stale = True
        if self._is_stale or self._has_stale_frame or self._dirty:
            self._paint(Canvas(surface), covers)
        return surface

    def _paint(self, canvas: Canvas, covers: Sequence[Rect]) -> None:
        theme = self.session.theme
        self.paintings += 1
        if self._is_stale:
            self._paint_frame(canvas, theme)
            self.program.paint_background(canvas, theme)
            self._dirty = [widget for widget in self.widgets if widget.is_shown]
        elif self._has_stale_frame:
            self._repaint_frame(canvas, theme)
        waiting = []
        x, y, _, _ = self.area
        for widget in self._dirty:
            if not widget.is_shown:
                continue
            left, top, width, height = widget.rect
            place = (left + x, top + y, width, height)
            if covers and any(holds(cover, place) for cover in covers):
                waiting.append(widget)
                continue
            if not self._is_stale:
                canvas.fill(widget.rect, theme.window)
            canvas.lines = []
            widget.paint(canvas, theme)
            self._lines[widget] = canvas.lines
        self._dirty = waiting
        self._is_stale = self._has_stale_frame = False

    def _repaint_frame(self, canvas: Canvas, theme: Theme) -> None:
        """Paint the frame alone; the same two come again and again as the focus changes."""
        x, y, width, height = self.bars.client
        client = canvas.pixels[y : y + height, x : x + width].copy()
        frame = self._frames.get((self.is_focused, self.is_maximized))
        if frame is None:
            self._paint_frame(canvas, theme)
        else:
            canvas.blit(0, 0, frame.pixels)
            self._lines[None] = frame.lines
        canvas.blit(x, y, client)

    def _paint_frame(self, canvas: Canvas, theme: Theme) -> None:
        _, _, width, height = self.area
        painters.paint_window_frame(
            canvas,
            Rect(0, 0, width, height),
            theme,
            self.title,
            focused=self.is_focused,
            maximized=self.is_maximized,
            resizable=not self.is_dialog,
        )
        frame = Picture(canvas.pixels.copy(), tuple(canvas.lines))
        self._frames[self.is_focused, self.is_maximized] = frame
        self._lines[None] = frame.lines
