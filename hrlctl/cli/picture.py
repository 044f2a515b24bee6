"""The agent's screen in the terminal: two pixels a character, one above the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from rich.color import Color
from rich.console import Console, ConsoleOptions
from rich.measure import Measurement
from rich.segment import Segment
from rich.style import Style

from hrlctl.events import View

if TYPE_CHECKING:
    import numpy.typing as npt

    from hrlctl.desktop.contract import Desktop

_SHADES = " ░▒▓█"
_POINTER = "╋"


@dataclass(frozen=True)
class Size:
    """Cells of a terminal."""

    columns: int
    rows: int


def fitting_size(view: View, columns: int, rows: int) -> Size:
    """The largest size within the limits that keeps the screen's shape and enlarges nothing."""
    height, width = view.screen.shape[:2]
    fitted = min(columns, width, int(rows * 2 * width / height))
    return Size(fitted, max(1, -(-round(fitted * height / width) // 2)))


class Picture:
    """A view as half blocks, with the pointer; drawn once, however often it is shown."""

    def __init__(self, view: View, size: Size) -> None:
        self.view, self.size = view, size
        self._pixels = shrink(view.screen, size.columns, size.rows * 2)
        height, width = view.screen.shape[:2]
        x, y = view.pointer
        self._pointer = (
            min(max(x * size.columns // width, 0), size.columns - 1),
            min(max(y * size.rows // height, 0), size.rows - 1),
        )
        self._drawn: dict[bool, list[Segment]] = {}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        has_colors = console.color_system is not None and not console.no_color
        if has_colors not in self._drawn:
            draw = self._in_colors if has_colors else self._in_shades
            self._drawn[has_colors] = list(draw())
        yield from self._drawn[has_colors]

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(self.size.columns, self.size.columns)

    def _in_colors(self) -> Iterator[Segment]:
        for row in range(self.size.rows):
            # Python ints: indexing an array for every cell would be most of the time
            upper = self._pixels[row * 2].tolist()
            lower = self._pixels[row * 2 + 1].tolist()
            for column, (above, below) in enumerate(zip(upper, lower, strict=True)):
                if (column, row) == self._pointer:
                    mean = [(a + b) // 2 for a, b in zip(above, below, strict=True)]
                    yield Segment(_POINTER, _pointer_style(*mean))
                else:
                    yield Segment("▀", _style(*above, *below))
            yield Segment.line()

    def _in_shades(self) -> Iterator[Segment]:
        light = self._pixels.mean(axis=2)
        for row in range(self.size.rows):
            levels = ((light[row * 2] + light[row * 2 + 1]) / 2 / 256 * len(_SHADES)).astype(int)
            line = [_SHADES[level] for level in levels]
            if row == self._pointer[1]:
                line[self._pointer[0]] = _POINTER
            yield Segment("".join(line))
            yield Segment.line()


def desktop_picture(desktop: Desktop, columns: int, rows: int) -> Picture:
    """A desktop as it stands now, within these limits."""
    view = View(
        screen=desktop.capture().copy(),  # the desktop draws into its own
        instruction="",
        task_id="",
        pointer=desktop.cursor,
        action="",
        skill="",
    )
    return Picture(view, fitting_size(view, columns, rows))


def shrink(screen: npt.NDArray[np.uint8], width: int, height: int) -> npt.NDArray[np.uint8]:
    """The mean colour of each of ``width`` x ``height`` boxes.

    Args:
        screen: (rows, columns, 3), at least as many columns as ``width``; rows may be fewer than
            ``height`` by one.
        width: pixels.
        height: pixels.

    Returns:
        (height, width, 3), uint8.
    """
    rows = np.arange(height) * screen.shape[0] // height
    columns = np.arange(width) * screen.shape[1] // width
    sums = np.add.reduceat(screen.astype(np.uint32), rows, axis=0)
    sums = np.add.reduceat(sums, columns, axis=1)
    row_counts = np.maximum(np.diff(np.append(rows, screen.shape[0])), 1)
    column_counts = np.diff(np.append(columns, screen.shape[1]))
    counts = row_counts[:, None] * column_counts[None, :]
    means: npt.NDArray[np.uint8] = (sums // counts[..., None]).astype(np.uint8)
    return means


@lru_cache(maxsize=16384)
def _style(r1: int, g1: int, b1: int, r2: int, g2: int, b2: int) -> Style:
    return Style(color=Color.from_rgb(r1, g1, b1), bgcolor=Color.from_rgb(r2, g2, b2))


def _pointer_style(red: int, green: int, blue: int) -> Style:
    is_reddish = red > 160 and green < 120
    color = Color.from_rgb(255, 255, 0) if is_reddish else Color.from_rgb(255, 0, 60)
    return Style(color=color, bgcolor=Color.from_rgb(red, green, blue), bold=True)
