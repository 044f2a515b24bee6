"""Pictures of desktops in files: one screen as PNG, an episode as an animated GIF."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont

from hrlctl.cli.output_files import writing

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Pixels = npt.NDArray[np.uint8]

_MARGIN: Final = 8  # pixels around a caption
_LETTERS: Final = 16  # pixels high
_BACKGROUND, _INK = (24, 26, 30), (236, 238, 242)


def write_png(path: Path, pixels: Pixels) -> None:
    """Write pixels, uint8, shape (height, width, 3).

    Raises:
        StorageError: the file cannot be written.
    """
    with writing(path):
        Image.fromarray(pixels).save(path, format="PNG", optimize=True)


class Animation:
    """Captioned pictures, one after the other.

    Args:
        seconds: how long each is shown; the last one stays for three times as long.
    """

    def __init__(self, seconds: float) -> None:
        self._milliseconds = round(seconds * 1000)
        self._frames: list[tuple[Image.Image, tuple[str, ...]]] = []

    def add(self, pixels: Pixels, *lines: str) -> None:
        """One more picture, uint8, shape (height, width, 3), with lines of text below it."""
        self._frames.append((Image.fromarray(pixels), lines))

    def write(self, path: Path) -> None:
        """Write an animated GIF that is repeated without end.

        Raises:
            StorageError: the file cannot be written.
        """
        frames = [_captioned(picture, lines) for picture, lines in self._same_height()]
        durations = [self._milliseconds] * (len(frames) - 1) + [3 * self._milliseconds]
        with writing(path):
            frames[0].save(
                path,
                format="GIF",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
            )

    def _same_height(self) -> Iterator[tuple[Image.Image, list[str]]]:
        """The frames with their lines wrapped, and filled up to the same number."""
        wrapped = [
            (picture, [part for line in lines for part in _wrapped(line, picture.width)])
            for picture, lines in self._frames
        ]
        most = max(len(lines) for _, lines in wrapped)
        for picture, lines in wrapped:
            yield picture, lines + [""] * (most - len(lines))


def _captioned(picture: Image.Image, lines: list[str]) -> Image.Image:
    pitch = _LETTERS + 6
    height = picture.height + 2 * _MARGIN + pitch * len(lines)
    frame = Image.new("RGB", (picture.width, height), _BACKGROUND)
    frame.paste(picture, (0, 0))
    draw, font = ImageDraw.Draw(frame), ImageFont.load_default(_LETTERS)
    for row, line in enumerate(lines):
        place = (_MARGIN, picture.height + _MARGIN + row * pitch)
        draw.text(place, line, fill=_INK, font=font)
    return frame


def _wrapped(line: str, width: int) -> list[str]:
    # The font's letters are less than half as wide as high on average.
    letters = max(10, int((width - 2 * _MARGIN) / (0.5 * _LETTERS)))
    return textwrap.wrap(line, letters) or [""]
