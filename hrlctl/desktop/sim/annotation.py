"""What stands under the centre of every pointer cell."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import ROLES, Annotation, Rect
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.widgets.base import Part
from hrlctl.desktop.sim.windows import Window

_ROLE_INDEX = {role: index for index, role in enumerate(ROLES)}
_DESKTOP = _ROLE_INDEX["desktop"]
# A cell's role and label are kept in one number: the label's index plus one, then the role.
_ROLE_BITS = 6

_Cells = npt.NDArray[np.int32]


class Annotator:
    """Annotates one episode's screens; keeps what has not changed since the last time.

    Args:
        rows, columns: of the grid of pointer cells.
    """

    def __init__(self, session: Session, rows: int, columns: int) -> None:
        self.shape = (rows, columns)
        self._session = session
        self._labels: dict[str, int] = {}
        self._first_column = _first_cells(session.width, columns)
        self._first_row = _first_cells(session.height, rows)
        self._icons: tuple[int, _Cells] | None = None
        self._windows: dict[Window, tuple[Rect, int, _Cells]] = {}

    def annotate(self) -> Annotation:
        """What is topmost at each cell's centre now. ``labels`` only grows in an episode."""
        session = self._session
        shell = session.shell
        if self._icons is None or self._icons[0] != shell.moves:
            cells = np.full(self.shape, _DESKTOP, np.int32)
            icons = (Part("icon", icon.launcher.name, icon.cell) for icon in shell.icons)
            self._draw(cells, icons, 0, 0)
            self._icons = shell.moves, cells
        cells = self._icons[1].copy()
        for window in session.manager.stack:
            if not window.is_minimized:
                self._add_window(cells, window)
        self._draw(cells, shell.parts(), 0, 0)
        if session.popup is not None:
            self._draw(cells, session.popup.parts(), 0, 0)
        return Annotation(
            (cells & ((1 << _ROLE_BITS) - 1)).astype(np.uint8),
            ((cells >> _ROLE_BITS) - 1).astype(np.int16),
            tuple(self._labels),
        )

    def _add_window(self, cells: _Cells, window: Window) -> None:
        x, y, width, height = area = window.area
        left, right = self._first_column[x], self._first_column[x + width]
        top, bottom = self._first_row[y], self._first_row[y + height]
        known = self._windows.get(window)
        if known is None or known[0] != area or known[1] != window.changes:
            own = np.empty((bottom - top, right - left), np.int32)
            self._draw(own, window.parts(), left, top)
            self._windows[window] = known = area, window.changes, own
        cells[top:bottom, left:right] = known[2]

    def _draw(self, cells: _Cells, parts: Iterable[Part], left: int, top: int) -> None:
        """Enter ``parts``, later ones above earlier ones; ``cells`` begins at (left, top)."""
        labels, columns, rows = self._labels, self._first_column, self._first_row
        for role, label, (x, y, width, height) in parts:
            code = _ROLE_INDEX[role]
            if label:
                code |= (labels.setdefault(label, len(labels)) + 1) << _ROLE_BITS
            cells[
                rows[y] - top : rows[y + height] - top,
                columns[x] - left : columns[x + width] - left,
            ] = code


@lru_cache(maxsize=64)
def _first_cells(length: int, count: int) -> list[int]:
    """For each pixel from 0 to ``length`` the first of ``count`` cells whose centre is not before.

    The centre of cell c is at (2c + 1) * length / (2 * count).
    """
    return [-((length - 2 * count * pixel) // (2 * length)) for pixel in range(length + 1)]
