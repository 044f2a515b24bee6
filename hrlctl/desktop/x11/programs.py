"""Which real program stands for each kind of program that a task may name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from hrlctl.desktop.x11.browser_profile import FLAGS as BROWSER_FLAGS
from hrlctl.desktop.x11.home import DOUBLE_CLICK
from hrlctl.errors import DesktopUnavailableError
from hrlctl.schema.setup import ProgramKind


class Program(NamedTuple):
    """A program that may be installed.

    Attributes:
        command: its name, and the arguments that it is always started with.
        package: the Debian package that brings it.
        window_class: the class of its windows (WM_CLASS), in lower case.
        icons: names of its icon in icon themes.
        opens_paths: whether a path may follow.
        opens_addresses: whether it is a browser, started by ``hrlctl.desktop.x11.browser``.
        same_key_pause: where not 0, keys come one by one, each when the one before was handled, and
            the same key not again within these seconds.
        double_click: seconds within which two clicks are a double click.
        lag: seconds within which it gets ready for the next key, though nothing shows that it does.
    """

    command: tuple[str, ...]
    package: str
    window_class: str
    icons: tuple[str, ...]
    opens_paths: bool = False
    opens_addresses: bool = False
    same_key_pause: float = 0.0
    double_click: float = DOUBLE_CLICK / 1000
    lag: float = 0.0

    @property
    def is_installed(self) -> bool:
        return shutil.which(self.command[0]) is not None


PROGRAMS: Final[Mapping[ProgramKind, tuple[Program, ...]]] = {
    "calculator": (
        Program(("galculator",), "galculator", "galculator", ("galculator",), same_key_pause=0.11),
        Program(
            ("gnome-calculator",),
            "gnome-calculator",
            "gnome-calculator",
            ("org.gnome.Calculator", "accessories-calculator"),
        ),
        Program(("xcalc",), "x11-apps", "xcalc", ("accessories-calculator",)),
    ),
    "text_editor": (
        Program(
            ("mousepad", "--disable-server"),
            "mousepad",
            "mousepad",
            ("org.xfce.mousepad", "accessories-text-editor"),
            opens_paths=True,
        ),
        Program(
            ("gedit", "--standalone"),
            "gedit",
            "gedit",
            ("org.gnome.gedit", "accessories-text-editor"),
            opens_paths=True,
        ),
    ),
    "file_manager": (
        Program(
            ("pcmanfm", "--new-win"),
            "pcmanfm",
            "pcmanfm",
            ("system-file-manager",),
            opens_paths=True,
            same_key_pause=0.03,  # it looks for what is typed, and lags behind a burst
            lag=0.21,  # it hears after 200 ms that a file is selected: F2 does nothing until then
        ),
        Program(
            ("thunar",),
            "thunar",
            "thunar",
            ("org.xfce.thunar", "system-file-manager"),
            opens_paths=True,
        ),
    ),
    "terminal": (
        Program(("xterm", "-u8"), "xterm", "xterm", ("xterm-color", "utilities-terminal")),
    ),
    "browser": tuple(
        Program(
            (command, f"--class={command}", *BROWSER_FLAGS),
            package,
            command,
            (command, "web-browser"),
            opens_addresses=True,
            double_click=0.5,  # of its own, whatever the settings say
        )
        for command, package in (
            ("chromium", "chromium"),
            ("chromium-browser", "chromium-browser"),
            ("google-chrome", "google-chrome-stable"),
        )
    ),
}
"""By kind, the one to prefer first."""

NAMES: Final[Mapping[ProgramKind, str]] = {
    "calculator": "Calculator",
    "text_editor": "Editor",
    "file_manager": "Files",
    "terminal": "Terminal",
    "browser": "Browser",
}
"""What their icons are called where a task does not say."""


def installed(kind: ProgramKind) -> Program | None:
    """The preferred program of a kind that is installed, if any is."""
    return next((program for program in PROGRAMS.get(kind, ()) if program.is_installed), None)


def require(kind: ProgramKind) -> Program:
    """The program that stands for ``kind``.

    Raises:
        DesktopUnavailableError: no real program does, or none of those that do is installed.
    """
    known = PROGRAMS.get(kind)
    if known is None:
        raise DesktopUnavailableError(
            f"no real program stands for a {kind!r}",
            hint=f"on real desktops there are: {', '.join(PROGRAMS)}",
        )
    program = installed(kind)
    if program is None:
        commands = " or ".join(program.command[0] for program in known)
        raise DesktopUnavailableError(
            f"no {kind} is installed ({commands})",
            hint=f"install one, on Debian: apt-get install {known[0].package}",
        )
    return program


def kind_of_window(window_class: str) -> ProgramKind | None:
    """The kind of program that a window of this class (WM_CLASS) belongs to, where it is known."""
    return next((kind for kind, _ in _of_class(window_class)), None)


def same_key_pause(window_class: str) -> float:
    """See ``Program``; of the program of a window of this class."""
    return next((program.same_key_pause for _, program in _of_class(window_class)), 0.0)


def double_click(window_class: str) -> float:
    """See ``Program``; of the program of a window of this class."""
    programs = (program.double_click for _, program in _of_class(window_class))
    return next(programs, DOUBLE_CLICK / 1000)


def lag(window_class: str) -> float:
    """See ``Program``; of the program of a window of this class."""
    return next((program.lag for _, program in _of_class(window_class)), 0.0)


def _of_class(window_class: str) -> Iterator[tuple[ProgramKind, Program]]:
    name = window_class.casefold()
    for kind, programs in PROGRAMS.items():
        for program in programs:
            if program.window_class == name:
                yield kind, program
