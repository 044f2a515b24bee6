"""What a command prints for people, as wide and as colourful as what they read it on allows."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

# A pipe or a file has no width: nothing is cut off there, and a line stays a line.
_ENDLESS: Final = 1000


def echo(text: str, *, err: bool = False) -> None:
    """Print text with styles, which are left out where they are not wanted.

    They are not in a pipe, on a dumb terminal and where ``NO_COLOR`` is set (no-color.org).
    """
    is_plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown")
    typer.echo(text, err=err, color=False if is_plain else None)


def output_console(*, highlight: bool = True) -> Console:
    """Standard output: as wide as its terminal or ``COLUMNS``, else without end."""
    is_endless = not sys.stdout.isatty() and not os.environ.get("COLUMNS")
    return Console(width=_ENDLESS if is_endless else None, highlight=highlight)


@contextmanager
def working(text: str, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Say on standard error what takes so long, where that is a terminal; it may be changed."""
    console = Console(stderr=True)
    if quiet or not can_animate(console):
        yield lambda _: None
    else:
        with console.status(text) as status:
            yield lambda changed: status.update(changed)


def can_animate(console: Console) -> bool:
    """Whether a line of it can be drawn again."""
    return console.is_terminal and not console.is_dumb_terminal


def fitted(table: Table, console: Console, spare: Sequence[int]) -> Table:
    """``table`` without the columns that the console has no room for.

    Args:
        table: is changed.
        console: it is printed on.
        spare: columns that can be done without, the most dispensable first.
    """
    columns = list(table.columns)
    for place in spare:
        if _width(table, console) <= console.width:
            break
        table.columns.remove(columns[place])
    return table


def _width(table: Table, console: Console) -> int:
    """Cells that a table needs at least; Rich would rather cut figures off than say so."""
    endless = console.options.update(max_width=_ENDLESS)
    between = table.padding[1] + table.padding[3] + (table.box is not None)
    needed = 0
    for column in table.columns:
        cells = [Measurement.get(console, endless, c) for c in (column.header, *column.cells)]
        widths = (cell.maximum if column.no_wrap else cell.minimum for cell in cells)
        needed += max(widths, default=0) + between
    return needed
