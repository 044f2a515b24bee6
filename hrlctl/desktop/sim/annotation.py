"""What stands under the centre of every pointer cell, and what is written there."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import LOOKS, RESTORE, ROLES, SIGNS, Annotation, Rect
from hrlctl.desktop.sim.canvas import Line
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.widgets.base import Part
from hrlctl.desktop.sim.windows import Window

_LOOK = {look: index for index, look in enumerate(LOOKS)}
_LOOK_OF = {
    (role, marked): _LOOK.get(f"marked {role}" if marked else role, _LOOK[role])
    for role in ROLES
    for marked in (False, True)
}
_DESKTOP = _LOOK["desktop"]
_SIGN_REACH = 2  # pixels from the middle of a sign to its ends

_Looks = npt.NDArray[np.uint8]
_Letters = list[list[str]]  # by rows and half cells; "\0" where nothing is written


class _Kept(NamedTuple):
    """What was found out about a window, and what it was like then."""

    area: Rect
    changes: int
    paintings: int
    looks: _Looks
    letters: _Letters


class Annotator:
    """Annotates one episode's screens; keeps what has not changed since the last time.

    The screen must be up to date: letters are where they were painted.

    Args:
        rows, columns: of the grid of pointer cells.
    """

    def __init__(self, session: Session, rows: int, columns: int) -> None:
        self.shape = (rows, columns)
        self._session = session
        self._first_column = _first_cells(session.width, columns)
        self._first_half = _first_cells(session.width, 2 * columns)
        self._first_row = _first_cells(session.height, rows)
        width, halves = session.width, 2 * columns
        self._half_centres = [(2 * h + 1) * width // (2 * halves) for h in range(halves)]
        self._row_at = [min(y * rows // session.height, rows - 1) for y in range(session.height)]
        self._icons: tuple[int, _Looks] | None = None
        self._windows: dict[Window, _Kept] = {}

    def annotate(self) -> Annotation:
        """What is topmost at each cell's centre now."""
        session = self._session
        shell = session.shell
        if self._icons is None or self._icons[0] != shell.moves:
            looks = np.full(self.shape, _DESKTOP, np.uint8)
            icons = (Part("icon", icon.launcher.name, icon.cell) for icon in shell.icons)
            self._enter(looks, icons, 0, 0)
            self._icons = shell.moves, looks
        looks = self._icons[1].copy()
        letters = self._blank()
        for icon in shell.icons:
            self._write(letters, icon.lines, 0, 0)
        for window in session.manager.stack:
            if not window.is_minimized:
                self._add_window(looks, letters, window)
        self._enter(looks, shell.parts(), 0, 0)
        self._cover(letters, shell.bar, shell.lines)
        popup = session.popup
        if popup is not None:
            self._enter(looks, popup.parts(), 0, 0)
            self._cover(letters, popup.area, popup.lines)
        codes = "".join(map("".join, letters)).encode("utf-32-le")
        grid = np.frombuffer(codes, "<u4").astype(np.uint16).reshape(len(letters), -1)
        return Annotation(looks, grid)

    def _blank(self) -> _Letters:
        rows, columns = self.shape
        return [["\0"] * (2 * columns) for _ in range(rows)]

    def _add_window(self, looks: _Looks, letters: _Letters, window: Window) -> None:
        x, y, width, height = area = window.area
        left, right = self._first_column[x], self._first_column[x + width]
        top, bottom = self._first_row[y], self._first_row[y + height]
        halves = slice(self._first_half[x], self._first_half[x + width])
        state = area, window.changes, window.paintings
        known = self._windows.get(window)
        if known is None or known[:3] != state:
            own = np.empty((bottom - top, right - left), np.uint8)
            self._enter(own, window.parts(), left, top)
            written = self._blank()
            self._write(written, window.lines(), x, y)
            self._write_signs(written, window)
            known = _Kept(*state, own, [row[halves] for row in written[top:bottom]])
            self._windows[window] = known
        looks[top:bottom, left:right] = known.looks
        for row, line in zip(letters[top:bottom], known.letters, strict=True):
            row[halves] = line

    def _enter(self, looks: _Looks, parts: Iterable[Part], left: int, top: int) -> None:
        """Enter ``parts``, later ones above earlier ones; ``looks`` begins at (left, top)."""
        columns, rows = self._first_column, self._first_row
        for role, _, (x, y, width, height), is_marked in parts:
            looks[
                rows[y] - top : rows[y + height] - top,
                columns[x] - left : columns[x + width] - left,
            ] = _LOOK_OF[role, is_marked]

    def _cover(self, letters: _Letters, area: Rect, lines: Iterable[Line]) -> None:
        """Enter what lies over everything entered so far; ``lines`` are relative to ``area``."""
        x, y, width, height = area
        first, last = self._first_half[x], self._first_half[x + width]
        for row in letters[self._first_row[y] : self._first_row[y + height]]:
            row[first:last] = ["\0"] * (last - first)
        self._write(letters, lines, x, y)

    def _write_signs(self, letters: _Letters, window: Window) -> None:
        """Enter the signs on the title bar of a window."""
        for role, _, (x, y, width, height), _ in window.parts():
            sign = SIGNS.get(role)
            if sign is None:
                continue
            if window.is_maximized and role == "maximize_button":
                sign = RESTORE
            centre, middle = x + width // 2, y + height // 2
            if not 0 <= middle < len(self._row_at):
                continue
            ends = (centre - _SIGN_REACH, centre + _SIGN_REACH + 1)
            first, last = (self._first_half[min(max(x, 0), self._session.width)] for x in ends)
            for row in {self._row_at[max(0, middle - 1)], self._row_at[middle]}:
                letters[row][first:last] = sign * (last - first)

    def _write(self, letters: _Letters, lines: Iterable[Line], dx: int, dy: int) -> None:
        """Enter ``lines``, moved by (dx, dy).

        A line belongs to the row of cells that the middle of its capitals lies in, and to the next
        one as well where that is a pixel away: either may be asked what is written.
        """
        first_half, centres, row_at = self._first_half, self._half_centres, self._row_at
        width, height = len(first_half) - 1, len(row_at)
        for text, font, x, y, left, right in lines:
            begin, middle = x + dx, y + dy + font.middle
            written = _columns(font.name, text)
            left, right = max(begin, left + dx, 0), min(begin + len(written), right + dx, width)
            if left >= right or not 0 <= middle < height:
                continue
            first, last = first_half[left], first_half[right]
            seen = [written[centre - begin] for centre in centres[first:last]]
            row, other = row_at[max(0, middle - 1)], row_at[min(height - 1, middle + 1)]
            letters[row][first:last] = seen
            if other != row:
                letters[other][first:last] = seen


@lru_cache(maxsize=4096)
def _columns(font_name: str, text: str) -> str:
    return FONTS[font_name].columns(text)


@lru_cache(maxsize=64)
def _first_cells(length: int, count: int) -> list[int]:
    """For each pixel from 0 to ``length`` the first of ``count`` cells whose centre is not before.

    The centre of cell c is at (2c + 1) * length / (2 * count).
    """
    return [-((length - 2 * count * pixel) // (2 * length)) for pixel in range(length + 1)]
