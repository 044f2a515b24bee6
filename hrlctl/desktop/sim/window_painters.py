"""How windows look: frame, title bar and its buttons."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, blend
from hrlctl.desktop.sim.surfaces import inset, kept, raised, sign, soften, title_font, write
from hrlctl.desktop.sim.theme import Theme, TitleButton

CONTROL_WIDTH = 9  # of a title button


class TitleBarRects(NamedTuple):
    """The parts of a window. ``title`` is the part of the bar that a drag can take hold of."""

    title: Rect
    close: Rect
    minimize: Rect | None
    maximize: Rect | None
    client: Rect


@lru_cache(maxsize=4096)
def title_bar_rects(rect: Rect, theme: Theme, *, resizable: bool = True) -> TitleBarRects:
    """Where the parts of the window ``rect`` are; without ``resizable`` it can only be closed."""
    border, height = theme.border, theme.title_height
    top = rect.y + border
    left, right = rect.x + border, rect.right - border
    order = theme.title_order if resizable else ("close",)
    begin = left if theme.title_side == "left" else right - CONTROL_WIDTH * len(order)
    places: dict[TitleButton, Rect] = {
        button: Rect(begin + CONTROL_WIDTH * index, top, CONTROL_WIDTH, height)
        for index, button in enumerate(order)
    }
    if theme.title_side == "left":
        left += CONTROL_WIDTH * len(order)
    else:
        right = begin
    client_top = top + height
    return TitleBarRects(
        Rect(left, top, max(0, right - left), height),
        places["close"],
        places.get("minimize"),
        places.get("maximize"),
        Rect(
            rect.x + border,
            client_top,
            rect.width - 2 * border,
            max(0, rect.bottom - border - client_top),
        ),
    )


def paint_window_frame(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    title: str,
    *,
    focused: bool,
    maximized: bool,
    resizable: bool = True,
) -> None:
    """A window without its content: border, title bar, client background. Covers all of it."""
    parts = title_bar_rects(rect, theme, resizable=resizable)
    canvas.fill(parts.client, theme.window)
    edge = theme.edge if focused else theme.edge_idle
    for by in range(theme.border):
        ring = inset(rect, by)
        if theme.surface == "bevel":
            light, dark = (theme.light, edge) if by == 0 else (edge, theme.light)
            canvas.bevel(ring, light, dark)
        else:
            canvas.frame(ring, edge)
    bar = Rect(parts.client.x, rect.y + theme.border, parts.client.width, theme.title_height)
    _paint_title_bar(
        canvas, bar, theme, title, focused=focused, maximized=maximized, resizable=resizable
    )


def _paint_title_bar(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    title: str,
    *,
    focused: bool,
    maximized: bool,
    resizable: bool,
) -> None:
    _paint_bar(canvas, rect, theme, focused=focused, maximized=maximized, resizable=resizable)
    parts = title_bar_rects(_window_of(rect, theme), theme, resizable=resizable)
    font = title_font(theme)
    place = Rect(parts.title.x + 2, rect.y, parts.title.width - 3, rect.height)
    if theme.title_align == "centre":
        # In the middle of the whole bar where there is room, else of what the buttons leave.
        spare = rect.width - 2 * (rect.width - parts.title.width) - 4
        if font.width(title) <= spare:
            place = Rect(rect.x, rect.y, rect.width, rect.height)
    ink = theme.title_text if focused else theme.title_idle_text
    write(canvas, place, title, font, ink, theme.title_align)


def _window_of(bar: Rect, theme: Theme) -> Rect:
    border = theme.border
    return Rect(bar.x - border, bar.y - border, bar.width + 2 * border, 2 * bar.height)


@kept
def _paint_bar(
    canvas: Canvas, rect: Rect, theme: Theme, *, focused: bool, maximized: bool, resizable: bool
) -> None:
    colours = theme.title if focused else theme.title_idle
    canvas.gradient(rect, *colours)
    if theme.surface != "bevel":
        rule = blend(colours[1], theme.edge if focused else theme.edge_idle, 0.6)
        canvas.fill(Rect(rect.x, rect.bottom - 1, rect.width, 1), rule)
    parts = title_bar_rects(_window_of(rect, theme), theme, resizable=resizable)
    _paint_control(canvas, parts.close, theme, "close", focused=focused)
    if parts.minimize is not None:
        _paint_control(canvas, parts.minimize, theme, "minimize", focused=focused)
    if parts.maximize is not None:
        name = "restore" if maximized else "maximize"
        _paint_control(canvas, parts.maximize, theme, name, focused=focused)


def _paint_control(canvas: Canvas, rect: Rect, theme: Theme, name: str, *, focused: bool) -> None:
    is_close = name == "close"
    plate = theme.close if is_close else theme.control
    ink = theme.close_glyph if is_close else theme.control_glyph
    bar = theme.title if focused else theme.title_idle
    if not focused and theme.surface != "bevel":
        # Idle windows keep their buttons, paler.
        plate = None if plate is None else blend(bar[0], plate, 0.45)
        ink = blend(bar[0], ink, 0.75)
    face = Rect(rect.x, rect.y + (rect.height - 9) // 2, 9, 9)
    if theme.control_style == "dot":
        sign(canvas, face, "disc", plate or bar[0])
        name = f"{name}_dot"
    elif theme.surface == "bevel":
        raised(canvas, face, theme, (plate or bar[0],) * 2, theme.button_edge, behind=bar[0])
    elif theme.control_style == "box":
        # One column is left free between neighbours, so the sign needs an even width.
        face, name = Rect(rect.x, rect.y + (rect.height - 8) // 2, 8, 8), f"{name}_even"
        canvas.fill(face, plate or bar[0])
        soften(canvas, face, plate or bar[0], bar[0])
    elif plate is not None:
        canvas.fill(face, plate)
        soften(canvas, face, plate, bar[0])
    sign(canvas, face, name, ink)
