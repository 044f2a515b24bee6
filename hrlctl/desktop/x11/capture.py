"""The pixels of a private display, by mss."""

from __future__ import annotations

import warnings
from typing import Final

import mss
import numpy as np
import numpy.typing as npt
from mss.exception import ScreenShotError
from PIL import Image

from hrlctl.desktop.contract import Screen
from hrlctl.desktop.x11.session import Session
from hrlctl.errors import DesktopError

_BACKENDS: Final = ("xshmgetimage", "xgetimage", "xlib")
"""The one that shares memory with the server first; it takes half the time of the next."""


class Capture:
    """Takes pictures of one display.

    Args:
        session: the display.
        scale: how many of its pixels, in each direction, become one of the screen.
    """

    def __init__(self, session: Session, scale: int) -> None:
        self._session, self._scale = session, scale
        self._box = (0, 0, session.width, session.height)
        self._mss, self.backend = self._open()

    def _open(self) -> tuple[mss.MSS, str]:
        troubles = []
        for backend in _BACKENDS:
            with self._session.authorised():
                try:
                    camera = mss.MSS(backend=backend, display=self._session.name)
                    camera.grab(self._box)
                except (ScreenShotError, OSError) as error:
                    troubles.append(f"{backend}: {error}")
                    continue
            if troubles:
                warnings.warn(
                    f"capturing by {backend}, which is slower ({'; '.join(troubles)})",
                    RuntimeWarning,
                    stacklevel=3,
                )
            return camera, backend
        raise DesktopError(f"the screen cannot be captured: {'; '.join(troubles)}")

    def grab(self) -> npt.NDArray[np.uint8]:
        """The display's own pixels, (height, width, 4), blue green red; valid until the next."""
        try:
            shot = self._mss.grab(self._box)
        except (ScreenShotError, OSError) as error:
            raise DesktopError(f"the screen cannot be captured: {error}") from error
        pixels = np.frombuffer(shot.raw, np.uint8)
        return pixels.reshape(self._session.height, self._session.width, 4)

    def screen(self) -> Screen:
        """The screen, (height / scale, width / scale, 3), RGB."""
        pixels = self.grab()
        if self._scale == 1:
            return np.ascontiguousarray(pixels[:, :, 2::-1])
        picture = Image.frombuffer(
            "RGB", (self._session.width, self._session.height), pixels, "raw", "BGRX", 0, 1
        )
        return np.asarray(picture.reduce(self._scale))

    def close(self) -> None:
        self._mss.close()
