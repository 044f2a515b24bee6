"""How the list of a file manager looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, blend
from hrlctl.desktop.sim.surfaces import icon_overlay, inset, kept, text_font, write
from hrlctl.desktop.sim.text_painters import paint_field
from hrlctl.desktop.sim.theme import Colour, Theme

_GAP = 2  # between the frame, a row's icon and its name


class FileRow(NamedTuple):
    """One file or folder.

    Attributes:
        icon: its kind, one of ``ICONS``.
        is_faint: whether it was cut and waits to be pasted.
    """

    icon: str
    name: str
    is_faint: bool = False


def _icon_size(theme: Theme) -> int:
    return theme.row_height - 1


def file_name_left(theme: Theme) -> int:
    """How far right of the list's edge the names begin."""
    return 1 + _GAP + _icon_size(theme) + _GAP


def paint_file_list(
    canvas: Canvas,
    rect: Rect,
    theme: Theme,
    rows: Sequence[FileRow],
    selected: int | None,
    first: int,
    *,
    focused: bool = False,
) -> None:
    """``rows`` from index ``first`` on, of ``theme.row_height``, inside a one-pixel frame.

    Without the focus the selected row is marked by a paler colour.
    """
    paint_field(canvas, rect, theme, focused=focused)
    body, height = inset(rect, 1), theme.row_height
    inside = canvas.clipped(body)
    for index, row in enumerate(rows[first : first + -(-body.height // height)]):
        place = Rect(body.x, body.y + index * height, body.width, height)
        _paint_row(inside, place, theme, row, selected=index + first == selected, focused=focused)


def _paint_row(
    canvas: Canvas, rect: Rect, theme: Theme, row: FileRow, *, selected: bool, focused: bool
) -> None:
    fill, ink = theme.field, theme.field_text
    if selected and focused:
        fill, ink = theme.accent, theme.accent_text
    elif selected:
        fill = blend(theme.field, theme.accent, 0.25)
    canvas.fill(rect, fill)
    if row.is_faint:
        ink = blend(fill, ink, 0.55)
    size = _icon_size(theme)
    _paint_icon(canvas, Rect(rect.x + _GAP, rect.y, size, size), theme, row.icon, fill)
    left = file_name_left(theme) - 1
    place = Rect(rect.x + left, rect.y, rect.width - left - 1, rect.height)
    write(canvas, place, row.name, text_font(theme), ink, ground=fill)


@kept
def _paint_icon(canvas: Canvas, rect: Rect, theme: Theme, icon: str, fill: Colour) -> None:
    canvas.fill(rect, fill)
    canvas.overlay(rect.x, rect.y, icon_overlay(icon, rect.width))
