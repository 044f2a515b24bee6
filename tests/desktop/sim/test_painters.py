"""Painters stay inside their rectangles, show every state, and draw the same twice."""

from collections.abc import Callable

import numpy as np
import pytest

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.canvas import Canvas
from hrlctl.desktop.sim.theme import Theme
from hrlctl.desktop.sim.themes import THEMES

ALL = [pytest.param(theme, id=theme.name) for theme in THEMES.values()]
Draw = Callable[[Canvas, Rect, Theme], None]
ITEMS = ("alpha", "beta", "a very long name that is cut off")
FILES = (painters.FileRow("folder", "alpha"), painters.FileRow("file", "beta.txt"))
FAINT = FILES[0]._replace(is_faint=True)


def _paint_tool(canvas: Canvas, rect: Rect, theme: Theme, **state: bool) -> None:
    painters.paint_tool(canvas, rect, theme, "plus", **state)


STATES: dict[str, tuple[Draw, ...]] = {
    "button": (
        lambda c, r, t: painters.paint_button(c, r, t, "OK"),
        lambda c, r, t: painters.paint_button(c, r, t, "OK", focused=True),
        lambda c, r, t: painters.paint_button(c, r, t, "OK", default=True),
        lambda c, r, t: painters.paint_button(c, r, t, "OK", default=True, focused=True),
        lambda c, r, t: painters.paint_button(c, r, t, "OK", enabled=False),
    ),
    "check box": (
        lambda c, r, t: painters.paint_check_box(c, r, t, "Sound", checked=False),
        lambda c, r, t: painters.paint_check_box(c, r, t, "Sound", checked=True),
        lambda c, r, t: painters.paint_check_box(c, r, t, "Sound", checked=True, focused=True),
    ),
    "radio button": (
        lambda c, r, t: painters.paint_radio_button(c, r, t, "Low", selected=False),
        lambda c, r, t: painters.paint_radio_button(c, r, t, "Low", selected=True),
        lambda c, r, t: painters.paint_radio_button(c, r, t, "Low", selected=True, focused=True),
    ),
    "drop-down": (
        lambda c, r, t: painters.paint_drop_down(c, r, t, "Low"),
        lambda c, r, t: painters.paint_drop_down(c, r, t, "High"),
        lambda c, r, t: painters.paint_drop_down(c, r, t, "Low", focused=True),
    ),
    "slider": (
        lambda c, r, t: painters.paint_slider(c, r, t, 0.0),
        lambda c, r, t: painters.paint_slider(c, r, t, 0.5),
        lambda c, r, t: painters.paint_slider(c, r, t, 1.0),
        lambda c, r, t: painters.paint_slider(c, r, t, 0.5, focused=True),
    ),
    "text field": (
        lambda c, r, t: painters.paint_text_field(c, r, t, "some text", None, None),
        lambda c, r, t: painters.paint_text_field(c, r, t, "some text", 4, None),
        lambda c, r, t: painters.paint_text_field(c, r, t, "some text", 4, (0, 4)),
        lambda c, r, t: painters.paint_text_field(c, r, t, "some text that is long", 22, None),
    ),
    "text area": (
        lambda c, r, t: painters.paint_text_area(c, r, t, ITEMS, None, False, 0),
        lambda c, r, t: painters.paint_text_area(c, r, t, ITEMS, (1, 2), False, 0),
        lambda c, r, t: painters.paint_text_area(c, r, t, ITEMS, (1, 2), True, 0),
        lambda c, r, t: painters.paint_text_area(c, r, t, ITEMS, None, False, 1),
    ),
    "file list": (
        lambda c, r, t: painters.paint_file_list(c, r, t, FILES, None, 0),
        lambda c, r, t: painters.paint_file_list(c, r, t, FILES, 0, 0),
        lambda c, r, t: painters.paint_file_list(c, r, t, FILES, 0, 0, focused=True),
        lambda c, r, t: painters.paint_file_list(c, r, t, FILES, None, 1),
        lambda c, r, t: painters.paint_file_list(c, r, t, (FAINT, *FILES[1:]), None, 0),
    ),
    "list": (
        lambda c, r, t: painters.paint_list(c, r, t, ITEMS, None, 0),
        lambda c, r, t: painters.paint_list(c, r, t, ITEMS, 0, 0),
        lambda c, r, t: painters.paint_list(c, r, t, ITEMS, 0, 0, focused=True),
        lambda c, r, t: painters.paint_list(c, r, t, ITEMS, None, 1),
    ),
    "menu": (
        lambda c, r, t: painters.paint_menu(c, r, t, ITEMS, None),
        lambda c, r, t: painters.paint_menu(c, r, t, ITEMS, 0),
    ),
    "scroll bar": (
        lambda c, r, t: painters.paint_scroll_bar(c, r, t, 0.0, 0.5),
        lambda c, r, t: painters.paint_scroll_bar(c, r, t, 0.5, 1.0),
    ),
    "display": (
        lambda c, r, t: painters.paint_display(c, r, t, "0"),
        lambda c, r, t: painters.paint_display(c, r, t, "12.5"),
    ),
    "tab": (
        lambda c, r, t: painters.paint_tab(c, r, t, "News", active=True, room=38),
        lambda c, r, t: painters.paint_tab(c, r, t, "News", active=False, room=48),
    ),
    "tool": (
        lambda c, r, t: _paint_tool(c, r, t, enabled=True, focused=False, in_strip=False),
        lambda c, r, t: _paint_tool(c, r, t, enabled=True, focused=True, in_strip=False),
        lambda c, r, t: _paint_tool(c, r, t, enabled=False, focused=False, in_strip=False),
        lambda c, r, t: _paint_tool(c, r, t, enabled=True, focused=False, in_strip=True),
    ),
    "link": (
        lambda c, r, t: painters.paint_link(c, r, t, "News", focused=False),
        lambda c, r, t: painters.paint_link(c, r, t, "News", focused=True),
        lambda c, r, t: painters.paint_label(c, r, t, "News"),  # a link is no plain text
    ),
    "passage": (
        lambda c, r, t: painters.paint_passage(c, r, t, ["some text"], "text", [None]),
        lambda c, r, t: painters.paint_passage(c, r, t, ["some text"], "text", [(5, 9)]),
        lambda c, r, t: painters.paint_passage(c, r, t, ["some text"], "heading", [None]),
        lambda c, r, t: painters.paint_passage(c, r, t, ["some text"], "column", [None]),
        lambda c, r, t: painters.paint_passage(c, r, t, ["some text"], "cell", [None]),
    ),
    "window": (
        lambda c, r, t: painters.paint_window_frame(c, r, t, "Mail", focused=True, maximized=False),
        lambda c, r, t: painters.paint_window_frame(
            c, r, t, "Mail", focused=False, maximized=False
        ),
        lambda c, r, t: painters.paint_window_frame(c, r, t, "Mail", focused=True, maximized=True),
        lambda c, r, t: painters.paint_window_frame(
            c, r, t, "Mail", focused=True, maximized=False, resizable=False
        ),
    ),
    "desktop icon": (
        lambda c, r, t: painters.paint_desktop_icon(c, r, t, "mail", "Mail", selected=False),
        lambda c, r, t: painters.paint_desktop_icon(c, r, t, "mail", "Mail", selected=True),
        lambda c, r, t: painters.paint_desktop_icon(c, r, t, "key", "Mail", selected=False),
    ),
    "taskbar button": (
        lambda c, r, t: painters.paint_taskbar_button(
            c, r, t, "Mail", active=True, minimized=False
        ),
        lambda c, r, t: painters.paint_taskbar_button(
            c, r, t, "Mail", active=False, minimized=False
        ),
        lambda c, r, t: painters.paint_taskbar_button(
            c, r, t, "Mail", active=False, minimized=True
        ),
    ),
    "start button": (
        lambda c, r, t: painters.paint_start_button(c, r, t, open=False),
        lambda c, r, t: painters.paint_start_button(c, r, t, open=True),
    ),
    "start menu": (
        lambda c, r, t: painters.paint_start_menu(c, r, t, [("mail", "Mail")], None, ""),
        lambda c, r, t: painters.paint_start_menu(c, r, t, [("mail", "Mail")], 0, ""),
        lambda c, r, t: painters.paint_start_menu(c, r, t, [("mail", "Mail")], None, "ma"),
    ),
}
RECT = Rect(7, 5, 48, 40)
SMALL = Rect(7, 5, 48, 12)
LARGE = {
    "text area",
    "file list",
    "list",
    "menu",
    "scroll bar",
    "window",
    "desktop icon",
    "start menu",
}


def _picture(draw: Draw, rect: Rect, theme: Theme) -> Screen:
    pixels = np.full((60, 70, 3), 77, np.uint8)
    draw(Canvas(pixels), rect, theme)
    return pixels


@pytest.mark.parametrize("theme", ALL)
@pytest.mark.parametrize("kind", STATES)
def test_every_state_looks_different_and_stays_inside(theme: Theme, kind: str) -> None:
    rect = RECT if kind in LARGE else SMALL
    pictures = [_picture(draw, rect, theme) for draw in STATES[kind]]
    again = [_picture(draw, rect, theme) for draw in STATES[kind]]
    assert all(np.array_equal(a, b) for a, b in zip(pictures, again, strict=True))
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    for picture in pictures:
        picture[rect.y : rect.bottom, rect.x : rect.right] = 77
        assert (picture == 77).all()


@pytest.mark.parametrize("theme", ALL)
def test_title_bar_parts_do_not_overlap(theme: Theme) -> None:
    for resizable in (True, False):
        rect = Rect(3, 5, 60, 50)
        parts = painters.title_bar_rects(rect, theme, resizable=resizable)
        covered = np.zeros((70, 70), np.int64)
        for part in parts:
            if part is not None:
                covered[part.y : part.bottom, part.x : part.right] += 1
        assert covered.max() == 1
        assert covered[rect.y : rect.bottom, rect.x : rect.right].sum() == covered.sum()
        assert (parts.minimize is None) is not resizable


@pytest.mark.parametrize("theme", ALL)
def test_the_start_menu_has_the_height_that_its_entries_need(theme: Theme) -> None:
    height = painters.start_menu_height(theme, 5)
    rect = Rect(0, 10, 60, height)
    entries = painters.start_menu_rects(rect, theme, 5).entries
    assert len(entries) == 5
    assert entries[-1].bottom <= rect.bottom
    assert len(painters.start_menu_rects(Rect(0, 10, 60, height - 9), theme, 5).entries) == 4


def test_a_long_text_is_scrolled_until_its_caret_is_visible() -> None:
    theme = THEMES["daylight"]
    text = "a text that is much longer than its field"
    assert painters.text_field_offset(SMALL, theme, text, 0) == 0
    assert painters.text_field_offset(SMALL, theme, text, len(text)) > 50
