"""Build ``hrlctl/desktop/sim/assets/fonts.npz``: the fonts of the simulated desktop.

Run once, on a machine with the Debian packages ``xfonts-base xfonts-75dpi fonts-dejavu-core
fonts-lato fonts-liberation2``, then commit the result: every machine draws from the same glyphs,
whatever fonts and rasteriser it has itself.

    python scripts/build_fonts.py
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

FONT_FOLDER = Path("/usr/share/fonts")
ASSET = Path(__file__).parents[1] / "hrlctl" / "desktop" / "sim" / "assets" / "fonts.npz"
CHARACTERS = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100))))
ELLIPSIS = "…"  # two dots: what is left of the text needs the room
BOX = "\N{REPLACEMENT CHARACTER}"
PADDING = 2  # columns on each side while drawing; a letter keeps what is inside its advance
BASELINE = 20


class Source(NamedTuple):
    """A font file and its size in pixels; ``gain`` strengthens thin strokes."""

    name: str
    path: str
    size: int
    smooth: bool
    gain: float = 1.0
    redrawn: Mapping[str, tuple[str, ...]] = MappingProxyType({})  # letters, on the baseline


# Five columns instead of four: with four, M and H or m and n look alike.
WIDE_LETTERS = MappingProxyType({
    "M": ("#...#", "##.##", "#.#.#", "#.#.#", "#...#", "#...#"),
    "W": ("#...#", "#...#", "#.#.#", "#.#.#", "##.##", "#...#"),
    "m": ("##.#.", "#.#.#", "#.#.#", "#.#.#"),
    "w": ("#...#", "#.#.#", "#.#.#", ".#.#."),
})  # fmt: skip
# A one that is no l, and an accent that does not lie above the line.
CLEAR_LETTERS = MappingProxyType({
    "1": ("..#.", ".##.", "#.#.", "..#.", "..#.", ".###"),
    "`": ("#.", ".#", "..", "..", "..", ".."),
})  # fmt: skip

# Named by their looks: some licences reserve the original names. See assets/NOTICE.
SOURCES = (
    Source("pixel", "X11/misc/5x7.pcf.gz", 7, False, redrawn=WIDE_LETTERS),
    Source("narrow", "X11/75dpi/helvR08-ISO8859-1.pcf.gz", 8, False),
    Source("narrow_bold", "X11/75dpi/helvB08-ISO8859-1.pcf.gz", 8, False),
    Source("serif", "X11/75dpi/ncenR08-ISO8859-1.pcf.gz", 8, False, redrawn=CLEAR_LETTERS),
    Source("sans", "truetype/dejavu/DejaVuSansCondensed.ttf", 8, True, 1.35),
    Source("sans_bold", "truetype/dejavu/DejaVuSansCondensed-Bold.ttf", 8, True),
    Source("humanist", "truetype/lato/Lato-Medium.ttf", 9, True, 1.15),
    Source("grotesque", "truetype/liberation2/LiberationSans-Regular.ttf", 9, True, 1.35),
)


def separate(glyph: npt.NDArray[np.uint8], advance: int) -> int:
    """Shift ``glyph`` and widen its advance so that it cannot touch its neighbours."""
    columns = np.flatnonzero(glyph.any(0))
    if not len(columns):
        return advance
    if columns[0] < PADDING:
        shift = int(PADDING - columns[0])
        glyph[:, shift:] = glyph[:, :-shift].copy()
        columns += shift
    return max(advance, int(columns[-1]) + 2 - PADDING)


def rasterise(source: Source) -> dict[str, npt.NDArray[np.uint8 | np.int32]]:
    """The glyphs of ``source``: coverage (n, height, width), advances (n,), and metrics."""
    font = ImageFont.truetype(
        str(FONT_FOLDER / source.path), source.size, layout_engine=ImageFont.Layout.BASIC
    )
    advances = [round(font.getlength(character)) for character in CHARACTERS]
    width = max(advances) + 2 * PADDING + 2
    glyphs = np.zeros((len(CHARACTERS) + 2, 2 * BASELINE, width), np.uint8)
    for index, character in enumerate(CHARACTERS):
        image = Image.new("L", (width, 2 * BASELINE))
        draw = ImageDraw.Draw(image)
        draw.fontmode = "L" if source.smooth else "1"
        draw.text((PADDING, BASELINE), character, fill=255, font=font, anchor="ls")
        glyphs[index] = np.minimum(np.asarray(image) * source.gain, 255)
    if not source.smooth:
        # Some bitmap fonts come out shifted to the right as a whole.
        inked = glyphs[[CHARACTERS.index(c) for c in "HIlmn"]].any((0, 1))
        glyphs = np.roll(glyphs, PADDING - int(np.flatnonzero(inked)[0]), axis=2)
        advances = [separate(glyphs[i], advance) for i, advance in enumerate(advances)]
    for character, rows in source.redrawn.items():
        index = CHARACTERS.index(character)
        glyph = np.array([[255 * (pixel == "#") for pixel in row] for row in rows], np.uint8)
        height, columns = glyph.shape
        glyphs[index] = 0
        glyphs[index, BASELINE - height : BASELINE, PADDING : PADDING + columns] = glyph
        advances[index] = columns + 1
    # The line is as high as letters and digits need; taller accents and brackets are cut off.
    alphanumeric = [i for i, c in enumerate(CHARACTERS) if c.isascii() and c.isalnum()]
    used = np.flatnonzero((glyphs[alphanumeric] > 64).any((0, 2)))
    top, bottom = int(used[0]), int(used[-1]) + 1
    capital = np.flatnonzero((glyphs[CHARACTERS.index("H")] > 64).any(1))
    cap_height = BASELINE - int(capital[0])
    glyphs[-2, BASELINE - 1, PADDING + 1 : PADDING + 4 : 2] = 255
    box = glyphs[-1, BASELINE - cap_height : BASELINE, PADDING : PADDING + 4]
    box[:] = 255
    box[1:-1, 1:-1] = 0
    return {
        "glyphs": glyphs[:, top:bottom, PADDING:],
        "advances": np.array([*advances, 5, 5], np.int32),
        "metrics": np.array([BASELINE - top, cap_height], np.int32),
    }


def main() -> None:
    arrays: dict[str, npt.NDArray[np.uint8 | np.int32]] = {
        "characters": np.array([ord(c) for c in CHARACTERS + ELLIPSIS + BOX], np.int32)
    }
    for source in SOURCES:
        for key, value in rasterise(source).items():
            arrays[f"{source.name}/{key}"] = value
    ASSET.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(ASSET, **arrays)  # type: ignore[arg-type]  # numpy's stub: allow_pickle
    print(f"{ASSET.name}: {ASSET.stat().st_size} bytes, {len(SOURCES)} fonts")


if __name__ == "__main__":
    main()
