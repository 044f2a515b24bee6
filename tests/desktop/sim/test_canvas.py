"""Nothing is drawn outside the clip rectangle, and everything lands where it should."""

import numpy as np
import pytest

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.canvas import Canvas, Line, Picture
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.lettering import picture_overlay

RED = (255, 0, 0)
CLIP = Rect(10, 8, 12, 9)


def _draw_everything(canvas: Canvas) -> None:
    everywhere = Rect(-5, -5, 60, 60)
    canvas.fill(everywhere, RED)
    canvas.frame(everywhere, (0, 255, 0))
    canvas.gradient(everywhere, (0, 0, 255), RED)
    canvas.line(-5, -5, 60, 45, (1, 2, 3))
    canvas.line(60, 3, -5, 30, (1, 2, 3))
    canvas.blit(-3, -3, np.full((50, 50, 3), 9, np.uint8))
    canvas.overlay(-3, -3, picture_overlay(np.full((50, 50, 4), 200, np.uint8)))
    canvas.stamp(-3, -3, np.ones((50, 50), np.bool_), RED)
    for font in FONTS.values():
        for y in (-4, 5, 12, 38):
            canvas.text(-3, y, "Mail to everybody", font, RED)
            canvas.text(-3, y, "Mail to everybody", font, RED, (1, 1, 1))


def test_nothing_is_drawn_outside_the_clip() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    _draw_everything(Canvas(pixels, clip=CLIP))
    outside = np.ones((40, 40), np.bool_)
    outside[CLIP.y : CLIP.bottom, CLIP.x : CLIP.right] = False
    assert not pixels[outside].any()
    assert pixels[~outside].any()


def test_clips_intersect_and_may_be_empty() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    canvas = Canvas(pixels, clip=CLIP).clipped(Rect(20, 0, 40, 40)).clipped(Rect(0, 10, 40, 3))
    assert canvas.clip == Rect(20, 10, 2, 3)
    _draw_everything(canvas.clipped(Rect(0, 0, 5, 5)))
    assert not pixels.any()


def test_a_moved_canvas_has_its_own_origin() -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    Canvas(pixels, origin=(1, 1)).moved(Rect(4, 5, 6, 6)).fill(Rect(0, 0, 2, 1), RED)
    assert np.argwhere(pixels[:, :, 0]).tolist() == [[6, 5], [6, 6]]


@pytest.mark.parametrize("name", FONTS)
def test_text_on_a_ground_equals_blended_text(name: str) -> None:
    blended = np.full((20, 60, 3), 50, np.uint8)
    painted = blended.copy()
    Canvas(blended).text(3, 4, "Quick fox", FONTS[name], (250, 120, 0))
    Canvas(painted).text(3, 4, "Quick fox", FONTS[name], (250, 120, 0), (50, 50, 50))
    assert np.array_equal(blended, painted)


def test_a_line_reaches_both_ends() -> None:
    pixels = np.zeros((20, 20, 3), np.uint8)
    Canvas(pixels).line(2, 3, 15, 9, RED)
    assert pixels[3, 2, 0] == pixels[9, 15, 0] == 255
    assert np.count_nonzero(pixels[:, :, 0]) == 14


def test_a_picture_takes_its_texts_along() -> None:
    font = next(iter(FONTS.values()))
    own = Canvas(np.zeros((20, 60, 3), np.uint8))
    own.text(4, 3, "Hello", font, RED)
    picture = Picture(own.pixels, tuple(own.lines))
    below = Canvas(np.zeros((60, 60, 3), np.uint8), clip=Rect(0, 0, 30, 60))
    below.put(10, 20, picture)
    assert below.lines == [Line("Hello", font, 14, 23, 10, 30)]
    np.testing.assert_array_equal(below.pixels[20:40, 10:30], own.pixels[:, :20])
    above = Canvas(np.zeros((60, 60, 3), np.uint8), clip=Rect(0, 0, 60, 10))
    above.put(0, 40, picture)
    assert not above.lines


def test_a_text_says_which_letter_each_column_shows() -> None:
    for font in FONTS.values():
        columns = font.columns("mild")
        assert len(columns) == font.width("mild")
        assert "".join(dict.fromkeys(columns)) == "mild"
