"""How the desktop stands when an episode begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

from pydantic import Field

from hrlctl.schema.base import StrictModel
from hrlctl.schema.fields import FieldRole as FieldRole
from hrlctl.schema.fields import FieldSetup as FieldSetup
from hrlctl.schema.pages import Address, PageSetup

DesktopKind = Literal["sim", "x11"]
"""Where tasks are played: in the simulator, or by real programs on a private display."""


class ScreenSize(NamedTuple):
    """Pixels of the screen that an agent sees."""

    width: int
    height: int


SCREEN_SIZES: Final[Mapping[DesktopKind, ScreenSize]] = {
    "sim": ScreenSize(160, 120),
    "x11": ScreenSize(320, 240),  # of a display of twice that: letters are as high as in sim
}

ProgramKind = Literal[
    "calculator",
    "text_editor",
    "file_manager",
    "settings",
    "form",
    "viewer",
    "browser",
    "terminal",
]


class LauncherSetup(StrictModel):
    """A program that can be started by its icon on the desktop or its entry in the start menu."""

    name: str
    program: ProgramKind = "viewer"
    on_desktop: bool = True
    in_menu: bool = True
    fields: tuple[FieldSetup, ...] = ()  # what a form or the settings program shows
    path: str | None = None  # what it opens with: an editor's document, a file manager's folder
    address: Address | None = None  # the page that a browser opens with


class WindowSetup(StrictModel):
    """A window that is open when the episode begins; later ones lie above earlier ones."""

    title: str
    program: ProgramKind = "viewer"
    state: Literal["normal", "minimized", "maximized"] = "normal"
    covered: bool = False  # another window lies over part of it
    fields: tuple[FieldSetup, ...] = ()
    path: str | None = None  # an editor's document, a file manager's folder
    text: str | None = None  # unsaved text in a text editor
    address: Address | None = None  # the page that a browser shows
    history: tuple[Address, ...] = ()  # the pages that it has shown before, the oldest first


class DialogSetup(StrictModel):
    """A dialog over everything else; modal: nothing else answers until it is gone."""

    title: str
    message: str = ""
    buttons: tuple[str, ...] = ("OK",)
    fields: tuple[FieldSetup, ...] = ()
    modal: bool = True


class Variation(StrictModel):
    """Which part of what varies from episode to episode may be drawn from."""

    held_out_layouts: bool = False
    held_out_words: bool = False
    held_out_themes: bool = False


class Setup(StrictModel):
    """The desktop at the start of an episode. What is not named is drawn from the seed."""

    launchers: tuple[LauncherSetup, ...] = ()
    windows: tuple[WindowSetup, ...] = ()
    dialogs: tuple[DialogSetup, ...] = ()
    pages: tuple[PageSetup, ...] = ()  # what browsers find; any other address is not found
    files: dict[str, str] = Field(default_factory=dict)  # path relative to home -> content
    folders: tuple[str, ...] = ()  # empty ones, too; those that files lie in need not be named
    other_files: int = Field(default=0, ge=0, le=30)  # further ones in each folder, drawn
    reserved_names: tuple[str, ...] = ()  # never drawn, like all names above: the goal makes them
    clipboard: str = ""
    icons: int = Field(default=12, ge=0, le=30)  # at least this many, further ones are drawn
    distractors: tuple[int, int] = (0, 3)  # how many windows that have nothing to do with the task
    variation: Variation = Variation()
