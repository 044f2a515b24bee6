"""The embedded simulated desktop."""

from __future__ import annotations

from typing import Any

import numpy as np

from hrlctl.desktop.commands import (
    Click,
    Command,
    Done,
    DoubleClick,
    Drag,
    Press,
    RightClick,
    Scroll,
    TypeText,
    Wait,
)
from hrlctl.desktop.contract import Annotation, Desktop, Locator, Rect, Screen
from hrlctl.desktop.sim import keyboard, painters, pointer
from hrlctl.desktop.sim.annotation import Annotator
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.compositor import Compositor
from hrlctl.desktop.sim.episode import Episode
from hrlctl.desktop.sim.location import locate
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.state import SimState
from hrlctl.errors import DesktopError, UsageError
from hrlctl.schema.setup import Setup

_SMALLEST, _LARGEST = (128, 96), (640, 480)
_COMMANDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (Click, DoubleClick, RightClick, Drag, Scroll, Press, TypeText, Wait, Done)
}


class SimDesktop(Desktop):
    """A desktop that exists only as an array of pixels; the same on every machine.

    Args:
        width, height: of the screen in pixels, 128x96 to 640x480.

    Raises:
        UsageError: the size is outside that range.
    """

    def __init__(self, width: int = 160, height: int = 120) -> None:
        if not (_SMALLEST[0] <= width <= _LARGEST[0] and _SMALLEST[1] <= height <= _LARGEST[1]):
            raise UsageError(
                f"a simulated screen of {width}x{height} pixels is not possible",
                hint="choose a size from 128x96 to 640x480",
            )
        self.width = width
        self.height = height
        self._compositor = Compositor(width, height)
        self._session: Session | None = None
        self._setup = Setup()
        self._seed = 0
        self._performed: list[Command] = []
        self._state: SimState | None = None
        self._annotator: Annotator | None = None
        self._annotation: Annotation | None = None
        self._cursor = (width // 2, height // 2)

    @property
    def session(self) -> Session:
        """The episode.

        Raises:
            DesktopError: there is none yet.
        """
        if self._session is None:
            raise DesktopError("the desktop was used before it was reset")
        return self._session

    def reset(self, setup: Setup, seed: int) -> None:
        self._setup, self._seed = setup, seed
        self._performed = []
        self._cursor = (self.width // 2, self.height // 2)
        self._forget()
        self._annotator = None
        self._session = Episode(self._compositor, setup, seed).session

    def _forget(self) -> None:
        self._state = None
        self._annotation = None

    def capture(self) -> Screen:
        return self._compositor.compose(self.session)

    def perform(self, command: Command) -> None:
        session = self.session
        self._performed.append(command)
        if isinstance(command, Wait | Done):
            return
        self._forget()
        if isinstance(command, Press):
            keyboard.press(session, command.key)
        elif isinstance(command, TypeText):
            keyboard.type_text(session, command.text)
        else:
            self._point(session, command)

    def _point(self, session: Session, command: Command) -> None:
        if isinstance(command, Drag):
            x, y = self._on_screen(command.x, command.y)
            self._cursor = self._on_screen(command.to_x, command.to_y)
            pointer.drag(session, x, y, *self._cursor)
            return
        assert isinstance(command, Click | DoubleClick | RightClick | Scroll)
        x, y = self._cursor = self._on_screen(command.x, command.y)
        if isinstance(command, Click):
            pointer.click(session, x, y)
        elif isinstance(command, DoubleClick):
            pointer.double_click(session, x, y)
        elif isinstance(command, RightClick):
            pointer.right_click(session, x, y)
        else:
            pointer.scroll(session, x, y, command.direction)

    @property
    def cursor(self) -> tuple[int, int]:
        return self._cursor

    def _on_screen(self, x: int, y: int) -> tuple[int, int]:
        return max(0, min(x, self.width - 1)), max(0, min(y, self.height - 1))

    def state(self) -> SimState:
        if self._state is None:
            self._state = SimState(self.session)
        return self._state

    def locate(self, locator: Locator) -> Rect | None:
        return locate(self.session, locator)

    def annotate(self, rows: int, columns: int) -> Annotation:
        self.capture()
        annotator = self._annotator
        if annotator is None or annotator.shape != (rows, columns):
            annotator = self._annotator = Annotator(self.session, rows, columns)
            self._annotation = None
        if self._annotation is None:
            self._annotation = annotator.annotate()
        return self._annotation

    def render(self, scale: int = 4) -> Screen:
        """A picture for people, with the pointer.

        Args:
            scale: how many pixels of the picture each pixel of the screen is wide and high.
        """
        picture = self.capture().copy()
        painters.paint_pointer(Canvas(picture), *self._cursor)
        enlarged: Screen = np.repeat(np.repeat(picture, scale, axis=0), scale, axis=1)
        return enlarged

    def snapshot(self) -> dict[str, Any]:
        """The whole state as plain data (JSON): an episode follows from its beginning."""
        return {
            "size": [self.width, self.height],
            "setup": self._setup.model_dump(mode="json"),
            "seed": self._seed,
            "commands": [[type(c).__name__, *c] for c in self._performed],
        }

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Play the episode of ``snapshot`` again up to the point where it was taken.

        Raises:
            DesktopError: the snapshot is of a screen of another size.
        """
        if snapshot["size"] != [self.width, self.height]:
            raise DesktopError(f"the snapshot is of a screen of size {snapshot['size']}")
        self.reset(Setup.model_validate(snapshot["setup"]), snapshot["seed"])
        for kind, *arguments in snapshot["commands"]:
            self.perform(_COMMANDS[kind](*arguments))

    def close(self) -> None:
        self._session = None
