"""Where icons and windows are when an episode begins: families of layouts, two held out."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.geometry import overlap
from hrlctl.desktop.sim.theme import Theme


class Spot(NamedTuple):
    """A place in the grid of icons."""

    column: int
    row: int


class Corner(NamedTuple):
    """Where the top left corner of a window goes."""

    x: int
    y: int


_Order = Callable[[int, int, random.Random], Sequence[Spot]]
_Placement = Callable[[int, int, int, random.Random], Corner]
"""Of the n-th window: n, the free width and height, a source of chance."""


def _by_columns(columns: int, rows: int, _rng: random.Random) -> Sequence[Spot]:
    return [Spot(column, row) for column in range(columns) for row in range(rows)]


def _by_columns_from_right(columns: int, rows: int, _rng: random.Random) -> Sequence[Spot]:
    return [Spot(column, row) for column in reversed(range(columns)) for row in range(rows)]


def _by_rows(columns: int, rows: int, _rng: random.Random) -> Sequence[Spot]:
    return [Spot(column, row) for row in range(rows) for column in range(columns)]


def _by_rows_from_below(columns: int, rows: int, _rng: random.Random) -> Sequence[Spot]:
    return [Spot(column, row) for row in reversed(range(rows)) for column in range(columns)]


def _scattered(columns: int, rows: int, rng: random.Random) -> Sequence[Spot]:
    spots = _by_rows(columns, rows, rng)
    return rng.sample(spots, len(spots))


def _from_centre(columns: int, rows: int, _rng: random.Random) -> Sequence[Spot]:
    def distance(spot: Spot) -> int:
        return (2 * spot.column - columns + 1) ** 2 + (2 * spot.row - rows + 1) ** 2

    return sorted(_by_rows(columns, rows, _rng), key=distance)


def _anywhere(_index: int, width: int, height: int, rng: random.Random) -> Corner:
    return Corner(int(rng.random() * (width + 1)), int(rng.random() * (height + 1)))


def _cascade(index: int, width: int, height: int, rng: random.Random) -> Corner:
    step = 9 + int(rng.random() * 4)
    offset = 4 + int(rng.random() * 8)
    return Corner(min(width, offset + index * step), min(height, offset // 2 + index * step))


def _corners(index: int, width: int, height: int, rng: random.Random) -> Corner:
    corner = (index + int(rng.random() * 2)) % 4
    return Corner(width if corner in (1, 2) else 0, height if corner in (1, 3) else 0)


def _columns(index: int, width: int, height: int, rng: random.Random) -> Corner:
    return Corner((width * (index % 3)) // 2, int(rng.random() * (height + 1)))


def _centre(_index: int, width: int, height: int, rng: random.Random) -> Corner:
    across, down = rng.random() - 0.5, rng.random() - 0.5
    return Corner(int(width * (0.5 + across * 0.5)), int(height * (0.5 + down * 0.5)))


def _edges(index: int, width: int, height: int, rng: random.Random) -> Corner:
    share = rng.random()
    if index % 2:
        return Corner(int(width * share), height if share < 0.5 else 0)
    return Corner(width if share < 0.5 else 0, int(height * share))


@dataclass(frozen=True)
class LayoutFamily:
    """One way to arrange a desktop; ``None`` leaves a choice to the theme."""

    name: str
    held_out: bool
    order: _Order  # in which the places of icons fill up
    placement: _Placement
    taskbar_position: Literal["top", "bottom"] | None = None
    title_side: Literal["left", "right"] | None = None


LAYOUTS: tuple[LayoutFamily, ...] = (
    LayoutFamily("columns", False, _by_columns, _cascade),
    LayoutFamily("rows", False, _by_rows, _corners, taskbar_position="bottom"),
    LayoutFamily("right", False, _by_columns_from_right, _columns, title_side="right"),
    LayoutFamily("scattered", False, _scattered, _anywhere),
    LayoutFamily("mirrored", False, _by_columns_from_right, _anywhere, "top", "left"),
    LayoutFamily("dock", True, _by_rows_from_below, _edges, "top", "right"),
    LayoutFamily("centre", True, _from_centre, _centre, "bottom", "left"),
)


def layouts(*, held_out: bool) -> tuple[LayoutFamily, ...]:
    """The families that are held out for evaluation, or all the others, in a fixed order."""
    return tuple(layout for layout in LAYOUTS if layout.held_out is held_out)


@lru_cache(maxsize=256)
def arranged(theme: Theme, layout: LayoutFamily) -> Theme:
    """``theme`` with the sides that ``layout`` asks for."""
    position = layout.taskbar_position or theme.taskbar_position
    side = layout.title_side or theme.title_side
    if (position, side) == (theme.taskbar_position, theme.title_side):
        return theme
    order = theme.title_order if side == theme.title_side else theme.title_order[::-1]
    return replace(
        theme,
        name=f"{theme.name}/{position}/{side}",
        taskbar_position=position,
        title_side=side,
        title_order=order,
    )


@lru_cache(maxsize=256)
def icon_cell(work: Rect, theme: Theme, column: int, row: int) -> Rect:
    """The place of an icon, in the middle of its share of the screen."""
    width, height = theme.icon_cell
    across = work.width // max(1, work.width // width)
    down = work.height // max(1, work.height // height)
    x = work.x + column * across + (across - width) // 2
    return Rect(x, work.y + row * down + (down - height) // 2, width, height)


def icon_cells(
    work: Rect, theme: Theme, layout: LayoutFamily, rng: random.Random
) -> Sequence[Rect]:
    """All places of icons in the order in which ``layout`` fills them."""
    width, height = theme.icon_cell
    columns, rows = max(1, work.width // width), max(1, work.height // height)
    spots = layout.order(columns, rows, rng)
    return [icon_cell(work, theme, column, row) for column, row in spots]


class Placed(NamedTuple):
    """A window that has its place: what must stay in sight of it."""

    area: Rect
    title: Rect  # the whole title bar
    is_kept_in_sight: bool


class Placer:
    """Finds places for windows, from the lowest to the topmost.

    Args:
        cells: the places of icons.
        free_needed: how many of them no window may cover.
    """

    _TRIES = 10
    _GOOD = 6.0
    _STRIDE = 8  # of the search where chance fails

    def __init__(
        self,
        work: Rect,
        layout: LayoutFamily,
        rng: random.Random,
        cells: Sequence[Rect],
        free_needed: int,
    ) -> None:
        self._work = work
        self._layout = layout
        self._rng = rng
        self._free_needed = free_needed
        self.free = list(cells)
        self._placed: list[Placed] = []

    def place(
        self,
        width: int,
        height: int,
        title_height: int,
        *,
        is_kept_in_sight: bool,
        room_below: int = 0,
        covers: Rect | None = None,
        may_fail: bool = False,
    ) -> Rect | None:
        """The place of the next window, above all others.

        Args:
            title_height: of its title bar with the border above it.
            is_kept_in_sight: later ones leave its title bar and most of the rest free.
            room_below: what is left below its title bar, so that a later one fits there.
            covers: what it has to cover in part.
            may_fail: return ``None`` where every place hides too much.
        """
        work, rng = self._work, self._rng
        room_x = work.width - width
        room_y = max(0, work.height - max(height, title_height + room_below))
        best, best_fault = Rect(work.x, work.y, width, height), float("inf")
        for attempt in range(self._TRIES):
            rule = self._layout.placement if attempt == 0 else _anywhere
            x, y = rule(len(self._placed), room_x, room_y, rng)
            area = Rect(work.x + x, work.y + y, width, height)
            fault = self._fault(area, covers)
            if fault < best_fault:
                best, best_fault = area, fault
                if fault < self._GOOD:
                    break
        if best_fault >= 100 and not may_fail:
            # Chance found none that will do: look everywhere. Corners leave the most places free.
            for x in sorted({0, room_x, *range(0, room_x, self._STRIDE)}):
                for y in sorted({0, room_y, *range(0, room_y, self._STRIDE)}):
                    area = Rect(work.x + x, work.y + y, width, height)
                    if (fault := self._fault(area, covers)) < best_fault:
                        best, best_fault = area, fault
        if may_fail and best_fault >= 100:
            return None
        title = Rect(best.x, best.y, width, title_height)
        self._placed.append(Placed(best, title, is_kept_in_sight))
        self.free = [cell for cell in self.free if not overlap(cell, best)]
        return best

    def _fault(self, area: Rect, covers: Rect | None) -> float:
        """How bad it is to put the next window at ``area``; 100 and more is not acceptable."""
        fault = 0.0
        for placed in self._placed:
            cut = overlap(placed.area, area)
            if not cut:
                continue
            share = cut / (placed.area.width * placed.area.height)
            if not placed.is_kept_in_sight:
                fault += 5.0 if share > 0.8 else 0.0
            elif overlap(placed.title, area):
                fault += 170.0
            else:
                fault += 20.0 * share + (100.0 if share > 0.5 else 0.0)
        if covers is not None:
            share = overlap(covers, area) / (covers.width * covers.height)
            fault += 0.0 if 0.15 <= share <= 0.6 else 200.0
        if self._free_needed:
            free = sum(not overlap(cell, area) for cell in self.free)
            if free < self._free_needed:
                fault += 1000.0 * (self._free_needed - free)
        return fault
