"""How a browser looks: tabs and tools above, headings, texts, tables and links on its page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, blend
from hrlctl.desktop.sim.fonts import Font
from hrlctl.desktop.sim.surfaces import (
    TEXT_MARGIN,
    inset,
    sign,
    text_font,
    text_top,
    title_font,
    write,
)
from hrlctl.desktop.sim.theme import Colour, Theme

TextStyle = Literal["text", "heading", "column", "cell"]

TAB_STRIP_HEIGHT = 10
_LEAST_CONTRAST = 3.0  # of links with the page, as WCAG 2 asks of large text


@lru_cache(maxsize=64)
def _strip(theme: Theme) -> Colour:
    """The colour behind the tabs that are not in front."""
    return blend(theme.window, theme.text, 0.16)


@lru_cache(maxsize=64)
def _rule(theme: Theme) -> Colour:
    return blend(theme.window, theme.text, 0.3)


def _luminance(colour: Colour) -> float:
    """Relative luminance, 0 to 1 (WCAG 2, with a gamma of 2)."""
    red, green, blue = ((part / 255) * (part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=64)
def link_colour(theme: Theme) -> Colour:
    """The theme's accent, moved towards the text's colour until it can be read on the page."""
    page = _luminance(theme.window)
    for tenths in range(11):
        colour = blend(theme.accent, theme.text, tenths / 10)
        low, high = sorted((page, _luminance(colour)))
        if (high + 0.05) / (low + 0.05) >= _LEAST_CONTRAST:
            return colour
    return theme.text


def paint_browser_bars(canvas: Canvas, rect: Rect, theme: Theme) -> None:
    """The strip behind the tabs, and the line between the tools and the page.

    Args:
        rect: from the top of the strip to the line.
    """
    canvas.fill(Rect(rect.x, rect.y, rect.width, TAB_STRIP_HEIGHT), _strip(theme))
    canvas.fill(Rect(rect.x, rect.bottom - 1, rect.width, 1), _rule(theme))


def paint_tab(
    canvas: Canvas, rect: Rect, theme: Theme, label: str, *, active: bool, room: int
) -> None:
    """A tab; ``room`` is how much of its width the label may take."""
    ground = theme.window if active else _strip(theme)
    canvas.fill(rect, ground)
    if active:
        canvas.fill(Rect(rect.x, rect.y, rect.width, 1), theme.accent)
    else:
        canvas.fill(Rect(rect.right - 1, rect.y + 2, 1, rect.height - 4), _rule(theme))
    place = Rect(rect.x + 3, rect.y + 1, room - 4, rect.height - 1)
    write(canvas, place, label, text_font(theme), theme.text, ground=ground)


def paint_tool(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    name: str,
    *,
    enabled: bool,
    focused: bool,
    in_strip: bool,
) -> None:
    """A flat button with a sign of ``GLYPHS``; ``in_strip``: on the colour behind the tabs."""
    ground = _strip(theme) if in_strip else theme.window
    canvas.fill(rect, ground)
    if focused:
        canvas.frame(inset(rect, 1), blend(ground, theme.focus, 0.7))
    sign(canvas, rect, name, theme.text if enabled else blend(ground, theme.text, 0.3))


def paint_hint(canvas: Canvas, rect: Rect, theme: Theme, text: str) -> None:
    """What an empty field is for, written faintly into it."""
    place = Rect(rect.x + TEXT_MARGIN, rect.y, rect.width - 2 * TEXT_MARGIN, rect.height)
    ink = blend(theme.field, theme.field_text, 0.6)
    write(canvas, place, text, text_font(theme), ink, ground=theme.field)


def passage_font(theme: Theme, style: TextStyle) -> Font:
    """The font of a text on a page."""
    return title_font(theme) if style in ("heading", "column") else text_font(theme)


def paint_passage(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    lines: Sequence[str],
    style: TextStyle,
    selections: Sequence[tuple[int, int] | None],
) -> None:
    """Text of a page in rows of ``theme.row_height``; a selection is two columns of its line."""
    font = passage_font(theme, style)
    if style in ("column", "cell"):
        ink = theme.text if style == "column" else _strip(theme)
        canvas.fill(Rect(rect.x, rect.bottom - 1, rect.width, 1), ink)
    if style == "heading":
        canvas.fill(Rect(rect.x, rect.bottom - 1, rect.width, 1), theme.accent)
    for index, (line, selection) in enumerate(zip(lines, selections, strict=True)):
        row = Rect(rect.x, rect.y + index * theme.row_height, rect.width, theme.row_height)
        write(canvas, row, line, font, theme.text, ground=theme.window)
        if selection is not None:
            start, end = selection
            text = line[start:end]
            left = row.x + font.width(line[:start])
            height = min(row.height, font.height + 1)
            inside = canvas.clipped(rect)
            inside.fill(Rect(left, row.y, font.width(text), height), theme.accent)
            inside.text(left, text_top(row, font), text, font, theme.accent_text, theme.accent)


def paint_link(canvas: Canvas, rect: Rect, theme: Theme, text: str, *, focused: bool) -> None:
    """An underlined text."""
    font, colour = text_font(theme), link_colour(theme)
    place = Rect(rect.x + 1, rect.y, rect.width - 2, rect.height)
    ground = blend(theme.window, theme.accent, 0.25) if focused else theme.window
    if focused:
        canvas.fill(rect, ground)
    write(canvas, place, text, font, colour, ground=ground)
    width = font.width(font.fit(text, place.width)) - 1
    bottom = min(rect.bottom - 1, text_top(rect, font) + font.ascent + 1)
    canvas.fill(Rect(place.x, bottom, width, 1), blend(ground, colour, 0.75))
