"""The letters are all there, legible, and small enough for a small screen."""

import itertools
import string

import numpy as np
import pytest

from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.errors import UnknownNameError


@pytest.mark.parametrize("name", FONTS)
def test_letters_are_five_to_seven_pixels_high(name: str) -> None:
    assert 5 <= FONTS[name].cap_height <= 7


@pytest.mark.parametrize("name", FONTS)
def test_every_letter_and_digit_looks_different(name: str) -> None:
    font = FONTS[name]
    # I and l are one upright stroke in most sans-serif fonts, at any size.
    for first, second in itertools.combinations(string.ascii_letters + string.digits, 2):
        if {first, second} != {"I", "l"}:
            assert not np.array_equal(font.alpha(first), font.alpha(second)), first + second


@pytest.mark.parametrize("name", FONTS)
def test_text_is_as_wide_as_announced(name: str) -> None:
    font = FONTS[name]
    for text in ("", "Calculator", "7 * 8 = 56", "größer", "日本"):
        assert font.alpha(text).shape == (font.height, font.width(text))


@pytest.mark.parametrize("name", FONTS)
def test_printable_ascii_is_visible_and_others_get_a_box(name: str) -> None:
    font = FONTS[name]
    assert all(font.alpha(character).max() > 100 for character in string.printable[:94])
    assert np.array_equal(font.alpha("日"), font.alpha("本"))
    assert font.alpha("日").any()


@pytest.mark.parametrize("name", FONTS)
def test_fit_cuts_what_is_too_wide_and_nothing_else(name: str) -> None:
    font = FONTS[name]
    assert font.fit("Editor", 200) == "Editor"
    cut = font.fit("Calculator", 30)
    assert cut.startswith("Cal")
    assert cut.endswith("…")
    assert font.width(cut) - 1 <= 30


def test_an_unknown_font_is_named() -> None:
    with pytest.raises(UnknownNameError):
        FONTS["comic"]
