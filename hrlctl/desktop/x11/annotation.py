"""What stands in the cells of a private display and what is written there, as far as it is known.

Known are the parts that hrlctl draws itself, frames of windows, and pages that it has written.
Programs draw the rest, and do not say.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import (
    LOOKS,
    RESTORE,
    SIGNS,
    UNLABELLED,
    UNREAD,
    Annotation,
    Rect,
    Role,
)

_LOOK: Final = {look: index for index, look in enumerate(LOOKS)}
_REACH: Final = 5  # pixels from the middle of a sign to its ends
_NEARLY: Final = 2  # pixels: a line so near to the next row of cells belongs to that one as well


class Character(NamedTuple):
    """A character that is written, in pixels of the display."""

    text: str
    left: float
    right: float
    middle: float  # of a capital letter, from above


class Thing(NamedTuple):
    """A thing that stands somewhere, in pixels of the display."""

    role: Role
    rect: Rect
    is_marked: bool = False


def sign_of(role: Role, rect: Rect, *, is_maximized: bool) -> Character:
    """The sign on a button of a title bar, as a character."""
    sign = RESTORE if is_maximized and role == "maximize_button" else SIGNS[role]
    centre = rect.x + rect.width / 2
    return Character(sign, centre - _REACH, centre + _REACH, rect.y + rect.height / 2)


class Labels:
    """The cells of one screen; what is entered later lies above what was entered before.

    Args:
        size: of the display, width and height in pixels.
        rows, columns: of its cells.
    """

    def __init__(self, size: tuple[int, int], rows: int, columns: int) -> None:
        width, self._height = size
        self._looks = np.full((rows, columns), UNLABELLED, np.uint8)
        self._letters = np.full((rows, 2 * columns), UNREAD, np.uint16)
        self._x, self._half_x = _centres(width, columns), _centres(width, 2 * columns)
        self._y = _centres(self._height, rows)

    def unknown(self, rect: Rect) -> None:
        """Nobody knows what ``rect`` shows."""
        self._read(rect, UNREAD)
        self._looks[self._cells(rect)] = UNLABELLED

    def blank(self, rect: Rect) -> None:
        """Nothing is written in ``rect``, but what is entered from now on."""
        self._read(rect, 0)

    def unread(self, rect: Rect) -> None:
        """What is written in ``rect`` is unknown."""
        self._read(rect, UNREAD)

    def enter(self, things: Iterable[Thing]) -> None:
        """Enter ``things``, later ones above earlier ones."""
        for role, rect, is_marked in things:
            look = f"marked {role}" if is_marked else role
            self._looks[self._cells(rect)] = _LOOK.get(look, _LOOK[role])

    def write(self, characters: Iterable[Character]) -> None:
        """Enter what is written, but for cells of which nothing is known."""
        rows = len(self._y)
        for text, left, right, middle in characters:
            if not 0 <= middle < self._height:
                continue
            first, last = np.searchsorted(self._half_x, (left, right))
            for near in {
                int(min(max(middle + by, 0), self._height - 1) * rows / self._height)
                for by in (-_NEARLY, _NEARLY)
            }:
                halves = self._letters[near, first:last]
                halves[halves != UNREAD] = min(ord(text), UNREAD - 1)

    def annotation(self) -> Annotation:
        """All that was entered."""
        return Annotation(self._looks, self._letters)

    def _cells(self, rect: Rect) -> tuple[slice, slice]:
        """The cells whose centres ``rect`` contains."""
        top, bottom = np.searchsorted(self._y, (rect.y, rect.bottom))
        left, right = np.searchsorted(self._x, (rect.x, rect.right))
        return slice(top, bottom), slice(left, right)

    def _read(self, rect: Rect, letter: int) -> None:
        rows, columns = self._cells(rect)
        self._letters[rows, 2 * columns.start : 2 * columns.stop] = letter


def _centres(length: int, count: int) -> npt.NDArray[np.float64]:
    return np.array([(index + 0.5) * length / count for index in range(count)], np.float64)
