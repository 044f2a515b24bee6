"""What an agent can do to a desktop. Positions are pixels of the screen, (x, y) from top left."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from hrlctl.schema.vocabulary import KEYS as KEYS

ScrollDirection = Literal["up", "down"]


class Click(NamedTuple):
    x: int
    y: int


class DoubleClick(NamedTuple):
    x: int
    y: int


class RightClick(NamedTuple):
    x: int
    y: int


class Drag(NamedTuple):
    """Press at (x, y), move, release at (to_x, to_y)."""

    x: int
    y: int
    to_x: int
    to_y: int


class Scroll(NamedTuple):
    """Turn the wheel by three notches with the pointer at (x, y)."""

    x: int
    y: int
    direction: ScrollDirection


class Press(NamedTuple):
    """A key or chord of ``KEYS``."""

    key: str


class TypeText(NamedTuple):
    text: str


class Wait(NamedTuple):
    pass


class Done(NamedTuple):
    """The agent says that it has finished. A desktop ignores it; the environment ends."""


_NAMES: Final[dict[type, str]] = {
    Click: "click",
    DoubleClick: "double_click",
    RightClick: "right_click",
    Drag: "drag",
    Scroll: "scroll",
    Press: "press",
    TypeText: "type_text",
    Wait: "wait",
    Done: "done",
}


def name_of(command: Command) -> str:
    """What a command is called towards other programs, such as ``double_click``."""
    return _NAMES[type(command)]


Command = Click | DoubleClick | RightClick | Drag | Scroll | Press | TypeText | Wait | Done
