"""How widgets that show or take text look."""

from __future__ import annotations

from collections.abc import Sequence

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.surfaces import (
    TEXT_MARGIN,
    inset,
    kept,
    sunken,
    text_font,
    text_top,
    write,
)
from hrlctl.desktop.sim.theme import Theme


def paint_label(canvas: Canvas, rect: Rect, theme: Theme, text: str) -> None:
    """Text on the window's background."""
    write(canvas, rect, text, text_font(theme), theme.text, ground=theme.window)


@kept
def paint_field(canvas: Canvas, rect: Rect, theme: Theme, *, focused: bool) -> None:
    """An empty field, as lists and text areas fill it."""
    sunken(canvas, rect, theme, theme.field, focused=focused)


def text_field_offset(rect: Rect, theme: Theme, text: str, caret: int | None) -> int:
    """How many pixels of ``text`` are scrolled out on the left so that the caret is visible."""
    if caret is None:
        return 0
    return max(0, text_font(theme).width(text[:caret]) + 1 - (rect.width - 2 * TEXT_MARGIN))


def paint_text_field(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    text: str,
    caret: int | None,
    selection: tuple[int, int] | None,
) -> None:
    """A line of text; the caret and the selection are indices; a caret means focus."""
    paint_field(canvas, rect, theme, focused=caret is not None)
    font = text_font(theme)
    left = rect.x + TEXT_MARGIN - text_field_offset(rect, theme, text, caret)
    top = text_top(rect, font)
    inside = canvas.clipped(Rect(rect.x + 2, rect.y + 1, rect.width - 4, rect.height - 2))
    inside.text(left, top, text, font, theme.field_text)
    if selection is not None and selection[0] != selection[1]:
        start, end = sorted(selection)
        marked = font.width(text[start:end])
        place = Rect(left + font.width(text[:start]), rect.y + 2, marked, rect.height - 4)
        inside.fill(place, theme.accent)
        inside.text(place.x, top, text[start:end], font, theme.accent_text)
    if caret is not None:
        x = left + font.width(text[:caret])
        inside.fill(Rect(x, rect.y + 2, 1, rect.height - 4), theme.field_text)


def paint_text_area(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    lines: Sequence[str],
    caret: tuple[int, int] | None,
    selected: bool,
    first_line: int,
) -> None:
    """Lines of text from ``first_line`` on; ``caret`` is (line, column); all may be selected."""
    paint_field(canvas, rect, theme, focused=caret is not None)
    font = text_font(theme)
    inside = canvas.clipped(inset(rect, 1))
    height = theme.row_height
    fill = theme.accent if selected else None
    ink = theme.accent_text if selected else theme.field_text
    shown = lines[first_line : first_line + -(-rect.height // height)]
    left = rect.x + TEXT_MARGIN
    for index, line in enumerate(shown):
        row = Rect(left, rect.y + 2 + index * height, rect.width - 2 * TEXT_MARGIN, height)
        if fill is not None and line:
            inside.fill(Rect(left, row.y, font.width(line), height), fill)
        inside.text(left, text_top(row, font), line, font, ink, fill or theme.field)
    if caret is not None:
        line_index, column = caret
        if 0 <= line_index - first_line < len(shown):
            x = left + font.width(lines[line_index][:column])
            y = rect.y + 2 + (line_index - first_line) * height
            inside.fill(Rect(min(x, rect.right - 3), y, 1, height), theme.field_text)


def paint_display(canvas: Canvas, rect: Rect, theme: Theme, text: str) -> None:
    """The display of a calculator: ``text`` on the right of a sunken field."""
    paint_field(canvas, rect, theme, focused=False)
    place = Rect(rect.x + TEXT_MARGIN, rect.y, rect.width - 2 * TEXT_MARGIN, rect.height)
    write(canvas, place, text, text_font(theme), theme.field_text, "right")
