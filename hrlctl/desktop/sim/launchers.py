"""The programs that can be started, and their icons on the desktop."""

from __future__ import annotations

from typing import NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Line
from hrlctl.desktop.sim.fields import Field


class Launcher(NamedTuple):
    """A program that can be started; its window's title is its name."""

    name: str
    program: str
    icon: str
    fields: tuple[Field, ...] = ()
    path: str | None = None
    address: str | None = None


class DesktopIcon:
    """A launcher on the desktop.

    Attributes:
        cell: its place on the screen.
        lines: its label as it was painted last, in screen coordinates.
    """

    __slots__ = ("cell", "is_selected", "launcher", "lines")

    def __init__(self, launcher: Launcher, cell: Rect) -> None:
        self.launcher = launcher
        self.cell = cell
        self.is_selected = False
        self.lines: list[Line] = []
