"""Themes in other colours, so that colours alone tell nothing about what a thing is."""

from __future__ import annotations

import random
from dataclasses import fields, replace
from itertools import permutations
from typing import Any, Final

from hrlctl.desktop.sim.theme import Colour, Theme

_ORDERS: Final = tuple(permutations(range(3)))[1:]
_LUMA: Final = (0.2126, 0.7152, 0.0722)  # ITU-R BT.709
_GAIN: Final = (0.9, 1.1)
_OFFSET: Final = (-20.0, 10.0)


def tints(theme: Theme) -> tuple[Theme, ...]:
    """``theme`` with red, green and blue in each other order, and each a little stronger or weaker.

    What is light stays as light, so that everything stays legible.
    """
    return tuple(_tinted(theme, order) for order in _ORDERS)


def _tinted(theme: Theme, order: tuple[int, ...]) -> Theme:
    name = f"{theme.name}-{''.join('rgb'[channel] for channel in order)}"
    rng = random.Random(name)
    gains = [rng.uniform(*_GAIN) for _ in order]
    offsets = [rng.uniform(*_OFFSET) for _ in order]

    def tinted(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value[0], tuple):
            return tuple(map(tinted, value))
        reordered = tuple(value[channel] for channel in order)
        lighter = _luma(value) - _luma(reordered)
        return tuple(
            min(max(round(gain * (level + lighter) + offset), 0), 255)
            for level, gain, offset in zip(reordered, gains, offsets, strict=True)
        )

    changes = {
        field.name: tinted(getattr(theme, field.name))
        for field in fields(theme)
        if "Colour" in str(field.type)
    }
    return replace(theme, name=name, **changes)


def _luma(colour: Colour) -> float:
    return sum(weight * level for weight, level in zip(_LUMA, colour, strict=True))
