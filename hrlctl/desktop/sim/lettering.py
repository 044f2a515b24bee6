"""Coloured text, joined from coloured letters: most texts are drawn only a few times.

Every episode has new words, so what counts is how fast a text is drawn that was never drawn before:
one concatenation of small arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Screen
from hrlctl.desktop.sim.fonts import FONTS, Coverage
from hrlctl.desktop.sim.theme import Colour

Letters = npt.NDArray[Any]


class Overlay(NamedTuple):
    """A half transparent picture, prepared: pixels become (pixels * rest + ink) // 255.

    Both are uint16, shape (height, width, 3); of full shape and not broadcast, because NumPy is
    several times as fast then.
    """

    ink: npt.NDArray[np.uint16]
    rest: npt.NDArray[np.uint16]


class _LetterSet(dict[str, Letters]):
    """Letters of one font, each made from its coverage when it is first used."""

    def __init__(self, font_name: str, make: Callable[[Coverage], Letters]) -> None:
        self._font = FONTS[font_name]
        self._make = make

    def __missing__(self, character: str) -> Letters:
        letter = self._make(self._font.glyph(character))
        self[character] = letter
        return letter

    def join(self, text: str) -> Letters:
        return np.concatenate(list(map(self.__getitem__, text)), 1)


def _deep(coverage: Coverage) -> npt.NDArray[np.uint16]:
    return np.repeat(coverage[:, :, None], 3, axis=2).astype(np.uint16)


@lru_cache(maxsize=1024)
def _letters_on(font_name: str, colour: Colour, ground: Colour) -> _LetterSet:
    above, below = np.array(colour, np.uint16), np.array(ground, np.uint16)

    def make(coverage: Coverage) -> Letters:
        alpha = _deep(coverage)
        return ((below * (255 - alpha) + above * alpha + 127) // 255).astype(np.uint8)

    return _LetterSet(font_name, make)


@lru_cache(maxsize=256)
def _letters_ink(font_name: str, colour: Colour) -> _LetterSet:
    above = np.array(colour, np.uint16)
    return _LetterSet(font_name, lambda coverage: _deep(coverage) * above + 127)


@lru_cache(maxsize=32)
def _letters_rest(font_name: str) -> _LetterSet:
    return _LetterSet(font_name, lambda coverage: 255 - _deep(coverage))


@lru_cache(maxsize=32)
def _letters_mask(font_name: str) -> _LetterSet:
    return _LetterSet(font_name, lambda coverage: _deep(coverage) > 0)


@lru_cache(maxsize=2048)
def text_on(font_name: str, text: str, colour: Colour, ground: Colour) -> Screen:
    """``text`` on a plain ground, RGB, shape (height, width, 3)."""
    pixels: Screen = _letters_on(font_name, colour, ground).join(text)
    return pixels


@lru_cache(maxsize=2048)
def text_overlay(font_name: str, text: str, colour: Colour) -> Overlay:
    """``text`` to be blended over anything."""
    return Overlay(_letters_ink(font_name, colour).join(text), _letters_rest(font_name).join(text))


@lru_cache(maxsize=2048)
def text_mask(font_name: str, text: str) -> npt.NDArray[np.bool_]:
    """Where ``text`` is, shape (height, width, 3); for fonts without half covered pixels."""
    mask: npt.NDArray[np.bool_] = _letters_mask(font_name).join(text)
    return mask


def picture_overlay(image: npt.NDArray[np.uint8]) -> Overlay:
    """An RGBA picture, shape (height, width, 4), to be blended over anything."""
    alpha = _deep(image[:, :, 3])
    return Overlay(image[:, :, :3] * alpha + 127, 255 - alpha)


def _glow(coverage: Coverage) -> Coverage:
    """What surrounds a letter by a pixel, below and on the right of it by a corner as well.

    Two rows higher than the letter; cut to its advance, so that letters can be joined.
    """
    height, width = coverage.shape
    glow = np.zeros((height + 2, width + 2), np.uint8)
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, 2), (2, 1), (2, 2)):
        place = glow[dy : dy + height, dx : dx + width]
        np.maximum(place, coverage, out=place)
    return glow[:, 1:-1]


def _raised(coverage: Coverage) -> npt.NDArray[np.uint16]:
    return _deep(np.pad(coverage, ((1, 1), (0, 0))))


@lru_cache(maxsize=64)
def _letters_glow_ink(font_name: str, colour: Colour, glow: Colour) -> _LetterSet:
    above, around = np.array(colour, np.uint16), np.array(glow, np.uint16)

    def make(coverage: Coverage) -> Letters:
        alpha, halo = _raised(coverage), _deep(_glow(coverage))
        below = (around * halo + 127) // 255
        return (below * (255 - alpha) + above * alpha + 127).astype(np.uint16)

    return _LetterSet(font_name, make)


@lru_cache(maxsize=32)
def _letters_glow_rest(font_name: str) -> _LetterSet:
    def make(coverage: Coverage) -> Letters:
        return (255 - _raised(coverage)) * (255 - _deep(_glow(coverage))) // 255

    return _LetterSet(font_name, make)


@lru_cache(maxsize=1024)
def glow_overlay(font_name: str, text: str, colour: Colour, glow: Colour) -> Overlay:
    """``text`` with ``glow`` around it, two rows higher than the text alone."""
    return Overlay(
        _letters_glow_ink(font_name, colour, glow).join(text),
        _letters_glow_rest(font_name).join(text),
    )
