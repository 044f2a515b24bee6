"""Pictures of desktops in files: one screen as PNG, an episode as an animated GIF or as MP4."""

from __future__ import annotations

import importlib.util
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
_RATE: Final = 10  # pictures a second of a video
_BACKGROUND, _INK = (24, 26, 30), (236, 238, 242)


def write_png(path: Path, pixels: Pixels) -> None:
    """Write pixels, uint8, shape (height, width, 3).

    Raises:
        StorageError: the file cannot be written.
    """
    with writing(path):
        Image.fromarray(pixels).save(path, format="PNG", optimize=True)


def can_write_mp4() -> bool:
    """Whether the extra ``video`` is installed."""
    return importlib.util.find_spec("imageio_ffmpeg") is not None


class Animation:
    """Pictures of one size, one after the other, with or without captions.

    Args:
        seconds: how long each is shown; the last one stays for three times as long.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._frames: list[tuple[Image.Image, tuple[str, ...]]] = []

    def add(self, picture: Pixels | Image.Image, *lines: str) -> None:
        """One more picture, uint8, shape (height, width, 3), with lines of text below it."""
        if not isinstance(picture, Image.Image):
            picture = Image.fromarray(picture)
        self._frames.append((picture, lines))

    def write(self, path: Path) -> None:
        """Write an animated GIF that is repeated without end.

        Raises:
            StorageError: the file cannot be written.
        """
        frames = self._captioned()
        with writing(path):
            frames[0].save(
                path,
                format="GIF",
                save_all=True,
                append_images=frames[1:],
                duration=[round(seconds * 1000) for seconds in self._durations()],
                loop=0,
            )

    def write_mp4(self, path: Path) -> None:
        """Write H.264 video, where ``can_write_mp4``.

        Raises:
            StorageError: the file cannot be written.
        """
        import imageio_ffmpeg

        frames = self._captioned()
        # Players seek badly in videos of one picture a second: each is written several times.
        # H.264's usual colours want even sizes; the last row or column is cut off otherwise.
        width, height = (length // 2 * 2 for length in frames[0].size)
        with writing(path):
            path.touch()  # ffmpeg's own complaint would be a page long
            video = imageio_ffmpeg.write_frames(
                str(path), (width, height), fps=_RATE, macro_block_size=2, quality=7
            )
            video.send(None)
            try:
                for frame, seconds in zip(frames, self._durations(), strict=True):
                    pixels = frame.crop((0, 0, width, height)).tobytes()
                    for _ in range(max(1, round(seconds * _RATE))):
                        video.send(pixels)
            finally:
                video.close()

    def _durations(self) -> list[float]:
        """The seconds for which each picture is shown."""
        return [self._seconds] * (len(self._frames) - 1) + [3 * self._seconds]

    def _captioned(self) -> list[Image.Image]:
        return [_captioned(picture, lines) for picture, lines in self._same_height()]

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
    if not lines:
        return picture
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
