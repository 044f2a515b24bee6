"""What all painters share: raised and sunken surfaces, placed text, cached pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, Literal, ParamSpec

import numpy as np

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, Picture, blend
from hrlctl.desktop.sim.fonts import FONTS, Font
from hrlctl.desktop.sim.glyphs import GLYPHS
from hrlctl.desktop.sim.icons import icon
from hrlctl.desktop.sim.lettering import Overlay, picture_overlay
from hrlctl.desktop.sim.theme import Colour, Theme

P = ParamSpec("P")
Painter = Callable[Concatenate[Canvas, Rect, Theme, P], None]

_LARGEST_KEPT = 8_000  # pixels of a picture that is kept
TEXT_MARGIN = 3  # pixels from the edge of a widget to its text


def kept(paint: Painter[P]) -> Painter[P]:
    """Keep what ``paint`` draws as a picture, and copy that picture the next time.

    ``paint`` must cover its whole rectangle or leave the window's colour, and its further
    arguments must be hashable.
    """

    @lru_cache(maxsize=2048)
    def picture(
        width: int,
        height: int,
        theme: Theme,
        arguments: tuple[object, ...],
        options: tuple[tuple[str, object], ...],
    ) -> Picture:
        pixels = np.empty((height, width, 3), np.uint8)
        pixels[:] = theme.window
        canvas = Canvas(pixels)
        draw: Callable[..., None] = paint
        draw(canvas, Rect(0, 0, width, height), theme, *arguments, **dict(options))
        pixels.flags.writeable = False
        return Picture(pixels, tuple(canvas.lines))

    @wraps(paint)
    def draw_kept(
        canvas: Canvas, rect: Rect, theme: Theme, /, *args: P.args, **kwargs: P.kwargs
    ) -> None:
        x, y, width, height = rect
        if width <= 0 or height <= 0:
            return
        if width * height > _LARGEST_KEPT:
            paint(canvas.clipped(rect), rect, theme, *args, **kwargs)
        else:
            canvas.put(x, y, picture(width, height, theme, args, tuple(kwargs.items())))

    return draw_kept


def inset(rect: Rect, by: int) -> Rect:
    """``rect`` made smaller by ``by`` pixels on every side."""
    return Rect(rect.x + by, rect.y + by, max(0, rect.width - 2 * by), max(0, rect.height - 2 * by))


def text_top(rect: Rect, font: Font) -> int:
    """Where a line begins so that its capital letters stand in the middle of ``rect``.

    Higher up where descenders would be cut off otherwise.
    """
    _, y, _, height = rect
    middle = (height - font.cap_height) // 2 - (font.ascent - font.cap_height)
    lowest = height - font.height
    if lowest < 0:
        lowest = 0
    return y + (middle if middle < lowest else lowest)


def write(
    canvas: Canvas,
    rect: Rect,
    text: str,
    font: Font,
    colour: Colour,
    align: Literal["left", "centre", "right"] = "left",
    ground: Colour | None = None,
) -> int:
    """Write ``text`` into ``rect``, cut where it is too long; returns the column it begins at.

    ``ground`` is the colour behind the text, where that is plain.
    """
    x, _, width, height = rect
    taken = font.width(text)
    if taken - 1 > width:
        text = font.fit(text, width)
        taken = font.width(text)
    if align != "left":
        spare = max(0, width - taken + 1)
        x += spare if align == "right" else spare // 2
    if font.height > height:
        canvas = canvas.clipped(rect)
    canvas.text(x, text_top(rect, font), text, font, colour, ground)
    return x


def sign(canvas: Canvas, rect: Rect, name: str, colour: Colour) -> None:
    """Put a sign of ``GLYPHS`` in the middle of ``rect``."""
    mask = GLYPHS[name]
    height, width = mask.shape
    canvas.stamp(
        rect.x + (rect.width - width) // 2, rect.y + (rect.height - height) // 2, mask, colour
    )


def soften(canvas: Canvas, rect: Rect, edge: Colour, behind: Colour) -> None:
    """Round the corners of ``rect``."""
    corner = blend(behind, edge, 0.25)
    for x in (rect.x, rect.right - 1):
        for y in (rect.y, rect.bottom - 1):
            canvas.fill(Rect(x, y, 1, 1), corner)


def raised(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    colours: tuple[Colour, Colour],
    edge: Colour,
    *,
    behind: Colour,
    pressed: bool = False,
) -> None:
    """Draw a surface that can be pressed, in the theme's style."""
    if theme.surface == "bevel":
        canvas.fill(rect, colours[0])
        if pressed:
            canvas.bevel(rect, theme.shade, theme.light)
        else:
            canvas.bevel(rect, theme.light, edge)
            inner = inset(rect, 1)
            canvas.fill(Rect(inner.x, inner.bottom - 1, inner.width, 1), theme.shade)
            canvas.fill(Rect(inner.right - 1, inner.y, 1, inner.height), theme.shade)
        return
    top, bottom = reversed(colours) if pressed else colours
    canvas.gradient(rect, top, bottom)
    canvas.frame(rect, edge)
    if theme.surface == "round":
        soften(canvas, rect, edge, behind)


def sunken(canvas: Canvas, rect: Rect, theme: Theme, fill: Colour, *, focused: bool) -> None:
    """Draw a surface that holds something: a field, a list, the box of a check box."""
    canvas.fill(rect, fill)
    if theme.surface == "bevel":
        canvas.bevel(rect, theme.shade, theme.light)
        if focused:
            canvas.frame(inset(rect, 1), theme.focus)
        return
    edge = theme.focus if focused else theme.field_edge
    canvas.frame(rect, edge)
    if focused:
        canvas.frame(inset(rect, 1), blend(fill, edge, 0.35))
    if theme.surface == "round":
        soften(canvas, rect, edge, theme.window)


@lru_cache(maxsize=256)
def text_font(theme: Theme) -> Font:
    """The font of the theme's widgets."""
    return FONTS[theme.text_font]


@lru_cache(maxsize=256)
def title_font(theme: Theme) -> Font:
    """The font of the theme's titles."""
    return FONTS[theme.title_font]


@lru_cache(maxsize=256)
def icon_overlay(name: str, size: int) -> Overlay:
    """The icon ``name``, ``size`` pixels wide and high, to be laid over anything."""
    return picture_overlay(icon(name, size))
