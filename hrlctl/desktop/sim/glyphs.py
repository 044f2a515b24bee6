"""Small one-colour signs: ticks, arrows, title-button signs, the pointer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
"""Which pixels a sign covers, shape (height, width)."""


def _mask(*rows: str) -> Mask:
    return np.array([[pixel == "#" for pixel in row] for row in rows])


GLYPHS: Mapping[str, Mask] = MappingProxyType({
    "tick": _mask(
        ".....#",
        "....##",
        "#..##.",
        "####..",
        ".##...",
    ),
    "cross": _mask(
        "##..##",
        ".####.",
        "..##..",
        ".####.",
        "##..##",
    ),
    "fill": _mask(
        "####",
        "####",
        "####",
        "####",
    ),
    "close": _mask(
        "#...#",
        ".#.#.",
        "..#..",
        ".#.#.",
        "#...#",
    ),
    "minimize": _mask(
        ".....",
        ".....",
        ".....",
        ".....",
        "#####",
    ),
    "maximize": _mask(
        "#####",
        "#####",
        "#...#",
        "#...#",
        "#####",
    ),
    "restore": _mask(
        ".####",
        ".#..#",
        "####.",
        "#..##",
        "####.",
    ),
    "minimize_dot": _mask(
        "#####",
    ),
    "maximize_dot": _mask(
        "###",
        "#.#",
        "###",
    ),
    "restore_dot": _mask(
        ".##",
        "#.#",
        "##.",
    ),
    "close_dot": _mask(
        "#...#",
        ".#.#.",
        "..#..",
        ".#.#.",
        "#...#",
    ),
    "close_even": _mask(
        "#....#",
        ".#..#.",
        "..##..",
        "..##..",
        ".#..#.",
        "#....#",
    ),
    "minimize_even": _mask(
        "......",
        "......",
        "......",
        "......",
        "######",
        "######",
    ),
    "maximize_even": _mask(
        "######",
        "######",
        "#....#",
        "#....#",
        "#....#",
        "######",
    ),
    "restore_even": _mask(
        "..####",
        "..#..#",
        "####.#",
        "#..###",
        "#..#..",
        "####..",
    ),
    "arrow_down": _mask(
        "#####",
        ".###.",
        "..#..",
    ),
    "arrow_left": _mask(
        "..#...",
        ".##...",
        "######",
        ".##...",
        "..#...",
    ),
    "arrow_right": _mask(
        "...#..",
        "...##.",
        "######",
        "...##.",
        "...#..",
    ),
    "plus": _mask(
        "..#..",
        "..#..",
        "#####",
        "..#..",
        "..#..",
    ),
    "emblem": _mask(
        "##.##",
        "##.##",
        ".....",
        "##.##",
        "##.##",
    ),
    "dot": _mask(
        "..####..",
        ".######.",
        "########",
        "########",
        "########",
        "########",
        ".######.",
        "..####..",
    ),
    "disc": _mask(
        "..###..",
        ".#####.",
        "#######",
        "#######",
        "#######",
        ".#####.",
        "..###..",
    ),
    "ring": _mask(
        "..####..",
        ".#....#.",
        "#......#",
        "#......#",
        "#......#",
        "#......#",
        ".#....#.",
        "..####..",
    ),
    "bullet": _mask(
        ".##.",
        "####",
        "####",
        ".##.",
    ),
    "lens": _mask(
        ".##..",
        "#..#.",
        "#..#.",
        ".##..",
        "...##",
    ),
    "pointer": _mask(
        "#......",
        "##.....",
        "###....",
        "####...",
        "#####..",
        "######.",
        "#######",
        "####...",
        "#..##..",
        "...##..",
        "....#..",
    ),
})  # fmt: skip
"""All signs by name."""
