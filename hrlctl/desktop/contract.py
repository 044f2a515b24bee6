"""The contract that every desktop backend keeps."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Set
from typing import Any, Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.commands import Command
from hrlctl.schema.setup import Setup
from hrlctl.schema.vocabulary import LOOKS as LOOKS
from hrlctl.schema.vocabulary import ROLES as ROLES
from hrlctl.schema.vocabulary import Role as Role

Screen = npt.NDArray[np.uint8]
"""Pixels, uint8, shape (height, width, 3), RGB."""


class Unknown:
    """A fact that a backend cannot observe. Criteria over it answer "unknown"."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class Rect(NamedTuple):
    """A rectangle of screen pixels; right and bottom are exclusive."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom


class Locator(NamedTuple):
    """How an oracle names a thing: by what it is and what it is called, never by coordinates.

    ``name`` and ``window`` compare without regard to case. A title-bar button, title bar or
    taskbar button has the title of its window as its name. ``at`` (0 to 1) asks for the place on a
    slider's track or a scroll bar that stands for that share of its range.
    """

    role: Role
    name: str | None = None
    window: str | None = None
    at: float | None = None


class WindowState(NamedTuple):
    """A window as criteria see it."""

    title: str
    program: str
    is_focused: bool
    is_minimized: bool
    is_maximized: bool
    is_dialog: bool = False


class WidgetState(NamedTuple):
    """A widget as criteria see it; ``value`` as in ``FieldSetup``, a display's or text's string."""

    role: Role
    name: str
    window: str
    value: bool | int | str | None
    is_focused: bool = False


class DesktopState(Protocol):
    """What is true of the desktop now; for criteria, oracles and rewards, never for an agent.

    Each property is computed when it is first read. One that the backend cannot observe is
    ``UNKNOWN``.
    """

    @property
    def windows(self) -> tuple[WindowState, ...] | Unknown:
        """Bottom to top."""

    @property
    def widgets(self) -> tuple[WidgetState, ...] | Unknown:
        """Of all open windows, in their windows' order."""

    @property
    def files(self) -> Mapping[str, str] | Unknown:
        """Content by path relative to the home folder."""

    @property
    def folders(self) -> Set[str] | Unknown:
        """Paths relative to the home folder, which is not among them."""

    @property
    def directories(self) -> Mapping[str, str] | Unknown:
        """The folder that each file manager shows, by window title; home is empty."""

    @property
    def settings(self) -> Mapping[str, bool | int | str] | Unknown:
        """Applied values by name, whether their window is open or not."""

    @property
    def answers(self) -> Mapping[str, str] | Unknown:
        """The button by which each dialog that has been open was ended, by the dialog's title."""

    @property
    def addresses(self) -> Mapping[str, str] | Unknown:
        """The address that each browser window shows, by the window's title."""

    @property
    def clipboard(self) -> str | Unknown: ...


UNLABELLED: Final = 255
"""A label where there is none."""
UNREAD: Final = 0xFFFF
"""The code point (of no character) where what is written is not known."""
SIGNS: Final[Mapping[Role, str]] = {
    "minimize_button": "\N{MINUS SIGN}",
    "maximize_button": "\N{WHITE SQUARE}",
    "close_button": "\N{MULTIPLICATION SIGN}",
}
"""How the signs on title bars are spelled: they are read as letters are."""
RESTORE: Final = "\N{UPPER RIGHT DROP-SHADOWED WHITE SQUARE}"
"""How the sign is spelled that a maximised window has instead of a square."""


class Annotation(NamedTuple):
    """What stands under each pointer cell; labels for auxiliary losses only."""

    looks: npt.NDArray[np.uint8]  # (rows, columns), index into ``LOOKS``, at the cell's centre;
    # or UNLABELLED
    letters: npt.NDArray[np.uint16]  # (rows, 2 * columns): the code point of the character in the
    # middle of each half of a cell, 0 where nothing is written; or UNREAD, then in both halves


class Desktop(ABC):
    """The thing operated: real programs or simulated ones behind one set of calls."""

    width: int
    height: int
    is_repeatable = True
    """Whether the same actions from the same start always lead to the same screen."""

    @abstractmethod
    def reset(self, setup: Setup, seed: int) -> None:
        """Start an episode: put the desktop into the state that ``setup`` and ``seed`` describe."""

    @abstractmethod
    def capture(self) -> Screen:
        """The screen now. The array is the desktop's own: copy it to keep it."""

    @abstractmethod
    def perform(self, command: Command) -> None:
        """Carry out one command and let the screen settle."""

    @property
    @abstractmethod
    def cursor(self) -> tuple[int, int]:
        """Where the pointer is, (x, y) in pixels. It is not drawn into ``capture``."""

    @abstractmethod
    def state(self) -> DesktopState:
        """The facts now."""

    @abstractmethod
    def locate(self, locator: Locator) -> Rect | None:
        """The visible part of the thing, where a click would reach it, or ``None``."""

    def take_discarded(self) -> list[str]:
        """What was wrong with initial states that were thrown away since this was last called."""
        return []

    def annotate(self, rows: int, columns: int) -> Annotation | None:
        """What stands under each of ``rows`` x ``columns`` cells, where the backend knows it."""
        return None

    def render(self, scale: int = 4) -> Screen:
        """A picture for people, ``scale`` times as wide and high as the screen."""
        picture = self.capture()
        enlarged: Screen = np.repeat(np.repeat(picture, scale, axis=0), scale, axis=1)
        return enlarged

    @abstractmethod
    def close(self) -> None:
        """End everything that was started."""


class Restorable(Protocol):
    """A desktop whose whole state can be saved and put back exactly."""

    def snapshot(self) -> Any:
        """A picklable value that holds the whole state."""

    def restore(self, snapshot: Any) -> None:
        """Put back what ``snapshot`` returned; pixels and behaviour are the same from here on."""
