"""Where windows are put, without a display."""

from __future__ import annotations

import random

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.x11.arrangement import draw_place
from hrlctl.desktop.x11.location import POINTABLE, visible


def test_a_window_leaves_enough_of_the_titles_below_to_point_at() -> None:
    title = Rect(13, 25, 287, 20)
    frame = Rect(0, 0, 398, 240)
    for seed in range(500):
        x, y = draw_place(random.Random(seed), (640, 480), frame, [title])
        left = visible(title, [frame._replace(x=x, y=y)])
        assert left is not None
        assert min(left.width, left.height) >= POINTABLE, seed


def test_what_can_be_pointed_at_comes_before_what_is_larger() -> None:
    title = Rect(0, 0, 300, 20)
    cover = Rect(20, 8, 280, 100)
    assert visible(title, [cover]) == Rect(0, 0, 20, 20)
