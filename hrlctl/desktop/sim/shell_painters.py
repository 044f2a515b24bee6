"""How the shell looks: desktop icons, taskbar, start menu, clock, pointer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, blend
from hrlctl.desktop.sim.glyphs import GLYPHS
from hrlctl.desktop.sim.surfaces import (
    icon_overlay,
    inset,
    kept,
    raised,
    sign,
    sunken,
    text_font,
    text_top,
    title_font,
    write,
)
from hrlctl.desktop.sim.theme import Theme


def paint_desktop_icon(
    canvas: Canvas, rect: Rect, theme: Theme, icon_name: str, label: str, *, selected: bool
) -> None:
    """An icon above its label, on whatever the canvas shows (the wallpaper)."""
    x, y, width, height = rect
    font = text_font(theme)
    size = theme.icon_size
    left = x + (width - size) // 2
    canvas.overlay(left, y, icon_overlay(icon_name, size))
    taken = font.width(label)
    if taken >= width:
        label = font.fit(label, width)
        taken = font.width(label)
        canvas = canvas.clipped(rect)
    begin = x + max(0, width - taken + 1) // 2
    line = Rect(begin - 1, y + size, taken + 1, height - size)
    top = min(text_top(line, font), y + height - font.height)
    if selected:
        canvas.frame(Rect(left - 1, y, size + 2, size), theme.accent)
        canvas.fill(line, theme.accent)
        canvas.text(begin, top, label, font, theme.accent_text, theme.accent)
    elif theme.icon_plate is not None:
        canvas.fill(line, theme.icon_plate)
        canvas.text(begin, top, label, font, theme.icon_text, theme.icon_plate)
    elif label:
        inside = canvas.clipped(rect)
        inside.glowing_text(begin, top, label, font, theme.icon_text, theme.icon_shadow)


@kept
def paint_taskbar(canvas: Canvas, rect: Rect, theme: Theme) -> None:
    """The bar without anything on it."""
    canvas.gradient(rect, *theme.taskbar)
    edge = rect.y if theme.taskbar_position == "bottom" else rect.bottom - 1
    canvas.fill(Rect(rect.x, edge, rect.width, 1), theme.taskbar_edge)


def _taskbar_body(canvas: Canvas, rect: Rect, theme: Theme) -> Rect:
    """Draw the bar behind a thing on it; returns what the bar's edge leaves."""
    paint_taskbar(canvas, rect, theme)
    top = rect.y + (theme.taskbar_position == "bottom")
    return Rect(rect.x, top, rect.width, rect.height - 1)


@kept
def paint_start_button(canvas: Canvas, rect: Rect, theme: Theme, *, open: bool) -> None:
    """The button that opens the start menu; ``rect`` has the height of the taskbar."""
    body = _taskbar_body(canvas, rect, theme)
    fill = theme.start
    if open and theme.surface != "bevel":
        fill = (blend(fill[0], theme.start_text, 0.3), blend(fill[1], theme.start_text, 0.3))
    behind = theme.taskbar[0]
    edge = theme.button_edge if theme.surface == "bevel" else fill[1]
    raised(canvas, body, theme, fill, edge, behind=behind, pressed=open)
    font = title_font(theme)
    place = Rect(body.x + 2, body.y, body.width - 4, body.height)
    if font.width(theme.start_label) + 7 <= place.width:
        emblem = Rect(place.x, body.y, 5, body.height)
        sign(canvas, emblem, "emblem", blend(theme.start_text, theme.accent, 0.25))
        place = Rect(place.x + 6, place.y, place.width - 6, place.height)
    write(canvas, place, theme.start_label, font, theme.start_text, "centre")


def paint_taskbar_button(
    canvas: Canvas, rect: Rect, theme: Theme, title: str, *, active: bool, minimized: bool
) -> None:
    """The button of a window in the taskbar; ``rect`` has the height of the taskbar."""
    _paint_task_plate(canvas, rect, theme, active=active, minimized=minimized)
    top = rect.y + (theme.taskbar_position == "bottom")
    ink = theme.task_active_text if active else theme.taskbar_text
    if minimized:
        ink = blend(theme.task[0], ink, 0.65)
    place = Rect(rect.x + 2, top, rect.width - 4, rect.height - 1)
    write(canvas, place, title, text_font(theme), ink)


@kept
def _paint_task_plate(
    canvas: Canvas, rect: Rect, theme: Theme, *, active: bool, minimized: bool
) -> None:
    body = _taskbar_body(canvas, rect, theme)
    body = Rect(body.x, body.y, body.width - 1, body.height)
    fill = theme.task_active if active else theme.task
    edge = blend(fill[1], theme.taskbar_text, 0.2)
    if theme.surface == "bevel":
        edge = theme.button_edge
    raised(canvas, body, theme, fill, edge, behind=theme.taskbar[0], pressed=active)
    if not minimized and theme.surface != "bevel":
        mark = theme.accent if active else blend(fill[1], theme.taskbar_text, 0.5)
        canvas.fill(Rect(body.x + 1, body.bottom - 1, body.width - 2, 1), mark)


def paint_clock(canvas: Canvas, rect: Rect, theme: Theme, text: str) -> None:
    """The time; ``rect`` has the height of the taskbar."""
    body = _taskbar_body(canvas, rect, theme)
    write(canvas, body, text, text_font(theme), theme.taskbar_text, "centre")


class StartMenuRects(NamedTuple):
    """The parts of an open start menu; entries that find no room are left out."""

    search: Rect
    entries: tuple[Rect, ...]


def start_menu_rects(rect: Rect, theme: Theme, count: int) -> StartMenuRects:
    """Where the search field and ``count`` entries are in the start menu ``rect``."""
    inside = inset(rect, 2)
    search = Rect(inside.x, inside.y, inside.width, theme.field_height)
    top, height = search.bottom + 1, theme.row_height
    room = max(0, inside.bottom - top) // height
    return StartMenuRects(
        search,
        tuple(
            Rect(inside.x, top + index * height, inside.width, height)
            for index in range(min(count, room))
        ),
    )


def start_menu_height(theme: Theme, count: int) -> int:
    """The height of a start menu with room for ``count`` entries."""
    return 5 + theme.field_height + count * theme.row_height


def paint_start_menu(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    entries: Sequence[tuple[str, str]],
    highlighted: int | None,
    query: str,
) -> None:
    """The start menu: a search field with ``query``, then ``entries`` of (icon name, label)."""
    parts = start_menu_rects(rect, theme, len(entries))
    canvas.fill(rect, theme.menu)
    if theme.surface == "bevel":
        canvas.bevel(rect, theme.light, theme.menu_edge)
    else:
        canvas.frame(rect, theme.menu_edge)
    _paint_search(canvas, parts.search, theme, query)
    for index, row in enumerate(parts.entries):
        _paint_entry(canvas, row, theme, *entries[index], highlighted=index == highlighted)


def _paint_search(canvas: Canvas, rect: Rect, theme: Theme, query: str) -> None:
    canvas.fill(rect, theme.menu)
    sunken(canvas, rect, theme, theme.field, focused=False)
    lens = Rect(rect.x + 2, rect.y, 6, rect.height)
    sign(canvas, lens, "lens", blend(theme.field, theme.field_text, 0.6))
    place = Rect(lens.right + 2, rect.y, rect.right - lens.right - 5, rect.height)
    font = text_font(theme)
    if query:
        begin = write(canvas, place, query, font, theme.field_text)
        x = begin + font.width(font.fit(query, place.width))
        canvas.fill(Rect(x, rect.y + 2, 1, rect.height - 4), theme.field_text)
    else:
        write(canvas, place, "Search", font, theme.muted)


def _paint_entry(
    canvas: Canvas, rect: Rect, theme: Theme, icon_name: str, label: str, *, highlighted: bool
) -> None:
    ground = theme.accent if highlighted else theme.menu
    canvas.fill(rect, ground)
    size = rect.height - 1
    canvas.overlay(rect.x + 1, rect.y, icon_overlay(icon_name, size))
    place = Rect(rect.x + size + 3, rect.y, rect.width - size - 4, rect.height)
    ink = theme.accent_text if highlighted else theme.menu_text
    write(canvas, place, label, text_font(theme), ink, ground=ground)


def paint_pointer(canvas: Canvas, x: int, y: int) -> None:
    """The mouse pointer with its tip at (x, y); for people who watch, never for an agent."""
    mask = GLYPHS["pointer"]
    for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        canvas.stamp(x + dx, y + dy, mask, (255, 255, 255))
    canvas.stamp(x, y, mask, (0, 0, 0))
