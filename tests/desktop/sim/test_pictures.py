"""Icons can be told apart, wallpapers are calm enough for labels."""

import itertools

import numpy as np
import pytest

from hrlctl.desktop.sim.icons import ICONS, icon
from hrlctl.desktop.sim.themes import THEMES
from hrlctl.desktop.sim.wallpapers import WALLPAPERS, wallpaper, wallpapers
from hrlctl.errors import UnknownNameError


def test_icons_can_be_told_apart() -> None:
    assert len(ICONS) >= 40
    shown = {}
    for name in ICONS:
        pixels = icon(name, 14).astype(np.int64)
        assert 30 < np.count_nonzero(pixels[:, :, 3] > 128) <= 14 * 14
        shown[name] = pixels[:, :, :3] * pixels[:, :, 3:] // 255
    for first, second in itertools.combinations(ICONS, 2):
        difference = np.abs(shown[first] - shown[second]).max(2)
        assert np.count_nonzero(difference > 60) > 25, (first, second)


@pytest.mark.parametrize("size", [8, 12, 32])
def test_an_icon_has_the_size_that_was_asked_for(size: int) -> None:
    assert icon("folder", size).shape == (size, size, 4)


@pytest.mark.parametrize("name", WALLPAPERS)
@pytest.mark.parametrize(("width", "height"), [(128, 96), (160, 120), (640, 480)])
def test_a_wallpaper_fills_the_screen_and_stays_between_its_colours(
    name: str, width: int, height: int
) -> None:
    theme = THEMES["mint"]
    pixels = wallpaper(name, theme, width, height)
    assert pixels.shape == (height, width, 3)
    assert pixels.dtype == np.uint8
    low, high = np.min(theme.wallpaper, axis=0), np.max(theme.wallpaper, axis=0)
    assert ((pixels >= low) & (pixels <= high)).all()


def test_some_wallpapers_are_held_out() -> None:
    held_out, training = set(wallpapers(held_out=True)), set(wallpapers(held_out=False))
    assert held_out
    assert len(training) > len(held_out)
    assert held_out | training == set(WALLPAPERS)
    assert not held_out & training


def test_unknown_pictures_are_named() -> None:
    with pytest.raises(UnknownNameError):
        icon("calculater", 14)
    with pytest.raises(UnknownNameError):
        wallpaper("hils", THEMES["mint"], 160, 120)
