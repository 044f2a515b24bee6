"""The screen in front of the user, on any system: mss looks, pyautogui acts.

Nothing here can put a screen back into the state that it was in, and nothing is known of it but its
pixels. So it is for ``hrlctl run`` alone, after the user has said yes.
"""

from __future__ import annotations

import math
import sys
import time
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
        size: of the screen that is seen; without one, the largest of at most 640x480 pixels that
            is a whole part of the real one.

    Raises:
        DesktopUnavailableError: a package is missing, or there is no screen.
    """

    is_repeatable = False

    def __init__(self, size: ScreenSize | None = None) -> None:
        self._hands, self._clipboard, self._camera = _packages()
        self._hands.PAUSE = 0
        self._hands.FAILSAFE = True  # a pointer that the user moves into a corner ends it
        box = self._camera.monitors[1]
        self.real_size = ScreenSize(box["width"], box["height"])
        """Of the real screen, in pixels of its picture."""
        self._box = box
        self.width, self.height = size or _seen_size(self.real_size)
        # Where pixels and the pointer's units differ, as on Retina screens, the units count.
        units = self._hands.size()
        self._scale = units[0] / self.width, units[1] / self.height
        self._offset = (box["left"], box["top"])
        self._left_at = self._hands.position()

    def reset(self, setup: Setup, seed: int) -> None:
        """Do nothing: the screen is the user's."""

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
        except (OSError, self._clipboard.PyperclipException) as error:
            raise DesktopError(
                f"the system does not do what the agent wants: {error}",
                hint="on Linux install xclip: letters beyond the keyboard's are pasted",
            ) from error
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
                hands.moveTo(*self._point(x, y))
                hands.dragTo(*self._point(to_x, to_y), duration=_DRAG_SECONDS, button="left")
            case Scroll(x, y, direction):
                hands.scroll(_NOTCHES if direction == "up" else -_NOTCHES, *self._point(x, y))
            case Press(key):
                hands.hotkey(*(_KEY_NAMES.get(part, part) for part in key.split("+")))
            case TypeText(text):
                self._type(text)
            case Wait() | Done():
                pass  # the time that the screen is given to settle is the wait

    def _type(self, text: str) -> None:
        if text.isascii() and text.replace(" ", "").isalnum():
            self._hands.write(text, interval=_KEY_SECONDS)
            return
        # pyautogui drops what it has no key for, and mistypes some signs on some keyboards.
        kept = self._clipboard.paste()
        self._clipboard.copy(text)
        self._hands.hotkey("command" if sys.platform == "darwin" else "ctrl", "v")
        time.sleep(_QUIET_SECONDS)  # until it is pasted
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
