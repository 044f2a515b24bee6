"""The pointer through XTEST."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from Xlib import X
from Xlib.display import Display
from Xlib.ext import xtest

from hrlctl.desktop.x11.home import DOUBLE_CLICK, DOUBLE_CLICK_DISTANCE

_LEFT, _RIGHT, _WHEEL_UP, _WHEEL_DOWN = 1, 3, 4, 5
_NOTCHES: Final = 3
_DRAG_STEPS: Final = 6  # programs begin a drag only when the pointer has moved for a while
_CLOCK_TICKS: Final = 2  # milliseconds: the X server's clock is read in whole ones
_BUTTON_MASKS: Final = {1: X.Button1Mask, 2: X.Button2Mask, 3: X.Button3Mask}


class Pointer:
    """The pointer of one display; positions are pixels.

    Args:
        x: the connection to it.
        handled: waits until what was done so far has been handled by whom it was done to.
    """

    def __init__(self, x: Display, handled: Callable[[], object]) -> None:
        self._x, self._handled = x, handled
        self._clicked = (0.0, 0, 0)  # when and where last

    def click(
        self,
        x: int,
        y: int,
        *,
        apart: float = DOUBLE_CLICK / 1000,
        button: int = _LEFT,
        times: int = 1,
    ) -> None:
        """Press and release a button ``times`` times.

        Args:
            x, y: where.
            apart: seconds within which this would make a double click with the click before.
            button: which.
            times: how often.
        """
        if button == _LEFT:
            self._keep_apart(x, y, apart)
        self.move(x, y)
        for number in range(times):
            # The server waits in between: Chromium takes presses of the same time for one.
            xtest.fake_input(self._x, X.ButtonPress, button, _CLOCK_TICKS if number else 0)
            xtest.fake_input(self._x, X.ButtonRelease, button)
        self._x.sync()
        if button == _LEFT:
            self._clicked = (time.monotonic(), x, y)

    def _keep_apart(self, x: int, y: int, seconds: float) -> None:
        """Wait until a click at (x, y) makes no double click with the one before."""
        at, before_x, before_y = self._clicked
        if max(abs(x - before_x), abs(y - before_y)) <= DOUBLE_CLICK_DISTANCE:
            apart = seconds + _CLOCK_TICKS / 1000
            time.sleep(max(0.0, at + apart - time.monotonic()))

    def double_click(self, x: int, y: int, apart: float) -> None:
        """See ``click``."""
        self.click(x, y, apart=apart, times=2)

    def right_click(self, x: int, y: int) -> None:
        self.click(x, y, button=_RIGHT)

    def scroll(self, x: int, y: int, direction: str) -> None:
        """Turn the wheel by three notches."""
        self.click(x, y, button=_WHEEL_UP if direction == "up" else _WHEEL_DOWN, times=_NOTCHES)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """Press the left button, move in steps, let go."""
        self.move(x, y)
        xtest.fake_input(self._x, X.ButtonPress, _LEFT)
        for step in range(1, _DRAG_STEPS + 1):
            self.move(x + (to_x - x) * step // _DRAG_STEPS, y + (to_y - y) * step // _DRAG_STEPS)
            self._handled()
        xtest.fake_input(self._x, X.ButtonRelease, _LEFT)
        self._x.flush()

    def move(self, x: int, y: int) -> None:
        xtest.fake_input(self._x, X.MotionNotify, x=x, y=y)

    def release_all(self) -> None:
        """Let go of every button that is down."""
        held = int(self._x.screen().root.query_pointer().mask)
        for button, mask in _BUTTON_MASKS.items():
            if held & mask:
                xtest.fake_input(self._x, X.ButtonRelease, button)
        self._x.flush()
