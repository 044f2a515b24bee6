"""Wallpapers in a theme's two colours, calm enough to read labels on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Screen
from hrlctl.desktop.sim.theme import Theme
from hrlctl.errors import UnknownNameError

Share = npt.NDArray[np.int64]
"""How much of the second colour a pixel has, 0 to 256, shape (height, width)."""
_SHARES: Final = 257


def _plain(x: Share, y: Share, width: int, height: int) -> Share:
    return np.zeros((height, width), np.int64)


def _gradient(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = y * 256 // height + 0 * x
    return share


def _diagonal(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = (x * height + y * width) * 128 // (width * height)
    return share


def _glow(x: Share, y: Share, width: int, height: int) -> Share:
    across = (2 * x - width) * 160 // width
    down = (2 * y - height) * 160 // height
    share: Share = np.maximum(0, 256 - (across * across + down * down) // 128)
    return share


def _stripes(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = ((x + y) // 12 % 2) * 90 + 40
    return share


def _bands(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = (y * 6 // height) * 50 + 0 * x
    return share


def _dots(x: Share, y: Share, width: int, height: int) -> Share:
    row = y // 10
    across, down = (x + row % 2 * 5) % 10 - 5, y % 10 - 5
    return np.where(across * across + down * down <= 4, 150, 20)


def _checks(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = ((x // 10 + y // 10) % 2) * 70 + 20
    return share


def _weave(x: Share, y: Share, width: int, height: int) -> Share:
    share: Share = (x % 4 == 0) * 60 + (y % 4 == 0) * 60
    return share


def _wave(x: Share, period: int) -> Share:
    """A smooth wave between -256 and 256, from parabolas: no sine, the same on all machines."""
    phase = x % period * 1024 // period
    half = phase % 512
    share: Share = np.where(phase < 512, 1, -1) * (half * (512 - half) // 256)
    return share


def _hills(x: Share, y: Share, width: int, height: int) -> Share:
    sky = y * 70 // height + 0 * x
    for index, (base, size, shade) in enumerate(((58, 10, 110), (70, 8, 170), (84, 6, 235))):
        crest = height * base // 100 + _wave(x + index * width // 3, width) * height * size // 25600
        sky = np.where(y >= crest, shade, sky)
    return sky


def _waves(x: Share, y: Share, width: int, height: int) -> Share:
    level = 0 * x + 0 * y
    for index in range(5):
        crest = height * (20 + 17 * index) // 100 + _wave(x + 31 * index, 64) * 3 // 256
        level = np.where(y >= crest, 50 * (index + 1), level)
    return level


def _rings(x: Share, y: Share, width: int, height: int) -> Share:
    across, down = x - width, y - height
    distance = across * across + down * down
    radii = (np.arange(1, 9) * max(width, height) // 6) ** 2
    return np.searchsorted(radii, distance) * 32


def _rays(x: Share, y: Share, width: int, height: int) -> Share:
    across, up = 2 * x - width, 2 * height - y
    share: Share = (across * 6 // up % 2) * 60 + y * 110 // height
    return share


def _peaks(x: Share, y: Share, width: int, height: int) -> Share:
    sky = 150 - y * 110 // height + 0 * x
    for base, period, shade in ((45, width * 2 // 3, 120), (62, width // 2, 190), (78, 48, 240)):
        slope = abs(x % period - period // 2) * height // (2 * period)
        sky = np.where(y >= height * base // 100 + slope - height // 10, shade, sky)
    return sky


class Wallpaper(NamedTuple):
    """A pattern; ``share`` gives each pixel's share of the theme's second colour."""

    share: Callable[[Share, Share, int, int], Share]
    held_out: bool = False


WALLPAPERS: Mapping[str, Wallpaper] = MappingProxyType({
    "plain": Wallpaper(_plain),
    "gradient": Wallpaper(_gradient),
    "diagonal": Wallpaper(_diagonal),
    "glow": Wallpaper(_glow),
    "stripes": Wallpaper(_stripes),
    "bands": Wallpaper(_bands, held_out=True),
    "dots": Wallpaper(_dots),
    "checks": Wallpaper(_checks),
    "weave": Wallpaper(_weave, held_out=True),
    "hills": Wallpaper(_hills),
    "waves": Wallpaper(_waves),
    "rings": Wallpaper(_rings),
    "rays": Wallpaper(_rays, held_out=True),
    "peaks": Wallpaper(_peaks, held_out=True),
})  # fmt: skip
"""All wallpapers by name."""


def wallpapers(*, held_out: bool) -> tuple[str, ...]:
    """The names of the wallpapers that are held out for evaluation, or of all the others."""
    return tuple(name for name, paper in WALLPAPERS.items() if paper.held_out is held_out)


@lru_cache(maxsize=256)
def wallpaper(name: str, theme: Theme, width: int, height: int) -> Screen:
    """The wallpaper ``name`` in the colours of ``theme``: read-only, shape (height, width, 3).

    Raises:
        UnknownNameError: there is no such wallpaper.
    """
    if name not in WALLPAPERS:
        raise UnknownNameError("wallpaper", name, WALLPAPERS)
    steps = np.arange(_SHARES)[:, None]
    first, second = (np.array(colour, np.int64) for colour in theme.wallpaper)
    colours = ((first * (256 - steps) + second * steps + 128) >> 8).astype(np.uint8)
    pixels: Screen = colours.take(_shares(name, width, height), axis=0)
    pixels.flags.writeable = False
    return pixels


@lru_cache(maxsize=64)
def _shares(name: str, width: int, height: int) -> Share:
    """A pattern, whatever its colours are."""
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    return np.clip(WALLPAPERS[name].share(x, y, width, height), 0, _SHARES - 1)
