"""What stands on the desktop when an episode begins: icons, their names and places."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.x11.home import FOLDERS
from hrlctl.desktop.x11.location import POINTABLE, visible
from hrlctl.desktop.x11.programs import NAMES, PROGRAMS, Program, installed, require
from hrlctl.desktop.x11.shell import PANEL_HEIGHT, Launcher
from hrlctl.errors import TaskError
from hrlctl.packs.words import draw_name
from hrlctl.schema.pages import WebFormSetup
from hrlctl.schema.setup import LauncherSetup, Setup, WindowSetup

_CELL: Final = (104, 84)  # pixels that an icon has for itself
_MOST_FOLDERS: Final = 3
_PLACES_TRIED: Final = 50  # for a window; a large one may cover a title wherever it is
_TITLE_LEFT: Final = 2 * POINTABLE  # pixels of its width
_FOLDER_PICTURES: Final = ("folder", "inode-directory")

Opener = Callable[[Program, Sequence[str]], None]
"""Starts a program with what it opens, see ``opened_by``."""


class Arrangement(NamedTuple):
    """The launchers, and the folders in the home that some of them open."""

    launchers: tuple[Launcher, ...]
    folders: tuple[str, ...]


def check_setup(setup: Setup) -> None:
    """Raise ``TaskError`` where a setup asks for what real programs cannot be set up with."""
    unknown = []
    if setup.dialogs:
        unknown.append("dialogs")
    if any(window.fields for window in setup.windows) or any(
        launcher.fields for launcher in setup.launchers
    ):
        unknown.append("fields")
    if any(window.text for window in setup.windows):
        unknown.append("unsaved text in a window (use a file and 'path')")
    if any(isinstance(part, WebFormSetup) for page in setup.pages for part in page.content):
        unknown.append("forms on pages")
    if unknown:
        raise TaskError(
            f"real programs cannot be set up with {' and '.join(unknown)}",
            hint="play the task in the simulator: leave x11 out of its 'desktops'",
        )


def arrange(
    setup: Setup, rng: random.Random, size: tuple[int, int], open_program: Opener
) -> Arrangement:
    """Draw the icons of an episode.

    Args:
        setup: its launchers come first; every other program that is installed has an icon, too,
            and a few folders that mean nothing.
        rng: draws names and places.
        size: of the screen, width and height in pixels.
        open_program: what an icon does.

    Raises:
        DesktopUnavailableError: a launcher's program is not installed.
    """
    wanted = list(setup.launchers)
    kinds = {launcher.program for launcher in wanted}
    wanted += [
        LauncherSetup(name=NAMES[kind], program=kind)
        for kind in PROGRAMS
        if kind not in kinds and installed(kind) is not None
    ]
    held_out = setup.variation.held_out_words
    taken = {launcher.name.casefold() for launcher in wanted} | {f.casefold() for f in FOLDERS}
    folders: list[str] = []
    given = [path.split("/")[0] for path in (*setup.folders, *setup.files)]
    if installed("file_manager") is not None:
        for _ in range(rng.randrange(_MOST_FOLDERS + 1)):
            name = draw_name(rng, held_out=held_out)
            # What is typed at a folder's files chooses one, but what Enter opens is the first one
            # with the same first letter.
            initials = {other[0].casefold() for other in (*FOLDERS, *given, *folders)}
            if name.casefold() not in taken and name[0].casefold() not in initials:
                taken.add(name.casefold())
                folders.append(name)
    places = _places(rng, size, held_out=setup.variation.held_out_layouts)
    if len(places) < len(wanted) + len(folders):
        raise TaskError(
            f"{len(wanted) + len(folders)} icons do not fit on the screen",
            hint="give the task fewer launchers",
        )
    # In an order of their own, so that an icon's neighbours say nothing.
    rng.shuffle(places)
    launchers = [
        _launcher(launcher, places.pop() if launcher.on_desktop else None, open_program)
        for launcher in wanted
    ]
    launchers += [_folder(name, places.pop(), open_program) for name in folders]
    return Arrangement(tuple(launchers), tuple(folders))


def opened_by(program: Program, setup: LauncherSetup | WindowSetup) -> tuple[str, ...]:
    """What a program opens: a browser addresses one after another, others a path, or nothing."""
    history = setup.history if isinstance(setup, WindowSetup) else ()
    opened = (*history, setup.address) if program.opens_addresses else (setup.path,)
    return tuple(each for each in opened if each is not None)


def draw_place(
    rng: random.Random, size: tuple[int, int], frame: Rect, titles: Iterable[Rect]
) -> tuple[int, int]:
    """Where a window goes: anywhere, as long as those below can still be taken by their titles.

    Args:
        rng: draws the place.
        size: of the display in pixels.
        frame: of the window, wherever it is now.
        titles: what is seen of the titles of those that stand already.
    """
    right = max(1, size[0] - frame.width)
    bottom = max(1, size[1] - PANEL_HEIGHT - frame.height)
    for _ in range(_PLACES_TRIED):
        place = rng.randrange(right), rng.randrange(bottom)
        there = frame._replace(x=place[0], y=place[1])
        left = [visible(title, [there]) for title in titles]
        if all(
            title is not None and title.width >= _TITLE_LEFT and title.height >= POINTABLE
            for title in left
        ):
            break
    return place


def _launcher(
    setup: LauncherSetup, place: tuple[int, int] | None, open_program: Opener
) -> Launcher:
    program = require(setup.program)
    return Launcher(
        setup.name,
        program.icons,
        lambda: open_program(program, opened_by(program, setup)),
        place,
        setup.in_menu,
    )


def _folder(name: str, place: tuple[int, int], open_program: Opener) -> Launcher:
    program = require("file_manager")
    return Launcher(name, _FOLDER_PICTURES, lambda: open_program(program, (name,)), place, False)


def _places(rng: random.Random, size: tuple[int, int], *, held_out: bool) -> list[tuple[int, int]]:
    """Where icons may stand. Training fills columns from the left, held-out ones other parts."""
    columns, rows = size[0] // _CELL[0], (size[1] - PANEL_HEIGHT) // _CELL[1]
    everywhere = [(column, row) for column in range(columns) for row in range(rows)]
    if held_out:
        cells = [(c, r) for c, r in everywhere if c >= columns - 2 or r >= rows - 1]
    else:
        cells = [(c, r) for c, r in everywhere if c < 3]
    return [
        (c * _CELL[0] + 20 + rng.randrange(-6, 10), r * _CELL[1] + 8 + rng.randrange(-4, 6))
        for c, r in cells
    ]
