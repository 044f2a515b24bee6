"""Themes: how many, which are held out, and that everything in them can be seen and clicked."""

import pytest

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.painters import title_bar_rects
from hrlctl.desktop.sim.theme import Colour, Theme
from hrlctl.desktop.sim.themes import THEMES, themes

DRAWN = [
    pytest.param(theme, id=theme.name)
    for held_out in (False, True)
    for theme in themes(held_out=held_out)
]


def _contrast(first: Colour, second: Colour) -> float:
    """The contrast ratio of WCAG 2.1, 1 to 21."""

    def luminance(colour: Colour) -> float:
        linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_two_themes_are_held_out_one_light_one_dark() -> None:
    assert sorted(theme.is_dark for theme in themes(held_out=True)) == [False, True]
    assert len(themes(held_out=False)) >= 9
    assert {theme.is_dark for theme in themes(held_out=False)} == {False, True}


def test_a_font_is_held_out_too() -> None:
    seen = {theme.text_font for theme in themes(held_out=False)}
    assert {theme.text_font for theme in themes(held_out=True)} - seen


def test_training_draws_its_themes_in_other_colours_too() -> None:
    drawn = {theme.name: theme for theme in themes(held_out=False)}
    assert len(drawn) == len(themes(held_out=False))
    assert sum(name.split("-")[0] in THEMES for name in drawn) == 6 * len(THEMES) - 12
    plain, tinted = drawn["daylight"], drawn["daylight-bgr"]
    assert plain is THEMES["daylight"]
    red, _, blue = tinted.accent
    assert red > 150 > 100 > blue  # the accent is blue in the theme as it is
    assert (tinted.surface, tinted.row_height) == (plain.surface, plain.row_height)
    assert not any(THEMES[name].held_out for name in drawn if name in THEMES)


def test_training_mixes_its_themes_but_none_that_is_held_out() -> None:
    mixed = [theme for theme in themes(held_out=False) if theme.name.startswith("mix-")]
    assert len(mixed) >= 100
    assert len({(t.accent, t.title, t.wallpaper, t.surface, t.check_style) for t in mixed}) > 90
    assert {theme.text_font for theme in mixed} <= {
        theme.text_font for theme in THEMES.values() if not theme.held_out
    }


@pytest.mark.parametrize("theme", DRAWN)
def test_text_stands_out_from_what_it_is_written_on(theme: Theme) -> None:
    pairs = {
        "window": (theme.text, theme.window),
        "button": (theme.button_text, theme.button[1]),
        "field": (theme.field_text, theme.field),
        "selection": (theme.accent_text, theme.accent),
        "menu": (theme.menu_text, theme.menu),
        "title": (theme.title_text, theme.title[1]),
        "idle title": (theme.title_idle_text, theme.title_idle[1]),
        "taskbar": (theme.taskbar_text, theme.taskbar[1]),
        "window button": (theme.taskbar_text, theme.task[1]),
        "active window button": (theme.task_active_text, theme.task_active[1]),
        "start button": (theme.start_text, theme.start[1]),
        "icon label": (theme.icon_text, theme.icon_plate or theme.icon_shadow),
    }
    least = 2.8 if theme.name in THEMES else 2.5
    faint = {name: _contrast(*pair) for name, pair in pairs.items() if _contrast(*pair) < least}
    assert not faint


@pytest.mark.parametrize("theme", DRAWN)
def test_whatever_can_be_clicked_holds_a_cell_centre(theme: Theme) -> None:
    assert min(theme.row_height, theme.button_height, theme.field_height, theme.check_size) >= 8
    assert min(theme.slider_height, theme.scroll_bar_width, theme.taskbar_height) >= 8
    parts = title_bar_rects(Rect(3, 5, 70, 60), theme)
    for rect in (parts.close, parts.minimize, parts.maximize):
        assert rect is not None
        assert rect.width >= 8
        assert rect.height >= 8


@pytest.mark.parametrize("theme", DRAWN)
def test_the_start_label_fits_its_button(theme: Theme) -> None:
    font = FONTS[theme.title_font]
    assert font.fit(theme.start_label, theme.start_width - 4) == theme.start_label
