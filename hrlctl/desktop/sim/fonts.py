"""The fonts of the simulated desktop, drawn from one packaged set of glyphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from importlib.resources import files
from io import BytesIO

import numpy as np
import numpy.typing as npt

from hrlctl.errors import UnknownNameError

Coverage = npt.NDArray[np.uint8]
"""How much of each pixel a text covers, 0 to 255, shape (height, width)."""

_ELLIPSIS = "…"
_BOX = "\N{REPLACEMENT CHARACTER}"


class _Advances(dict[str, int]):
    """How wide each character is; unknown ones are as wide as the box that stands for them."""

    def __missing__(self, _character: str) -> int:
        return self[_BOX]


class Font:
    """A font at one size, with whole-pixel advances.

    Attributes:
        name: its name in ``FONTS``.
        height: rows of a line, from the top of the tallest letter to the lowest descender.
        ascent: rows above the baseline.
        cap_height: rows of a capital letter.
        middle: the row in the middle of a capital letter.
        is_smooth: whether pixels can be half covered.
    """

    def __init__(
        self,
        name: str,
        characters: npt.NDArray[np.int32],
        glyphs: Coverage,
        advances: npt.NDArray[np.int32],
        metrics: npt.NDArray[np.int32],
    ) -> None:
        self.name = name
        self.ascent, self.cap_height = map(int, metrics)
        self.middle = self.ascent - self.cap_height // 2
        self.height = int(glyphs.shape[1])
        self.is_smooth = bool(((glyphs > 0) & (glyphs < 255)).any())
        self._glyphs = {
            chr(code): np.ascontiguousarray(glyph[:, :advance])
            for code, glyph, advance in zip(characters, glyphs, advances, strict=True)
        }
        self._advances = _Advances(
            {character: glyph.shape[1] for character, glyph in self._glyphs.items()}
        )

    def glyph(self, character: str) -> Coverage:
        """The coverage of one character, as wide as its advance; a box for unknown ones."""
        return self._glyphs.get(character, self._glyphs[_BOX])

    def alpha(self, text: str) -> Coverage:
        """The coverage of ``text``, shape (height, width(text))."""
        if not text:
            return np.zeros((self.height, 0), np.uint8)
        return np.concatenate([self.glyph(character) for character in text], axis=1)

    def width(self, text: str) -> int:
        """The advance of ``text`` in pixels."""
        return sum(map(self._advances.__getitem__, text))

    def columns(self, text: str) -> str:
        """Which character of ``text`` each of its ``width(text)`` columns of pixels belongs to."""
        return "".join([character * self._advances[character] for character in text])

    def fit(self, text: str, max_width: int) -> str:
        """``text``, cut and ended by an ellipsis where it is wider than ``max_width`` pixels."""
        # The last column of an advance is the gap to the next letter.
        if self.width(text) - 1 <= max_width:
            return text
        room = max_width + 1 - self.width(_ELLIPSIS)
        cut = 0
        while cut < len(text) and room >= self._advances[text[cut]]:
            room -= self._advances[text[cut]]
            cut += 1
        return text[:cut].rstrip() + _ELLIPSIS

    def column(self, text: str, x: int) -> int:
        """The index of the gap between characters of ``text`` that is nearest to pixel ``x``."""
        return min(range(len(text) + 1), key=lambda index: abs(self.width(text[:index]) - x))


class _Fonts(Mapping[str, Font]):
    """All fonts by name; the asset is read when the first is asked for."""

    @cached_property
    def _fonts(self) -> dict[str, Font]:
        data = (files("hrlctl.desktop.sim") / "assets" / "fonts.npz").read_bytes()
        with np.load(BytesIO(data)) as asset:
            names = sorted(key.split("/")[0] for key in asset.files if key.endswith("/glyphs"))
            return {
                name: Font(
                    name,
                    asset["characters"],
                    *(asset[f"{name}/{part}"] for part in ("glyphs", "advances", "metrics")),
                )
                for name in names
            }

    def __getitem__(self, name: str) -> Font:
        try:
            return self._fonts[name]
        except KeyError:
            raise UnknownNameError("font", name, self._fonts) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._fonts)

    def __len__(self) -> int:
        return len(self._fonts)


FONTS: Mapping[str, Font] = _Fonts()
"""All fonts by name."""
