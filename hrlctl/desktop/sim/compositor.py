"""Puts the screen together from what is painted, and only where something has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.geometry import intersection

if TYPE_CHECKING:
    from hrlctl.desktop.sim.launchers import DesktopIcon
    from hrlctl.desktop.sim.session import Session

_MANY = 6
"""So many damaged rectangles are redrawn as the one that holds them all."""


class Compositor:
    """The screen's pixels and what of them is out of date."""

    __slots__ = ("_background", "_damaged", "_damaged_background", "_everything", "screen")

    def __init__(self, width: int, height: int) -> None:
        self.screen: Screen = np.zeros((height, width, 3), np.uint8)
        self._background = np.zeros_like(self.screen)  # wallpaper and icons
        self._everything = True
        self._damaged: list[Rect] = []
        self._damaged_background: list[Rect] = []

    def reset(self) -> None:
        """All of the screen is out of date."""
        self._everything = True

    def damage(self, rect: Rect) -> None:
        """What lies in ``rect`` has changed."""
        if not self._everything and rect not in self._damaged:
            self._damaged.append(rect)

    def damage_background(self, rect: Rect) -> None:
        """An icon in ``rect`` has changed."""
        if not self._everything:
            self._damaged_background.append(rect)
            self.damage(rect)

    def compose(self, session: Session) -> Screen:
        """The screen, up to date."""
        if self._everything:
            self._everything = False
            self._damaged.clear()
            self._damaged_background.clear()
            self._background[:] = session.wallpaper
            canvas = Canvas(self._background)
            for icon in session.shell.icons:
                _paint_icon(canvas, session, icon)
            height, width = self.screen.shape[:2]
            self._redraw(session, Rect(0, 0, width, height))
        elif self._damaged:
            self._redraw_background(session)
            damaged = self._damaged
            if len(damaged) > _MANY:
                damaged = [_hull(damaged)]
            for rect in damaged:
                self._redraw(session, rect)
            self._damaged.clear()
        return self.screen

    def _redraw_background(self, session: Session) -> None:
        for rect in self._damaged_background:
            x, y, width, height = rect
            place = np.s_[y : y + height, x : x + width]
            self._background[place] = session.wallpaper[place]
            canvas = Canvas(self._background, clip=rect)
            for icon in session.shell.icons:
                if intersection(icon.cell, rect) is not None:
                    _paint_icon(canvas, session, icon)
        self._damaged_background.clear()

    def _redraw(self, session: Session, rect: Rect) -> None:
        height, width = self.screen.shape[:2]
        left, top = max(0, rect[0]), max(0, rect[1])
        right, bottom = min(width, rect[0] + rect[2]), min(height, rect[1] + rect[3])
        if left >= right or top >= bottom:
            return
        rect = Rect(left, top, right - left, bottom - top)
        self.screen[top:bottom, left:right] = self._background[top:bottom, left:right]
        for window in session.manager.stack:
            if not window.is_minimized:
                area = window.area
                if intersection(area, rect) is not None:
                    self._copy(window.surface(), area, rect)
        shell = session.shell
        if intersection(shell.bar, rect) is not None:
            self._copy(shell.taskbar(), shell.bar, rect)
        if session.popup is not None:
            self._copy(session.popup.surface(), session.popup.area, rect)

    def _copy(self, surface: Screen, area: Rect, rect: Rect) -> None:
        """The part of ``surface``, which lies at ``area``, that is inside ``rect``."""
        cut = intersection(area, rect)
        if cut is not None:
            x, y, width, height = cut
            left, top = x - area[0], y - area[1]
            self.screen[y : y + height, x : x + width] = surface[
                top : top + height, left : left + width
            ]


def _paint_icon(canvas: Canvas, session: Session, icon: DesktopIcon) -> None:
    painters.paint_desktop_icon(
        canvas,
        icon.cell,
        session.theme,
        icon.launcher.icon,
        icon.launcher.name,
        selected=icon.is_selected,
    )


def _hull(rects: list[Rect]) -> Rect:
    left, top = min(r.x for r in rects), min(r.y for r in rects)
    right, bottom = max(r.right for r in rects), max(r.bottom for r in rects)
    return Rect(left, top, right - left, bottom - top)
