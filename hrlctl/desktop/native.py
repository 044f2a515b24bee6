"""The screen in front of the user, on any system: mss looks, pyautogui acts.

Nothing here can put a screen back into the state that it was in, and nothing is known of it but its
pixels. So it is for ``hrlctl run`` alone, after the user has said yes.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from PIL import Image

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
from hrlctl.desktop.contract import UNKNOWN, Desktop, DesktopState, Locator, Rect, Screen, Unknown
from hrlctl.errors import DesktopError, DesktopUnavailableError
from hrlctl.schema.setup import ScreenSize, Setup

_MOST: Final = ScreenSize(640, 480)  # of the screen that is seen
_CELL: Final = 8  # both sides are a multiple of it, as the pointer's cells are
_QUIET_SECONDS: Final = 0.08  # without a change, and the screen has settled
_MOST_SECONDS: Final = 1.0  # that it is waited for
_DRAG_SECONDS: Final = 0.4
_KEY_SECONDS: Final = 0.02  # between two letters
_POLL_SECONDS: Final = 0.02
_STRAY: Final = 3  # units that the pointer may be off without having been moved by a hand
_NOTCHES: Final = 3
_NOTCH: Final = 120 if sys.platform == "win32" else 1  # what pyautogui calls one there
_PASTE_SECONDS: Final = 0.5  # programs ask for the clipboard when they get to it
_KEY_NAMES: Final = {
    "page_up": "pageup",
    "page_down": "pagedown",
    "super": "command" if sys.platform == "darwin" else "win",
    "menu": "apps",
}


class NothingKnown:
    """The state of a desktop of which only the pixels are known."""

    windows: Unknown = UNKNOWN
    widgets: Unknown = UNKNOWN
    files: Unknown = UNKNOWN
    folders: Unknown = UNKNOWN
    directories: Unknown = UNKNOWN
    settings: Unknown = UNKNOWN
    answers: Unknown = UNKNOWN
    addresses: Unknown = UNKNOWN
    clipboard: Unknown = UNKNOWN


class NativeDesktop(Desktop):
    """The user's own primary screen.

    Args:
        size: of the screen that is seen; without one, about a whole part of the real one, of at
            most 640x480 pixels.

    Raises:
        DesktopUnavailableError: a package is missing, or there is no screen.
    """

    is_repeatable = False

    def __init__(self, size: ScreenSize | None = None) -> None:
        self._hands, self._clipboard, self._camera = _packages()
        self._hands.PAUSE = 0
        self._hands.FAILSAFE = True  # a pointer that the user moves into a corner ends it
        box = self._camera.primary_monitor
        self._box = box
        self.width, self.height = size or _seen_size(ScreenSize(box["width"], box["height"]))
        # A monitor's box is in the pointer's units, on Retina screens as well.
        self._scale = box["width"] / self.width, box["height"] / self.height
        self._offset = (box["left"], box["top"])
        self._left_at = self._hands.position()

    def reset(self, setup: Setup, seed: int) -> None:
        """Leave the screen as the user has it; from now on the pointer is the agent's."""
        self._left_at = self._hands.position()

    def capture(self) -> Screen:
        try:
            shot = self._camera.grab(self._box)
        except Exception as error:  # each system's mss has errors of its own
            raise DesktopError(f"the screen cannot be captured: {error}") from error
        picture = Image.frombytes("RGB", shot.size, shot.rgb)
        shown = picture.resize((self.width, self.height), Image.Resampling.BOX)
        return np.asarray(shown)

    def perform(self, command: Command) -> None:
        """Carry out one command and let the screen settle.

        Raises:
            KeyboardInterrupt: the user has moved the pointer: it is theirs.
            DesktopError: the system refuses it.
        """
        self._yield_to_user()
        before = self.capture()
        try:
            self._act(command)
        except self._hands.FailSafeException:
            raise _interruption() from None
        except (OSError, UnicodeError, self._clipboard.PyperclipException) as error:
            raise DesktopError(
                f"the system does not do what the agent wants: {error}",
                hint="on Linux install xclip: what is more than letters and digits is pasted",
            ) from error
        if isinstance(command, Click | DoubleClick | RightClick | Drag | Scroll):
            self._left_at = self._hands.position()
        self._settle(before)

    def _yield_to_user(self) -> None:
        """Raise ``KeyboardInterrupt`` if the pointer is not where it was left."""
        if math.dist(self._hands.position(), self._left_at) > _STRAY:
            raise _interruption()

    def _act(self, command: Command) -> None:
        hands = self._hands
        match command:
            case Click(x, y):
                hands.click(*self._point(x, y))
            case DoubleClick(x, y):
                hands.doubleClick(*self._point(x, y))
            case RightClick(x, y):
                hands.rightClick(*self._point(x, y))
            case Drag(x, y, to_x, to_y):
                self._drag(self._point(x, y), self._point(to_x, to_y))
            case Scroll(x, y, direction):
                hands.moveTo(*self._point(x, y))
                hands.scroll(_NOTCH * (_NOTCHES if direction == "up" else -_NOTCHES))
            case Press(key):
                self._chord([_KEY_NAMES.get(part, part) for part in key.split("+")])
            case TypeText(text):
                self._type(text)
            case Wait() | Done():
                pass  # the time that the screen is given to settle is the wait

    def _drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        self._hands.moveTo(*start)
        self._hands.mouseDown()
        try:
            self._hands.moveTo(*end, duration=_DRAG_SECONDS)
        finally:  # nothing stays pressed on the user's own screen
            self._release(self._hands.mouseUp)

    def _chord(self, keys: Sequence[str]) -> None:
        try:
            for key in keys:
                self._hands.keyDown(key)
        finally:
            for key in reversed(keys):
                self._release(self._hands.keyUp, key)

    def _release(self, let_go: Callable[..., object], *what: str) -> None:
        """Let go even where the fail-safe would forbid to do anything."""
        self._hands.FAILSAFE = False
        try:
            let_go(*what)
        finally:
            self._hands.FAILSAFE = True

    def _type(self, text: str) -> None:
        if text.isascii() and text.replace(" ", "").isalnum():
            self._hands.write(text, interval=_KEY_SECONDS)
            return
        # pyautogui drops what it has no key for, and mistypes some signs on some keyboards.
        kept = self._clipboard.paste()
        self._clipboard.copy(text)
        try:
            self._chord(["command" if sys.platform == "darwin" else "ctrl", "v"])
            time.sleep(_PASTE_SECONDS)
        finally:
            if kept:
                self._clipboard.copy(kept)

    def _point(self, x: int, y: int) -> tuple[int, int]:
        """The place of a seen pixel's middle in the pointer's units."""
        across, down = self._scale
        left, top = self._offset
        return left + int((x + 0.5) * across), top + int((y + 0.5) * down)

    def _settle(self, before: Screen) -> None:
        """Wait until nothing changes for a moment; a clock or a film must not hold it up."""
        end = time.monotonic() + _MOST_SECONDS
        while time.monotonic() < end:
            quiet = time.monotonic() + _QUIET_SECONDS
            while time.monotonic() < quiet:
                time.sleep(_POLL_SECONDS)
                self._yield_to_user()
            now = self.capture()
            if np.array_equal(now, before):
                return
            before = now

    @property
    def cursor(self) -> tuple[int, int]:
        x, y = self._hands.position()
        across, down = self._scale
        left, top = self._offset
        seen = int((x - left) / across), int((y - top) / down)
        return min(max(seen[0], 0), self.width - 1), min(max(seen[1], 0), self.height - 1)

    def state(self) -> DesktopState:
        """Nothing is known."""
        return NothingKnown()

    def locate(self, locator: Locator) -> Rect | None:
        return None

    def close(self) -> None:
        self._camera.close()


def _interruption() -> KeyboardInterrupt:
    return KeyboardInterrupt("you moved the pointer")


def _seen_size(real: ScreenSize) -> ScreenSize:
    """The size at which a screen is seen."""
    part = math.ceil(max(real.width / _MOST.width, real.height / _MOST.height))
    width, height = (side // part // _CELL * _CELL for side in real)
    return ScreenSize(width, height)


def _packages() -> tuple[Any, Any, Any]:
    """pyautogui, the clipboard and a camera.

    Raises:
        DesktopUnavailableError: one is missing, or there is no screen.
    """
    if sys.platform == "linux" and os.environ.get("WAYLAND_DISPLAY"):
        raise DesktopUnavailableError(
            "a Wayland session lets no program see or operate the others",
            hint="log in to an X11 session",
        )
    # A tool of pyautogui's that is not needed here ends the program where tkinter is missing.
    sys.modules.setdefault("mouseinfo", None)  # type: ignore[arg-type]
    try:
        import mss
        import pyautogui
        import pyperclip

        return pyautogui, pyperclip, mss.MSS()
    except ModuleNotFoundError as error:
        raise DesktopUnavailableError(
            f"the Python package {error.name!r} is not installed",
            hint="pip install 'hrlctl[native]'",
        ) from error
    except Exception as error:  # each system's packages have errors of their own
        raise DesktopUnavailableError(
            f"there is no screen to operate: {type(error).__name__}: {error}",
            hint="start it in a graphical session; on macOS allow it under Privacy & Security",
        ) from error
