"""How an episode's desktop looks: drawn from its seed, training and held-out looks apart."""

from __future__ import annotations

import random
from typing import Final, NamedTuple

Colour = tuple[int, int, int]


class Palette(NamedTuple):
    """The colours of programs."""

    name: str
    background: str  # of windows
    foreground: str
    base: str  # of texts and lists
    text: str
    accent: str  # of what is selected


class Look(NamedTuple):
    """What varies from episode to episode and means nothing."""

    palette: Palette
    frames: str  # the openbox theme
    font: str
    font_size: int  # points
    wallpaper: str  # a pattern
    wallpaper_colours: tuple[Colour, Colour]


_TRAINING_PALETTES: Final = (
    Palette("paper", "#f2f1f0", "#2e3436", "#ffffff", "#1a1a1a", "#3465a4"),
    Palette("stone", "#dcdad5", "#101010", "#fbfaf8", "#101010", "#4b6983"),
    Palette("mint", "#e6efe9", "#1d2b22", "#ffffff", "#14201a", "#2f8f5b"),
    Palette("slate", "#3b4048", "#e8e8e8", "#2b2f36", "#f0f0f0", "#5294e2"),
    Palette("sand", "#efe6d5", "#3a3020", "#fffaf0", "#2a2216", "#b5651d"),
    Palette("steel", "#cfd8e0", "#15202b", "#f7fafc", "#101820", "#1f5f99"),
)
_HELD_OUT_PALETTES: Final = (
    Palette("rose", "#f1e4e8", "#3b1f2b", "#fffafb", "#2a141d", "#b03060"),
    Palette("coal", "#23252a", "#d8d8d8", "#1a1b1f", "#e6e6e6", "#e0803a"),
    Palette("lilac", "#e5e2f0", "#26213a", "#fdfcff", "#1c182c", "#6a4fb3"),
)
_TRAINING_FRAMES: Final = ("Clearlooks", "Natura", "Clearlooks-3.4", "Breeze-ob")
_HELD_OUT_FRAMES: Final = ("Clearlooks-Olive", "Bear2")
_TRAINING_FONTS: Final = ("DejaVu Sans",)
_HELD_OUT_FONTS: Final = ("DejaVu Sans Condensed",)
_TRAINING_WALLPAPERS: Final = ("plain", "gradient", "stripes")
_HELD_OUT_WALLPAPERS: Final = ("checks", "diagonal")


def palettes(*, held_out: bool) -> tuple[Palette, ...]:
    return _HELD_OUT_PALETTES if held_out else _TRAINING_PALETTES


def frames(*, held_out: bool) -> tuple[str, ...]:
    return _HELD_OUT_FRAMES if held_out else _TRAINING_FRAMES


def wallpapers(*, held_out: bool) -> tuple[str, ...]:
    return _HELD_OUT_WALLPAPERS if held_out else _TRAINING_WALLPAPERS


def draw_look(rng: random.Random, *, held_out: bool) -> Look:
    """A look of the training or of the held-out ones."""
    return Look(
        palette=rng.choice(palettes(held_out=held_out)),
        frames=rng.choice(frames(held_out=held_out)),
        font=rng.choice(_HELD_OUT_FONTS if held_out else _TRAINING_FONTS),
        font_size=rng.choice((10, 11)),
        wallpaper=rng.choice(wallpapers(held_out=held_out)),
        wallpaper_colours=(_muted(rng), _muted(rng)),
    )


def _muted(rng: random.Random) -> Colour:
    """A colour on which white letters can be read."""
    return rng.randrange(20, 110), rng.randrange(30, 110), rng.randrange(40, 130)


def rgb(colour: str) -> Colour:
    """The parts, 0 to 255, of a colour written ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
