"""The icons of programs and files, drawn from a few flat shapes each."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.sim.shapes import Shape, box, oval, picture, poly, ring, stroke
from hrlctl.errors import UnknownNameError

W, K = 0xFFFFFF, 0x22262E  # white, ink
RED, ORANGE, AMBER, GREEN = 0xE5483F, 0xF28A2E, 0xF7C53B, 0x3FA95B
TEAL, BLUE, NAVY, VIOLET = 0x23A5A5, 0x3B82E0, 0x2B4A86, 0x8A56C9
PINK, BROWN, GREY, SILVER = 0xE86AA6, 0x8A5A34, 0x6B7482, 0xC9D0D9
STEEL = 0x6A8CC0

# fmt: off
_DRAWINGS: dict[str, tuple[Shape, ...]] = {
    "calculator": (
        box(0x4A5568, 2, 1, 12, 13, 1.5), box(0xBFE3C0, 3, 2, 11, 5),
        *(box(W, x, y, x + 2, y + 1.5) for y in (6, 8.2, 10.4) for x in (3, 6)),
        *(box(ORANGE, 9, y, 11, y + 1.5) for y in (6, 8.2, 10.4)),
    ),
    "editor": (
        box(W, 2, 1, 11, 13, 0.6), *(box(0x9AA7B8, 3, y, 9, y + 1) for y in (3, 5, 7, 9)),
        stroke(ORANGE, 12, 4.5, 8, 10.5, 2), poly(K, (7, 12.4), (7.2, 10), (9, 11)),
    ),
    "settings": (
        *(stroke(GREY, x, y, 14 - x, 14 - y, 2.6)
          for x, y in ((7, 1.6), (1.6, 7), (3.2, 3.2), (10.8, 3.2))),
        oval(GREY, 7, 7, 4.4), oval(SILVER, 7, 7, 2.9), oval(0x3A4150, 7, 7, 1.5),
    ),
    "folder": (
        box(0xD9982B, 1, 2.5, 6.5, 6, 0.8), box(0xD9982B, 1, 4, 13, 12, 0.8),
        box(AMBER, 1, 5.5, 13, 12, 0.8),
    ),
    "file": (
        poly(W, (3, 1), (9, 1), (11.5, 3.5), (11.5, 13), (3, 13)),
        poly(0xB8C4D4, (9, 1), (11.5, 3.5), (9, 3.5)),
        *(box(0x7FA6DC, 4.5, y, 10, y + 1) for y in (5, 7, 9)),
    ),
    "mail": (
        box(0xF4F1E6, 1, 3, 13, 11.5, 0.6),
        stroke(RED, 1.8, 3.8, 7, 8, 1.2), stroke(RED, 12.2, 3.8, 7, 8, 1.2),
    ),
    "music": (
        box(PINK, 5, 2, 12, 4), box(PINK, 5, 2, 6.5, 11), box(PINK, 10.5, 2, 12, 10),
        oval(PINK, 4.6, 11, 2.2, 1.8), oval(PINK, 10.1, 10, 2.2, 1.8),
    ),
    "camera": (
        box(0x4A5568, 4.5, 2, 9.5, 5, 0.8), box(0x4A5568, 1, 4, 13, 12, 1.2),
        oval(SILVER, 7, 8, 3.3), oval(0x2F6FC4, 7, 8, 2.3), oval(0x9CC9F7, 6.3, 7.3, 0.8),
        box(RED, 10.8, 5, 12, 6.2),
    ),
    "clock": (
        oval(0x3A6EA5, 7, 7, 6), oval(W, 7, 7, 4.7),
        stroke(K, 7, 7, 7, 3.8, 1.1), stroke(K, 7, 7, 9.4, 8, 1.1), oval(RED, 7, 7, 0.8),
    ),
    "game": (
        box(0x5B4BB5, 1, 4, 13, 11, 3.5), box(W, 3, 6.8, 6, 8.2), box(W, 3.8, 6, 5.2, 9),
        oval(RED, 9, 8.4, 1), oval(AMBER, 10.8, 6.6, 1),
    ),
    "chart": (
        box(W, 1, 1, 13, 13, 1), box(BLUE, 3, 7, 5, 12), box(GREEN, 6, 4, 8, 12),
        box(RED, 9, 8.5, 11, 12),
    ),
    "map": (
        poly(0x8FCB7F, (1, 3), (5, 1.5), (5, 11.5), (1, 13)),
        poly(0xCBE3A4, (5, 1.5), (9, 3), (9, 13), (5, 11.5)),
        poly(0x8FCB7F, (9, 3), (13, 1.5), (13, 11.5), (9, 13)),
        oval(RED, 7.5, 5, 2), poly(RED, (5.8, 6), (9.2, 6), (7.5, 9.5)), oval(W, 7.5, 5, 0.8),
    ),
    "lock": (
        ring(0x7A8594, 7, 5, 4, 1.6), box(AMBER, 2, 6, 12, 13, 1), oval(K, 7, 9, 1.2),
        box(K, 6.4, 9, 7.6, 11.5),
    ),
    "cloud": (
        oval(0xDCEBFA, 4, 9, 3.2, 2.8), oval(0xDCEBFA, 7, 6.5, 3.8), oval(0xDCEBFA, 10.4, 9, 2.8),
        box(0xDCEBFA, 4, 8, 10.5, 11.8),
    ),
    "book": (
        box(0xB8372F, 2, 1, 12, 13, 0.8), box(0xF7EFD9, 3.4, 10.6, 12, 12.2),
        box(AMBER, 4.5, 3.5, 10, 5), box(0x7E1F1B, 2, 1, 3.3, 13),
    ),
    "star": (
        poly(AMBER, (7, 0.6), (8.9, 5), (13.4, 5.3), (9.9, 8.3), (11.1, 13), (7, 10.4), (2.9, 13),
             (4.1, 8.3), (0.6, 5.3), (5.1, 5)),
    ),
    "heart": (
        oval(RED, 4.2, 4.8, 3.2), oval(RED, 9.8, 4.8, 3.2),
        poly(RED, (1.3, 6), (12.7, 6), (7, 13)), oval(0xFFB3AE, 4, 4, 0.9),
    ),
    "terminal": (
        box(0x14181F, 1, 2, 13, 12, 1), box(0x59616E, 1, 2, 13, 3.6),
        stroke(0x5FE08A, 3, 5.5, 5, 7.3, 1.2), stroke(0x5FE08A, 5, 7.3, 3, 9.1, 1.2),
        box(W, 6.5, 9, 10, 10.2),
    ),
    "globe": (
        oval(BLUE, 7, 7, 6), poly(0x6CC46A, (3, 3.4), (7, 2), (7.4, 5), (5, 7), (2, 7)),
        poly(0x6CC46A, (8, 6.5), (12.4, 5.5), (11.5, 10), (8.6, 11.5)),
        oval(0x6CC46A, 5, 10.4, 1.4),
    ),
    "trash": (
        box(0x8A94A3, 5, 0.8, 9, 3), box(0x8A94A3, 2, 2, 12, 4, 0.5),
        poly(0xB4BDC9, (3, 4.6), (11, 4.6), (10.2, 13), (3.8, 13)),
        *(box(0x6B7482, x, 6, x + 0.9, 11.6) for x in (4.9, 6.6, 8.3)),
    ),
    "palette": (
        oval(0xE9C9A0, 7, 7, 6.2, 5.4), oval(None, 9, 10, 1.6), oval(RED, 4, 6, 1.3),
        oval(AMBER, 7, 4, 1.3), oval(BLUE, 10.3, 5.6, 1.3), oval(GREEN, 5, 9.6, 1.3),
    ),
    "video": (
        box(0x2C3340, 1, 2, 13, 12, 0.8), poly(0x5FC3F0, (5.4, 4.4), (10, 7), (5.4, 9.6)),
        *(box(W, x, y, x + 1, y + 1) for y in (2.5, 10.5) for x in (2, 4.5, 7, 9.5, 11.3)),
    ),
    "phone": (
        box(0x2C3340, 3.5, 0.8, 10.5, 13.2, 1.4), box(0x7FD0F0, 4.5, 2.4, 9.5, 10.6),
        oval(W, 7, 11.9, 0.8),
    ),
    "chat": (
        box(GREEN, 1, 1.5, 13, 10, 2.6), poly(GREEN, (3, 9), (7, 9), (3, 13)),
        *(oval(W, x, 5.8, 1) for x in (4, 7, 10)),
    ),
    "calendar": (
        box(W, 1, 2, 13, 13, 0.8), box(RED, 1, 2, 13, 5, 0.8), box(K, 3.4, 0.8, 4.6, 3.2),
        box(K, 9.4, 0.8, 10.6, 3.2),
        *(box(0x8EA0B8, x, y, x + 1.6, y + 1.6) for y in (6.4, 9.4) for x in (3, 6.2, 9.4)),
    ),
    "printer": (
        box(W, 3.5, 1, 10.5, 5), box(0x5B6674, 1, 4.5, 13, 10.5, 1), box(W, 3.5, 8.5, 10.5, 13),
        box(0x9AA7B8, 4.5, 10, 9.5, 10.9), oval(0x6FE07F, 11.2, 6.4, 0.8),
    ),
    "search": (
        stroke(BROWN, 9, 9, 12.4, 12.4, 2.4), oval(0x4A5568, 5.6, 5.6, 4.8),
        oval(0xBFE3F7, 5.6, 5.6, 3.4), oval(W, 4.5, 4.5, 1),
    ),
    "key": (
        ring(AMBER, 4.5, 4.8, 3.9, 2.1), stroke(AMBER, 6.8, 7, 12, 12, 1.9),
        stroke(AMBER, 10.2, 10.4, 11.9, 8.8, 1.5), stroke(AMBER, 8.4, 8.6, 9.8, 7.2, 1.5),
    ),
    "bell": (
        oval(ORANGE, 7, 12, 1.6), oval(AMBER, 7, 5, 3.8, 4), poly(
            AMBER, (3.2, 5), (10.8, 5), (12.6, 11), (1.4, 11)), oval(ORANGE, 7, 1.4, 1),
    ),
    "flag": (
        box(BROWN, 2, 1, 3.4, 13.4), poly(RED, (3.4, 1.4), (12.8, 2.6), (10.4, 5), (12.8, 8),
                                          (3.4, 8.4)),
    ),
    "home": (
        box(0xF2DDB5, 3, 6, 11, 13), poly(0xC2452D, (7, 0.8), (13.4, 7.2), (0.6, 7.2)),
        box(BROWN, 5.8, 8.6, 8.2, 13), box(0xC2452D, 9.6, 1.6, 11.2, 5),
    ),
    "sun": (
        *(stroke(ORANGE, x, y, 14 - x, 14 - y, 1.5)
          for x, y in ((7, 0.9), (0.9, 7), (2.7, 2.7), (11.3, 2.7))),
        oval(AMBER, 7, 7, 3.9),
    ),
    "moon": (oval(0xF5E6A8, 6.6, 7, 5.8), oval(None, 9.6, 5.2, 4.8)),
    "leaf": (
        poly(GREEN, (12.8, 1.2), (12.6, 7), (9, 11.4), (4.4, 11.6), (2.4, 9), (3.2, 5), (7, 2)),
        stroke(0x1E6B35, 1.6, 12.6, 10, 4.2, 1),
    ),
    "flame": (
        oval(0xEE5A24, 7, 9, 4.4), poly(0xEE5A24, (7.6, 0.6), (11.2, 8), (2.8, 8), (4.6, 4.4),
                                        (6.2, 5)),
        oval(AMBER, 7, 10.2, 2.5), poly(AMBER, (7.2, 5.6), (9.2, 9.6), (4.8, 9.6)),
    ),
    "drop": (
        oval(0x3BA3E8, 7, 8.8, 4.4), poly(0x3BA3E8, (7, 0.8), (11, 7), (3, 7)),
        oval(0xC4E6FB, 5.4, 9.2, 1.1, 1.6),
    ),
    "bolt": (
        box(NAVY, 1, 1, 13, 13, 3),
        poly(AMBER, (8.2, 2), (3.6, 7.8), (6.4, 7.8), (5.4, 12), (10.4, 5.8), (7.4, 5.8)),
    ),
    "gift": (
        box(VIOLET, 2, 6, 12, 13), box(0xA97BE0, 1, 4, 13, 6.6), box(AMBER, 6, 4, 8, 13),
        ring(AMBER, 4.8, 2.7, 2.1, 1.1), ring(AMBER, 9.2, 2.7, 2.1, 1.1),
    ),
    "cup": (
        ring(W, 10.4, 7.4, 2.8, 1.3), box(W, 2, 5, 10.5, 12.4, 1.6), box(BROWN, 3, 5, 9.5, 6.8),
        stroke(SILVER, 4.6, 1.2, 4.6, 3.2, 1), stroke(SILVER, 7.6, 1.2, 7.6, 3.2, 1),
    ),
    "puzzle": (
        box(TEAL, 1, 4.5, 10, 13, 0.6), oval(TEAL, 5.5, 3.6, 2), oval(TEAL, 11, 8.8, 2),
        oval(None, 1, 8.8, 1.5),
    ),
    "rocket": (
        poly(ORANGE, (5.6, 10.5), (8.4, 10.5), (7, 13.6)),
        poly(RED, (3.4, 11.4), (4.6, 7), (9.4, 7), (10.6, 11.4)),
        oval(W, 7, 6.2, 2.7, 5.6), oval(BLUE, 7, 5.4, 1.3), box(RED, 6.4, 8.4, 7.6, 12),
    ),
    "car": (
        box(0x1F8FBF, 3.4, 3, 10.4, 8, 2), box(0xCDEBFA, 4.6, 4.2, 9.2, 6.6),
        box(0x1F8FBF, 0.8, 6.2, 13.2, 10.6, 1.2), oval(K, 3.8, 10.8, 1.9), oval(K, 10.2, 10.8, 1.9),
        oval(SILVER, 3.8, 10.8, 0.8), oval(SILVER, 10.2, 10.8, 0.8),
    ),
    "fish": (
        oval(ORANGE, 6, 7, 5, 3.6), poly(ORANGE, (9.4, 7), (13.4, 3.2), (13.4, 10.8)),
        box(W, 5.4, 3.6, 6.8, 10.4), oval(W, 3.2, 6.2, 1.1), oval(K, 3.2, 6.2, 0.6),
    ),
    "tree": (
        box(BROWN, 6, 10, 8, 13.4), poly(0x2E8B4E, (7, 3.6), (12.6, 11), (1.4, 11)),
        poly(GREEN, (7, 0.6), (11, 6.6), (3, 6.6)),
    ),
    "flower": (
        *(oval(PINK, x, y, 2.5) for x, y in ((7, 3.2), (3.4, 5.8), (10.6, 5.8), (4.8, 10),
                                             (9.2, 10))),
        oval(AMBER, 7, 7, 2.2),
    ),
    "anchor": (
        ring(STEEL, 7, 2.8, 2.2, 1.2), box(STEEL, 6.2, 4.4, 7.8, 12.6), box(STEEL, 4, 5.4, 10, 6.8),
        poly(STEEL, (1, 8), (4, 8), (7, 11), (10, 8), (13, 8), (11, 12), (7, 13.6), (3, 12)),
    ),
    "umbrella": (
        oval(VIOLET, 7, 7.2, 6.2), box(None, 0, 7.2, 14, 14),
        poly(0xB48BE6, (7, 1), (9, 7.2), (5, 7.2)), box(BROWN, 6.4, 7.2, 7.6, 13),
        box(BROWN, 4.4, 11.8, 7, 13),
    ),
    "battery": (
        box(0x3A4150, 5, 0.8, 9, 3), box(0x3A4150, 3, 2, 11, 13.2, 1), box(GREEN, 4.2, 7, 9.8, 12),
        box(0x9BE0A8, 4.2, 4.6, 9.8, 6.2),
    ),
    "disk": (
        box(NAVY, 1, 1, 13, 13, 0.8), box(SILVER, 4, 1, 10, 5), box(NAVY, 7.6, 1.8, 9, 4.2),
        box(W, 3, 7, 11, 13), *(box(0x9AA7B8, 4.4, y, 9.6, y + 0.9) for y in (8.6, 10.6)),
    ),
    "photo": (
        box(W, 1, 1.5, 13, 12.5, 0.6), box(0x8CC9F2, 2, 2.5, 12, 11.5), oval(AMBER, 9.4, 5, 1.4),
        poly(0x4C9A54, (2, 11.5), (5.6, 6), (9, 11.5)),
        poly(0x2F7A45, (6.4, 11.5), (9.4, 8), (12, 11.5)),
    ),
    "bag": (
        ring(BROWN, 7, 4.6, 3.4, 1.2), poly(0xE0774A, (2, 5), (12, 5), (13, 13), (1, 13)),
        oval(W, 4.6, 7, 0.8), oval(W, 9.4, 7, 0.8),
    ),
    "tag": (
        poly(TEAL, (1, 1.4), (7, 1.4), (13.2, 7.6), (7.4, 13.2), (1, 7)), oval(W, 4, 4.4, 1.3),
    ),
    "user": (
        oval(0x3E6FB0, 7, 13, 5.8, 5), box(None, 0, 13.4, 14, 14), oval(0xF2C9A0, 7, 4.4, 3.4),
        poly(BROWN, (3.6, 4.2), (4.4, 1.6), (7, 0.7), (9.6, 1.6), (10.4, 4.2), (7, 2.8)),
    ),
    "note": (
        poly(0xFFE27A, (1.5, 1.5), (12.5, 1.5), (12.5, 9), (9, 12.5), (1.5, 12.5)),
        poly(0xD9B23C, (12.5, 9), (9, 12.5), (9, 9)),
        *(box(0x8A7426, 3.2, y, 10.6, y + 0.9) for y in (4, 6)),
    ),
    "diamond": (
        poly(0x49C6E5, (3.6, 2), (10.4, 2), (13.4, 5.8), (7, 13), (0.6, 5.8)),
        poly(0xA8E8F7, (3.6, 2), (10.4, 2), (9.4, 5.8), (4.6, 5.8)),
        poly(0x1F93B5, (9.4, 5.8), (13.4, 5.8), (7, 13)),
    ),
    "dice": (
        box(0xF7F7F2, 1.4, 1.4, 12.6, 12.6, 2),
        *(oval(RED, x, y, 1.2) for x in (4.2, 9.8) for y in (4.2, 9.8)), oval(RED, 7, 7, 1.2),
    ),
    "ball": (
        oval(0xD9622B, 7, 7, 6), stroke(K, 7, 1.2, 7, 12.8, 0.9), stroke(K, 1.2, 7, 12.8, 7, 0.9),
        ring(K, 0.2, 7, 4.8, 0.9), ring(K, 13.8, 7, 4.8, 0.9),
    ),
    "plane": (
        poly(0xF4F7FB, (13.4, 0.8), (0.6, 6.2), (4.8, 8)),
        poly(0x9DB2CC, (13.4, 0.8), (4.8, 8), (5.4, 13)),
        poly(0xDCE6F2, (13.4, 0.8), (6.4, 8.8), (10.4, 11.4)),
    ),
    "radio": (
        stroke(GREY, 4, 4, 10.6, 0.9, 1), box(0xA8452F, 1, 4, 13, 12.6, 1),
        oval(0xF0D9B0, 4.6, 8.4, 2.6), oval(0x6B2A1C, 4.6, 8.4, 1.2), box(0xF0D9B0, 8.4, 6, 12, 8),
        oval(AMBER, 9.4, 10.4, 0.9), oval(AMBER, 11.6, 10.4, 0.8),
    ),
}
# fmt: on

ICONS: tuple[str, ...] = tuple(_DRAWINGS)
"""The names of all icons."""


@lru_cache(maxsize=1024)
def icon(name: str, size: int) -> npt.NDArray[np.uint8]:
    """The icon ``name``, RGBA, shape (size, size, 4).

    Raises:
        UnknownNameError: there is no such icon.
    """
    if name not in _DRAWINGS:
        raise UnknownNameError("icon", name, ICONS)
    pixels = picture(_DRAWINGS[name], size)
    pixels.flags.writeable = False
    return pixels
