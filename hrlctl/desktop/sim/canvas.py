"""A clipped drawing surface over an array of pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim.fonts import Font
from hrlctl.desktop.sim.lettering import (
    Overlay,
    glow_overlay,
    text_mask,
    text_on,
    text_overlay,
)
from hrlctl.desktop.sim.theme import Colour

_ROW = 1024  # pixels of a prepared row: more than any screen has


@lru_cache(maxsize=512)
def _whole_row(colour: Colour) -> Screen:
    """A row of ``colour``; copying rows is several times as fast as repeating a pixel."""
    return np.full((_ROW, 3), colour, np.uint8)


def blend(below: Colour, above: Colour, share: float) -> Colour:
    """The colour between ``below`` (share 0) and ``above`` (share 1)."""
    red, green, blue = (round(b + (a - b) * share) for b, a in zip(below, above, strict=True))
    return red, green, blue


class Line(NamedTuple):
    """A line of text that was written, in pixels of what it was written on."""

    text: str
    font: Font
    x: int
    y: int
    left: int  # what the clip left of it: columns from ``left`` to before ``right``
    right: int


class Picture(NamedTuple):
    """Something painted, to be put elsewhere again."""

    pixels: Screen  # RGB, shape (height, width, 3)
    lines: tuple[Line, ...]  # the texts in it


class Canvas:
    """Draws into ``pixels``, shifted by an origin and cut to a clip rectangle.

    Args:
        pixels: uint8, shape (height, width, 3); drawn on in place.
        origin: where the canvas's (0, 0) lies in ``pixels``, (x, y).
        clip: in canvas coordinates; nothing outside is touched. Everything by default.

    Attributes:
        lines: the texts written, shared by the canvases that were made from one another.
    """

    __slots__ = ("_bottom", "_left", "_right", "_top", "_x", "_y", "lines", "pixels")

    def __init__(
        self, pixels: Screen, origin: tuple[int, int] = (0, 0), clip: Rect | None = None
    ) -> None:
        self.pixels = pixels
        self.lines: list[Line] = []
        self._x, self._y = origin
        height, width = pixels.shape[:2]
        if clip is None:
            self._left, self._top, self._right, self._bottom = 0, 0, width, height
        else:
            self._left = max(0, clip.x + self._x)
            self._top = max(0, clip.y + self._y)
            self._right = max(self._left, min(width, clip.right + self._x))
            self._bottom = max(self._top, min(height, clip.bottom + self._y))

    @property
    def clip(self) -> Rect:
        """What can be drawn on, in canvas coordinates."""
        return Rect(
            self._left - self._x,
            self._top - self._y,
            self._right - self._left,
            self._bottom - self._top,
        )

    def clipped(self, rect: Rect) -> Canvas:
        """A canvas on the same pixels, with the same origin, cut to ``rect`` as well."""
        canvas = Canvas(self.pixels, (self._x, self._y), rect)
        canvas.lines = self.lines
        canvas._left = max(canvas._left, self._left)
        canvas._top = max(canvas._top, self._top)
        canvas._right = max(canvas._left, min(canvas._right, self._right))
        canvas._bottom = max(canvas._top, min(canvas._bottom, self._bottom))
        return canvas

    def moved(self, rect: Rect) -> Canvas:
        """A canvas whose origin is the corner of ``rect``, cut to ``rect``."""
        canvas = self.clipped(rect)
        canvas._x += rect.x
        canvas._y += rect.y
        return canvas

    def fill(self, rect: Rect, colour: Colour) -> None:
        """Paint all of ``rect``."""
        x, y, width, height = rect
        left, top = x + self._x, y + self._y
        right, bottom = left + width, top + height
        if left < self._left:
            left = self._left
        if top < self._top:
            top = self._top
        if right > self._right:
            right = self._right
        if bottom > self._bottom:
            bottom = self._bottom
        if left < right and top < bottom:
            self.pixels[top:bottom, left:right] = _whole_row(colour)[: right - left]

    def frame(self, rect: Rect, colour: Colour) -> None:
        """Draw the outline of ``rect``, one pixel wide, inside it."""
        self.bevel(rect, colour, colour)

    def bevel(self, rect: Rect, light: Colour, dark: Colour) -> None:
        """Draw the top and left edges of ``rect`` in ``light``, the other two in ``dark``."""
        x, y, width, height = rect
        left, top = x + self._x, y + self._y
        right, bottom = left + width, top + height
        if self._left <= left < right <= self._right and self._top <= top < bottom <= self._bottom:
            pixels, bright, dim = self.pixels, _whole_row(light), _whole_row(dark)
            pixels[top, left:right] = bright[:width]
            pixels[top:bottom, left] = bright[:height]
            pixels[bottom - 1, left:right] = dim[:width]
            pixels[top:bottom, right - 1] = dim[:height]
            return
        self.fill(Rect(x, y, width, 1), light)
        self.fill(Rect(x, y, 1, height), light)
        self.fill(Rect(x, y + height - 1, width, 1), dark)
        self.fill(Rect(x + width - 1, y, 1, height), dark)

    def gradient(self, rect: Rect, top: Colour, bottom: Colour) -> None:
        """Paint ``rect`` from ``top`` down to ``bottom``."""
        if top == bottom:
            self.fill(rect, top)
        else:
            self.blit(rect.x, rect.y, _gradient(rect.width, rect.height, top, bottom))

    def text(
        self,
        x: int,
        y: int,
        text: str,
        font: Font,
        colour: Colour,
        ground: Colour | None = None,
    ) -> None:
        """Write one line with its top left corner at (x, y).

        With a plain ``ground`` the whole line is painted, which is faster than blending.
        """
        if not text or x + self._x >= self._right or y + self._y >= self._bottom:
            return
        self._note(x, y, text, font)
        if not font.is_smooth:
            self._stencil(x, y, text_mask(font.name, text), colour)
        elif ground is not None:
            self.blit(x, y, text_on(font.name, text, colour, ground))
        else:
            self.overlay(x, y, text_overlay(font.name, text, colour))

    def glowing_text(
        self, x: int, y: int, text: str, font: Font, colour: Colour, glow: Colour
    ) -> None:
        """Write one line with its top left corner at (x, y), surrounded by ``glow``."""
        self._note(x, y, text, font)
        self.overlay(x, y - 1, glow_overlay(font.name, text, colour, glow))

    def _note(self, x: int, y: int, text: str, font: Font) -> None:
        """Remember a line, if the clip leaves the middle of its letters."""
        y += self._y
        if self._top <= y + font.middle < self._bottom:
            self.lines.append(Line(text, font, x + self._x, y, self._left, self._right))

    def _stencil(self, x: int, y: int, mask: npt.NDArray[np.bool_], colour: Colour) -> None:
        left, top = x + self._x, y + self._y
        height, width, _ = mask.shape
        right, bottom = left + width, top + height
        if not (
            left >= self._left
            and top >= self._top
            and right <= self._right
            and bottom <= self._bottom
        ):
            x, y = left, top
            left, top = max(x, self._left), max(y, self._top)
            right, bottom = min(right, self._right), min(bottom, self._bottom)
            if left >= right or top >= bottom:
                return
            mask = mask[top - y : bottom - y, left - x : right - x]
            width = right - left
        np.copyto(self.pixels[top:bottom, left:right], _whole_row(colour)[:width], where=mask)

    def overlay(self, x: int, y: int, overlay: Overlay) -> None:
        """Blend ``overlay`` into the pixels with its corner at (x, y)."""
        ink, rest = overlay
        left, top = x + self._x, y + self._y
        height, width, _ = ink.shape
        right, bottom = left + width, top + height
        if not (
            left >= self._left
            and top >= self._top
            and right <= self._right
            and bottom <= self._bottom
        ):
            x, y = left, top
            left, top = max(x, self._left), max(y, self._top)
            right, bottom = min(right, self._right), min(bottom, self._bottom)
            if left >= right or top >= bottom:
                return
            cut = np.s_[top - y : bottom - y, left - x : right - x]
            ink, rest = ink[cut], rest[cut]
        place = self.pixels[top:bottom, left:right]
        mixed = place * rest
        mixed += ink
        mixed //= 255
        place[:] = mixed

    def blit(self, x: int, y: int, image: Screen) -> None:
        """Put ``image``, RGB, shape (h, w, 3), with its corner at (x, y)."""
        left, top = x + self._x, y + self._y
        height, width, _ = image.shape
        right, bottom = left + width, top + height
        if (
            left >= self._left
            and top >= self._top
            and right <= self._right
            and bottom <= self._bottom
        ):
            self.pixels[top:bottom, left:right] = image
            return
        x, y = left, top
        left, top = max(x, self._left), max(y, self._top)
        right, bottom = min(right, self._right), min(bottom, self._bottom)
        if left < right and top < bottom:
            self.pixels[top:bottom, left:right] = image[top - y : bottom - y, left - x : right - x]

    def put(self, x: int, y: int, picture: Picture) -> None:
        """Put ``picture`` with its corner at (x, y), its texts included."""
        self.blit(x, y, picture.pixels)
        x += self._x
        y += self._y
        for text, font, at_x, at_y, left, right in picture.lines:
            if self._top <= at_y + y + font.middle < self._bottom:
                left, right = max(self._left, left + x), min(self._right, right + x)
                self.lines.append(Line(text, font, at_x + x, at_y + y, left, right))

    def stamp(self, x: int, y: int, mask: npt.NDArray[np.bool_], colour: Colour) -> None:
        """Paint the pixels of ``mask``, shape (h, w), with its corner at (x, y)."""
        x += self._x
        y += self._y
        height, width = mask.shape
        left, top = max(x, self._left), max(y, self._top)
        right, bottom = min(x + width, self._right), min(y + height, self._bottom)
        if left < right and top < bottom:
            place = self.pixels[top:bottom, left:right]
            place[mask[top - y : bottom - y, left - x : right - x]] = colour

    def line(self, x: int, y: int, to_x: int, to_y: int, colour: Colour) -> None:
        """Draw a line of one pixel, both ends included."""
        if x == to_x or y == to_y:
            left, top = min(x, to_x), min(y, to_y)
            self.fill(Rect(left, top, abs(to_x - x) + 1, abs(to_y - y) + 1), colour)
            return
        count = max(abs(to_x - x), abs(to_y - y)) + 1
        steps = np.arange(count)
        columns = x + self._x + _share(steps, to_x - x, count - 1)
        rows = y + self._y + _share(steps, to_y - y, count - 1)
        inside = (columns >= self._left) & (columns < self._right)
        inside &= (rows >= self._top) & (rows < self._bottom)
        self.pixels[rows[inside], columns[inside]] = colour


def _share(steps: npt.NDArray[np.int64], distance: int, count: int) -> npt.NDArray[np.int64]:
    """``steps`` of ``count`` along ``distance``, rounded in integers: the same on all machines."""
    share: npt.NDArray[np.int64] = (2 * steps * distance + count) // (2 * count)
    return share


@lru_cache(maxsize=512)
def _gradient(width: int, height: int, top: Colour, bottom: Colour) -> Screen:
    steps = np.arange(height)
    image = np.empty((height, width, 3), np.uint8)
    for channel in range(3):
        column = top[channel] + _share(steps, bottom[channel] - top[channel], max(1, height - 1))
        image[:, :, channel] = column[:, None]
    return image
