"""Flat shapes on a square of 14 units, and how they become a picture with soft edges.

Only comparisons and the four basic operations are used, which give the same bits on all machines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.sim.theme import Colour

UNITS = 14
_SUBPIXELS = 6  # per pixel and direction
_OUTLINE_ALPHA = 120

Grid = npt.NDArray[np.floating]
Mask = npt.NDArray[np.bool_]


class Shape(NamedTuple):
    """A colour and the points it covers; a colour of ``None`` cuts a hole."""

    colour: Colour | None
    covers: Callable[[Grid, Grid], Mask]


def _colour(value: int | None) -> Colour | None:
    return None if value is None else (value >> 16, value >> 8 & 255, value & 255)


def oval(colour: int | None, x: float, y: float, rx: float, ry: float | None = None) -> Shape:
    """An ellipse around (x, y)."""
    ry = rx if ry is None else ry
    return Shape(_colour(colour), lambda gx, gy: ((gx - x) / rx) ** 2 + ((gy - y) / ry) ** 2 <= 1.0)


def box(
    colour: int | None, left: float, top: float, right: float, bottom: float, radius: float = 0.0
) -> Shape:
    """A rectangle, its corners rounded by ``radius``."""

    def covers(gx: Grid, gy: Grid) -> Mask:
        # The distance from the rectangle that remains when the rounding is taken off.
        dx = np.maximum(np.maximum(left + radius - gx, gx - (right - radius)), 0.0)
        dy = np.maximum(np.maximum(top + radius - gy, gy - (bottom - radius)), 0.0)
        mask: Mask = dx * dx + dy * dy <= radius * radius
        return mask

    return Shape(_colour(colour), covers)


def ring(colour: int | None, x: float, y: float, radius: float, width: float) -> Shape:
    """A circle's line of ``width`` inside ``radius``."""

    def covers(gx: Grid, gy: Grid) -> Mask:
        distance = (gx - x) ** 2 + (gy - y) ** 2
        mask: Mask = (distance <= radius**2) & (distance >= (radius - width) ** 2)
        return mask

    return Shape(_colour(colour), covers)


def poly(colour: int | None, *points: tuple[float, float]) -> Shape:
    """A polygon, filled by the even-odd rule."""

    def covers(gx: Grid, gy: Grid) -> Mask:
        inside = np.zeros(np.broadcast(gx, gy).shape, np.bool_)
        for (x, y), (to_x, to_y) in zip(points, (*points[1:], points[0]), strict=True):
            if y == to_y:
                continue
            crosses = (gy < y) != (gy < to_y)
            inside ^= crosses & (gx < x + (gy - y) * ((to_x - x) / (to_y - y)))
        return inside

    return Shape(_colour(colour), covers)


def stroke(colour: int | None, x: float, y: float, to_x: float, to_y: float, width: float) -> Shape:
    """A straight line with round ends."""
    dx, dy = to_x - x, to_y - y
    length = dx * dx + dy * dy

    def covers(gx: Grid, gy: Grid) -> Mask:
        along = np.clip(((gx - x) * dx + (gy - y) * dy) / length, 0.0, 1.0)
        mask: Mask = (gx - x - along * dx) ** 2 + (gy - y - along * dy) ** 2 <= width * width / 4
        return mask

    return Shape(_colour(colour), covers)


def picture(shapes: Sequence[Shape], size: int) -> npt.NDArray[np.uint8]:
    """``shapes``, later over earlier, with a thin dark outline; RGBA, shape (size, size, 4)."""
    side = size * _SUBPIXELS
    centres: Grid = (np.arange(side) + 0.5) * (UNITS / side)
    grid_x, grid_y = centres[None, :], centres[:, None]
    colours = np.zeros((side, side, 3), np.int64)
    alpha = np.zeros((side, side), np.int64)
    for shape in shapes:
        mask = shape.covers(grid_x, grid_y)
        alpha[mask] = 0 if shape.colour is None else 255
        if shape.colour is not None:
            colours[mask] = shape.colour
    reach = _SUBPIXELS // 2
    body = np.pad(alpha > 0, reach)
    around = np.zeros((side, side), np.bool_)
    for dy in range(2 * reach + 1):
        for dx in range(2 * reach + 1):
            around |= body[dy : dy + side, dx : dx + side]
    outline = around & (alpha == 0)
    alpha[outline] = _OUTLINE_ALPHA
    colours[outline] = (16, 18, 26)

    blocks = (size, _SUBPIXELS, size, _SUBPIXELS)
    total = alpha.reshape(blocks).sum((1, 3))
    weighted = (colours * alpha[:, :, None]).reshape(*blocks, 3).sum((1, 3))
    result = np.zeros((size, size, 4), np.uint8)
    result[:, :, 3] = (total + _SUBPIXELS**2 // 2) // _SUBPIXELS**2
    divisor = np.maximum(total, 1)[:, :, None]
    result[:, :, :3] = (weighted + divisor // 2) // divisor
    return result
