"""Puts the screen together from what is painted, and only where something has changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.geometry import holds, intersection, overlap

if TYPE_CHECKING:
    from hrlctl.desktop.sim.launchers import DesktopIcon
    from hrlctl.desktop.sim.session import Session


class Compositor:
    """The screen's pixels and what of them is out of date.

    Icons and widgets that other things hide are painted when they come into sight.
    """

    __slots__ = ("_background", "_damaged", "_everything", "_unpainted", "screen")

    # One rectangle around all that has changed: going through the windows costs more than copying.

    def __init__(self, width: int, height: int) -> None:
        self.screen: Screen = np.zeros((height, width, 3), np.uint8)
        self._background = np.zeros_like(self.screen)  # wallpaper and icons
        self._everything = True
        self._damaged: tuple[int, int, int, int] | None = None  # left, top, right, bottom
        self._unpainted: list[DesktopIcon] = []

    def reset(self) -> None:
        """All of the screen is out of date."""
        self._everything = True

    def damage(self, rect: Rect) -> None:
        """What lies in ``rect`` has changed."""
        if self._everything:
            return
        x, y, width, height = rect
        right, bottom = x + width, y + height
        damaged = self._damaged
        if damaged is not None:
            left, top, old_right, old_bottom = damaged
            x, y = (left if left < x else x), (top if top < y else y)
            right = old_right if old_right > right else right
            bottom = old_bottom if old_bottom > bottom else bottom
        self._damaged = x, y, right, bottom

    def damage_icon(self, session: Session, icon: DesktopIcon) -> None:
        """An icon has changed, or is about to leave its place."""
        if not self._everything:
            x, y, width, height = icon.cell
            place = np.s_[y : y + height, x : x + width]
            self._background[place] = session.wallpaper[place]
            if icon not in self._unpainted:
                self._unpainted.append(icon)
            self.damage(icon.cell)

    def compose(self, session: Session) -> Screen:
        """The screen, up to date."""
        if self._everything:
            self._everything = False
            self._background[:] = session.wallpaper
            self._unpainted = list(session.shell.icons)
            height, width = self.screen.shape[:2]
            self._redraw(session, 0, 0, width, height)
        elif self._damaged is not None:
            left, top, right, bottom = self._damaged
            height, width = self.screen.shape[:2]
            right, bottom = min(width, right), min(height, bottom)
            left, top = max(0, left), max(0, top)
            if left < right and top < bottom:
                self._redraw(session, left, top, right, bottom)
        self._damaged = None
        return self.screen

    def _redraw(self, session: Session, left: int, top: int, right: int, bottom: int) -> None:
        rect = Rect(left, top, right - left, bottom - top)
        layers: list[tuple[Screen, Rect]] = []
        covers: list[Rect] = []
        is_covered = False
        popup, shell = session.popup, session.shell
        if popup is not None:
            covers.append(popup.area)
            if overlap(popup.area, rect):
                layers.append((popup.surface(), popup.area))
        if overlap(shell.bar, rect):
            layers.append((shell.taskbar(), shell.bar))
        for window in session.manager.shown():
            area = window.area
            if overlap(area, rect):
                layers.append((window.surface(covers), area))
                if holds(area, rect):
                    is_covered = True
                    break
            covers.append(area)
        if not is_covered:
            if self._unpainted:
                self._paint_icons(session, rect, covers)
            self.screen[top:bottom, left:right] = self._background[top:bottom, left:right]
        for surface, area in reversed(layers):
            self._copy(surface, area, rect)

    def _paint_icons(self, session: Session, rect: Rect, covers: list[Rect]) -> None:
        """Paint the icons in ``rect`` that have not been painted and are not covered."""
        left = []
        for icon in self._unpainted:
            cell = icon.cell
            if not overlap(cell, rect) or any(holds(cover, cell) for cover in covers):
                left.append(icon)
            else:
                _paint_icon(Canvas(self._background), session, icon)
        self._unpainted = left

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
    icon.lines = canvas.lines
