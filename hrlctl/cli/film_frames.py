"""An episode as pictures for people: the pointer, the action, the skill and the instruction."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from hrlctl.desktop.commands import Click, DoubleClick, Drag, RightClick, Scroll

if TYPE_CHECKING:
    from hrlctl.desktop.commands import Command
    from hrlctl.evaluation.replay import Frame

SCALE: Final = 4  # pixels of a film that a pixel of the screen is wide and high
_MARGIN: Final = 12
_LETTERS: Final = 18  # pixels high
_PITCH: Final = 26  # of lines
_LINES: Final = 2  # of the instruction, at most
_BACKGROUND, _INK, _DIM = (24, 26, 30), (236, 238, 242), (150, 156, 168)
_MARK, _SKILL = (255, 64, 96), (96, 74, 176)
_GOOD, _BAD = (64, 200, 120), (255, 104, 96)


class Verdict(NamedTuple):
    """How an episode ended, in words."""

    words: str
    is_good: bool


def film_frame(frame: Frame, instruction: str, verdict: Verdict, most: int) -> Image.Image:
    """A frame with a caption below it.

    Args:
        frame: enlarged ``SCALE`` times.
        instruction: what the agent was asked.
        verdict: shown with the last frame.
        most: how many steps the episode had at most; for the bar that fills as time passes.
    """
    screen = marked(frame, SCALE)
    height = 2 * _MARGIN + _PITCH * (_LINES + 1)
    picture = Image.new("RGB", (screen.width, screen.height + height), _BACKGROUND)
    picture.paste(screen, (0, 0))
    draw = ImageDraw.Draw(picture)
    top = screen.height
    draw.rectangle((0, top, round(screen.width * frame.step / most), top + 3), fill=_SKILL)
    top += _MARGIN
    # The font's letters are about half as wide as high.
    columns = int((screen.width - 2 * _MARGIN) / (0.5 * _LETTERS))
    lines = textwrap.wrap(instruction, columns, max_lines=_LINES, placeholder=" …")
    for line in lines:
        draw.text((_MARGIN, top), line, fill=_INK, font=_font())
        top += _PITCH
    top = screen.height + height - _MARGIN - _PITCH
    count = f"{frame.step}/{most}"
    right = screen.width - _MARGIN
    draw.text((right - draw.textlength(count, _font()), top), count, fill=_DIM, font=_font())
    if frame.command is None:
        color = _GOOD if verdict.is_good else _BAD
        draw.text((_MARGIN, top), verdict.words, fill=color, font=_font())
        return picture
    left = _MARGIN
    if frame.skill:
        wide = draw.textlength(frame.skill, _font())
        draw.rounded_rectangle((left, top - 2, left + wide + 16, top + 22), 6, fill=_SKILL)
        draw.text((left + 8, top), frame.skill, fill=_INK, font=_font())
        left += round(wide) + 28
    draw.text((left, top), frame.action, fill=_INK, font=_font())
    return picture


def marked(frame: Frame, scale: int) -> Image.Image:
    """The screen with what is done now drawn over it."""
    picture = Image.fromarray(frame.screen)
    if frame.command is not None:
        _mark(ImageDraw.Draw(picture), frame.command, scale)
    return picture


def _mark(draw: ImageDraw.ImageDraw, command: Command, scale: int) -> None:
    match command:
        case Click(x, y):
            _ring(draw, x, y, 5, scale)
        case DoubleClick(x, y):
            _ring(draw, x, y, 5, scale)
            _ring(draw, x, y, 8, scale)
        case RightClick(x, y):
            _ring(draw, x, y, 5, scale)
            draw.arc(_box(x, y, 8, scale), -45, 45, fill=_MARK, width=scale)
        case Drag(x, y, to_x, to_y):
            _ring(draw, x, y, 3, scale)
            _line(draw, (x, y), (to_x, to_y), scale)
            _ring(draw, to_x, to_y, 5, scale)
        case Scroll(x, y, direction):
            end = y + (8 if direction == "down" else -8)
            _line(draw, (x, y), (x, end), scale)
            side = end - (4 if direction == "down" else -4)
            for across in (x - 4, x + 4):
                _line(draw, (across, side), (x, end), scale)
        case _:
            pass


def _ring(draw: ImageDraw.ImageDraw, x: int, y: int, radius: int, scale: int) -> None:
    draw.ellipse(_box(x, y, radius, scale), outline=_MARK, width=max(2, scale // 2 + 1))


def _box(x: int, y: int, radius: int, scale: int) -> tuple[int, int, int, int]:
    return (
        (x - radius) * scale,
        (y - radius) * scale,
        (x + radius) * scale,
        (y + radius) * scale,
    )


def _line(
    draw: ImageDraw.ImageDraw, start: tuple[int, int], end: tuple[int, int], scale: int
) -> None:
    ends = [(x * scale, y * scale) for x, y in (start, end)]
    draw.line(ends, fill=_MARK, width=max(2, scale // 2 + 1))


@cache
def _font() -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(_LETTERS)
