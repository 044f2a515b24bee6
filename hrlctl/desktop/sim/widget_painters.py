"""How widgets look."""

from __future__ import annotations

from collections.abc import Sequence

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, blend
from hrlctl.desktop.sim.glyphs import GLYPHS
from hrlctl.desktop.sim.surfaces import (
    TEXT_MARGIN,
    inset,
    kept,
    raised,
    sign,
    sunken,
    text_font,
    text_top,
    write,
)
from hrlctl.desktop.sim.text_painters import paint_field
from hrlctl.desktop.sim.theme import Colour, Theme

_THUMB_WIDTH = 8
_ARROW_WIDTH = 9


def paint_button(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    label: str,
    *,
    focused: bool = False,
    default: bool = False,
    enabled: bool = True,
) -> None:
    """A push button; ``default`` is the one that Enter presses."""
    _paint_button_plate(canvas, rect, theme, focused=focused, default=default)
    ink = theme.button_text
    if default and theme.surface != "bevel":
        ink = theme.accent_text
    if not enabled:
        ink = theme.muted
    inner = Rect(rect.x + 2, rect.y, rect.width - 4, rect.height)
    write(canvas, inner, label, text_font(theme), ink, "centre")


@kept
def _paint_button_plate(
    canvas: Canvas, rect: Rect, theme: Theme, *, focused: bool, default: bool
) -> None:
    fill, edge, ring = theme.button, theme.button_edge, theme.focus
    body, depth = rect, 1
    if theme.surface == "bevel":
        depth = 2
        if default:
            canvas.frame(rect, theme.text)
            body = inset(rect, 1)
            ring = theme.button_text
    elif default:
        fill, edge, ring = (theme.accent, theme.accent), theme.accent, theme.accent_text
    elif focused:
        edge = theme.focus
    raised(canvas, body, theme, fill, edge, behind=theme.window)
    if focused:
        canvas.frame(inset(rect, depth), blend(fill[0], ring, 0.6))


def paint_check_box(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    label: str,
    *,
    checked: bool,
    focused: bool = False,
) -> None:
    """A box that is ticked or not, with its label on the right."""
    size = theme.check_size
    box = Rect(rect.x, rect.y + (rect.height - size) // 2, size, size)
    _paint_check(canvas, box, theme, checked=checked, focused=focused)
    _label_beside(canvas, rect, theme, label, focused=focused)


@kept
def _paint_check(canvas: Canvas, box: Rect, theme: Theme, *, checked: bool, focused: bool) -> None:
    ink = theme.field_text
    if checked and theme.surface != "bevel" and theme.check_style == "tick":
        sunken(canvas, box, theme, theme.accent, focused=False)
        canvas.frame(box, theme.focus if focused else theme.accent)
        ink = theme.accent_text
    else:
        sunken(canvas, box, theme, theme.field, focused=focused)
        if theme.check_style != "tick":
            ink = theme.accent
    if checked:
        sign(canvas, box, theme.check_style, ink)


def paint_radio_button(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    label: str,
    *,
    selected: bool,
    focused: bool = False,
) -> None:
    """A round box of which one in its group is filled, with its label on the right."""
    size = theme.check_size
    box = Rect(rect.x, rect.y + (rect.height - size) // 2, size, size)
    _paint_radio(canvas, box, theme, selected=selected, focused=focused)
    _label_beside(canvas, rect, theme, label, focused=focused)


@kept
def _paint_radio(canvas: Canvas, box: Rect, theme: Theme, *, selected: bool, focused: bool) -> None:
    mask = GLYPHS["dot"]
    top = box.y + (box.height - mask.shape[0]) // 2
    canvas.stamp(box.x, top, mask, theme.field)
    canvas.stamp(box.x, top, GLYPHS["ring"], theme.focus if focused else theme.field_edge)
    if selected:
        ink = theme.field_text if theme.surface == "bevel" else theme.accent
        canvas.stamp(box.x + 2, top + 2, GLYPHS["bullet"], ink)


def _label_beside(canvas: Canvas, rect: Rect, theme: Theme, label: str, *, focused: bool) -> None:
    left = rect.x + theme.check_size + 3
    place = Rect(left, rect.y, rect.right - left, rect.height)
    font = text_font(theme)
    write(canvas, place, label, font, theme.text, ground=theme.window)
    if focused:
        width = font.width(font.fit(label, place.width))
        bottom = min(rect.bottom - 1, text_top(rect, font) + font.ascent + 1)
        canvas.fill(Rect(left, bottom, width, 1), blend(theme.window, theme.focus, 0.7))


def paint_drop_down(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    value: str,
    *,
    open: bool = False,
    focused: bool = False,
) -> None:
    """The chosen value and an arrow; the list below is ``paint_option_list``."""
    _paint_drop_down_plate(canvas, rect, theme, open=open, focused=focused)
    left = rect.x + TEXT_MARGIN
    place = Rect(left, rect.y, rect.right - _ARROW_WIDTH - 2 - left, rect.height)
    write(canvas, place, value, text_font(theme), theme.field_text)


@kept
def _paint_drop_down_plate(
    canvas: Canvas, rect: Rect, theme: Theme, *, open: bool, focused: bool
) -> None:
    sunken(canvas, rect, theme, theme.field, focused=focused or open)
    arrow = Rect(rect.right - _ARROW_WIDTH - 1, rect.y + 1, _ARROW_WIDTH, rect.height - 2)
    raised(canvas, arrow, theme, theme.button, theme.button_edge, behind=theme.field, pressed=open)
    sign(canvas, arrow, "arrow_down", theme.button_text)


def _paint_row(
    canvas: Canvas, rect: Rect, theme: Theme, text: str, fill: Colour, ink: Colour
) -> None:
    canvas.fill(rect, fill)
    place = Rect(rect.x + 2, rect.y, rect.width - 3, rect.height)
    write(canvas, place, text, text_font(theme), ink, ground=fill)


def _paint_rows(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    rows: Sequence[str],
    marked: int | None,
    colours: tuple[Colour, Colour],
) -> None:
    height = theme.row_height
    inside = canvas.clipped(rect)
    for index, text in enumerate(rows[: -(-rect.height // height)]):
        fill, ink = (theme.accent, theme.accent_text) if index == marked else colours
        row = Rect(rect.x, rect.y + index * height, rect.width, height)
        _paint_row(inside, row, theme, text, fill, ink)


@kept
def _paint_panel(canvas: Canvas, rect: Rect, theme: Theme) -> None:
    canvas.fill(rect, theme.menu)
    canvas.frame(rect, theme.menu_edge)


def paint_option_list(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    options: Sequence[str],
    highlighted: int | None,
) -> None:
    """The open list of a drop-down: rows of ``theme.row_height`` inside a one-pixel frame."""
    _paint_panel(canvas, rect, theme)
    _paint_rows(canvas, inset(rect, 1), theme, options, highlighted, (theme.menu, theme.menu_text))


def paint_menu(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    items: Sequence[str],
    highlighted: int | None,
) -> None:
    """A menu: rows of ``theme.row_height`` inside a one-pixel frame."""
    paint_option_list(canvas, rect, theme, items, highlighted)
    if theme.surface == "bevel":
        canvas.bevel(rect, theme.light, theme.menu_edge)


def paint_list(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    items: Sequence[str],
    selected: int | None,
    first: int,
    *,
    focused: bool = False,
) -> None:
    """``items`` from index ``first`` on, rows of ``theme.row_height`` inside a one-pixel frame."""
    paint_field(canvas, rect, theme, focused=focused)
    marked = None if selected is None else selected - first
    _paint_rows(
        canvas, inset(rect, 1), theme, items[first:], marked, (theme.field, theme.field_text)
    )


@kept
def paint_slider(
    canvas: Canvas, rect: Rect, theme: Theme, fraction: float, *, focused: bool = False
) -> None:
    """A slider; ``fraction`` (0 to 1) of its track lies left of the thumb."""
    middle = rect.y + rect.height // 2
    thumb = slider_thumb(rect, fraction)
    track = Rect(rect.x, middle - 1, rect.width, 3)
    sunken(canvas, track, theme, theme.track, focused=False)
    canvas.fill(Rect(rect.x + 1, middle, max(0, thumb.x - rect.x), 1), theme.accent)
    if theme.surface != "bevel":
        canvas.fill(Rect(rect.x, middle - 1, max(0, thumb.x - rect.x), 3), theme.accent)
    edge = theme.focus if focused else theme.button_edge
    raised(canvas, thumb, theme, theme.button, edge, behind=theme.window)
    mark = theme.focus if focused else theme.accent
    canvas.fill(Rect(thumb.x + 3, thumb.y + 2, 2, thumb.height - 4), mark)


def slider_thumb(rect: Rect, fraction: float) -> Rect:
    """The thumb of a slider; its middle column travels from ``rect.x + 4`` to ``right - 4``."""
    travel = rect.width - _THUMB_WIDTH
    return Rect(rect.x + round(travel * fraction), rect.y, _THUMB_WIDTH, rect.height)


@kept
def paint_scroll_bar(canvas: Canvas, rect: Rect, theme: Theme, start: float, end: float) -> None:
    """An upright scroll bar; the visible share of the content is ``start`` to ``end`` (0 to 1)."""
    canvas.fill(rect, theme.track)
    top = rect.y + int(rect.height * start)
    height = max(6, int(rect.height * end) - int(rect.height * start))
    thumb = Rect(rect.x, min(top, rect.bottom - height), rect.width, height)
    if theme.surface == "bevel":
        raised(canvas, thumb, theme, theme.thumb, theme.button_edge, behind=theme.track)
    else:
        body = Rect(thumb.x + 1, thumb.y, thumb.width - 2, thumb.height)
        canvas.fill(body, theme.thumb[0])
        if theme.surface == "round":
            canvas.gradient(body, *theme.thumb)
            for y in (body.y, body.bottom - 1):
                canvas.fill(Rect(body.x, y, 1, 1), theme.track)
                canvas.fill(Rect(body.right - 1, y, 1, 1), theme.track)
    if thumb.height >= 10:
        grip = blend(theme.thumb[0], theme.text, 0.45)
        for offset in (-2, 0, 2):
            y = thumb.y + thumb.height // 2 + offset
            canvas.fill(Rect(thumb.x + 2, y, thumb.width - 4, 1), grip)
