"""Rectangles: intersection, what is left of one under others, and which part can be clicked."""

from __future__ import annotations

from collections.abc import Iterable

from hrlctl.desktop.contract import Rect

NOTHING = Rect(0, 0, 0, 0)


def intersection(first: Rect, second: Rect) -> Rect | None:
    """The pixels that both hold, or ``None``."""
    x, y, width, height = first
    other_x, other_y, other_width, other_height = second
    left = x if x > other_x else other_x
    top = y if y > other_y else other_y
    right, other_right = x + width, other_x + other_width
    if other_right < right:
        right = other_right
    bottom, other_bottom = y + height, other_y + other_height
    if other_bottom < bottom:
        bottom = other_bottom
    if left < right and top < bottom:
        return Rect(left, top, right - left, bottom - top)
    return None


def overlap(first: Rect, second: Rect) -> int:
    """How many pixels both hold."""
    x, y, width, height = first
    other_x, other_y, other_width, other_height = second
    right, other_right = x + width, other_x + other_width
    across = (right if right < other_right else other_right) - (x if x > other_x else other_x)
    if across <= 0:
        return 0
    bottom, other_bottom = y + height, other_y + other_height
    down = (bottom if bottom < other_bottom else other_bottom) - (y if y > other_y else other_y)
    return across * down if down > 0 else 0


def holds(outer: Rect, inner: tuple[int, int, int, int]) -> bool:
    """Whether all of ``inner`` lies in ``outer``."""
    x, y, width, height = outer
    left, top, across, down = inner
    return x <= left and y <= top and left + across <= x + width and top + down <= y + height


def moved(rect: Rect, x: int, y: int) -> Rect:
    """``rect`` shifted by (x, y)."""
    return Rect(rect[0] + x, rect[1] + y, rect[2], rect[3])


def remainder(rect: Rect, hole: Rect) -> list[Rect]:
    """The largest rectangles of ``rect`` on each side of ``hole`` (they may overlap)."""
    cut = intersection(rect, hole)
    if cut is None:
        return [rect]
    pieces = (
        Rect(rect.x, rect.y, rect.width, cut.y - rect.y),
        Rect(rect.x, cut.bottom, rect.width, rect.bottom - cut.bottom),
        Rect(rect.x, rect.y, cut.x - rect.x, rect.height),
        Rect(cut.right, rect.y, rect.right - cut.right, rect.height),
    )
    return [piece for piece in pieces if piece.width > 0 and piece.height > 0]


def visible_part(rect: Rect, covers: Iterable[Rect]) -> Rect | None:
    """The rectangle of ``rect`` outside ``covers`` that is easiest to click, or ``None``."""
    pieces = [rect]
    for cover in covers:
        pieces = [left for piece in pieces for left in remainder(piece, cover)]
        if not pieces:
            return None
    return max(pieces, key=_ease)


def _ease(rect: Rect) -> tuple[int, int]:
    # A pointer cell is 8 pixels wide: more width than that helps less than equal sides do.
    return min(rect.width, 8) * min(rect.height, 8), rect.width * rect.height


def clamped(rect: Rect, area: Rect) -> Rect:
    """``rect`` moved, and cut where it is too large, so that it lies in ``area``."""
    width, height = min(rect.width, area.width), min(rect.height, area.height)
    x = max(area.x, min(rect.x, area.right - width))
    y = max(area.y, min(rect.y, area.bottom - height))
    return Rect(x, y, width, height)
