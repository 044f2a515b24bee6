"""What teaches to see and to read on a private display is true, and unknown where it may not be."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest

from hrlctl.desktop.commands import Click, RightClick
from hrlctl.desktop.contract import (
    LOOKS,
    SIGNS,
    UNLABELLED,
    UNREAD,
    Annotation,
    Desktop,
    Locator,
    Rect,
)
from hrlctl.desktop.x11.annotation import Character, Labels, Thing
from hrlctl.env.observation import PAD, encode_letters
from hrlctl.schema.setup import Setup

from .conftest import middle

ROWS, COLUMNS = 30, 40


def read(seen: Annotation, rect: Rect) -> str:
    """What is written in the row of cells in the middle of ``rect`` (pixels of the screen)."""
    row = (rect.y + rect.height // 2) // 8
    letters = seen.letters[row, rect.x // 4 : rect.right // 4 + 1]
    text = "".join(chr(code) for code in letters if code not in (0, UNREAD))
    return "".join(letter for letter, _ in groupby(text.lower()))


def says(seen: Annotation, rect: Rect, text: str) -> bool:
    """Whether ``text`` stands there; letters too narrow for half a cell may be missing."""
    found = read(seen, rect).strip()
    rest = iter(text.lower())
    return len(found) > len(text) / 2 and all(letter in rest for letter in found)


def looks_at(seen: Annotation, x: int, y: int) -> str | None:
    look = int(seen.looks[y // 8, x // 8])
    return None if look == UNLABELLED else LOOKS[look]


def test_what_lies_above_hides_what_lies_below() -> None:
    labels = Labels((640, 480), ROWS, COLUMNS)
    labels.blank(Rect(0, 0, 640, 480))
    labels.enter([Thing("desktop", Rect(0, 0, 640, 480))])
    labels.write([Character("a", 0, 8, 8), Character("b", 8, 16, 8), Character("é", 40, 48, 8)])
    labels.unknown(Rect(32, 0, 64, 64))
    labels.write([Character("z", 32, 48, 8)])  # below what is unknown
    labels.enter([Thing("button", Rect(32, 0, 16, 16), is_marked=True)])
    seen = labels.annotation()
    assert seen.letters[0, :4].tolist() == [ord("a"), ord("b"), 0, 0]
    assert (seen.letters[:4, 4:12] == UNREAD).all()
    assert seen.letters[0, 12] == 0
    assert looks_at(seen, 4, 4) == "desktop"
    assert looks_at(seen, 20, 4) == "marked button"
    assert looks_at(seen, 28, 4) is None
    codes = encode_letters(seen.letters)
    assert codes[0, 4] == UNLABELLED
    assert codes[0, 2] == PAD
    both = (codes == UNLABELLED).reshape(ROWS, COLUMNS, 2)
    assert (both.all(axis=2) == both.any(axis=2)).all()


def test_a_line_between_two_rows_belongs_to_both() -> None:
    labels = Labels((640, 480), ROWS, COLUMNS)
    labels.blank(Rect(0, 0, 640, 480))
    labels.write([Character("a", 0, 8, 15.5), Character("b", 0, 8, 40), Character("c", 0, 8, 500)])
    letters = labels.annotation().letters
    assert letters[:4, 0].tolist() == [ord("a"), ord("a"), ord("b"), 0]


@pytest.mark.x11
def test_icons_menu_and_panel_are_read(desktop: Desktop) -> None:
    desktop.reset(Setup(), 5)
    before = desktop.annotate(ROWS, COLUMNS)
    assert before is not None
    assert not (before.looks == UNLABELLED).any()
    icon = desktop.locate(Locator("icon", "Calculator"))
    assert icon is not None
    label = icon._replace(y=icon.bottom - 8, height=8)
    assert says(before, label, "Calculator")
    assert looks_at(before, *middle(desktop, Locator("icon", "Calculator"))) == "icon"
    desktop.perform(Click(*middle(desktop, Locator("start_button"))))
    opened = desktop.annotate(ROWS, COLUMNS)
    assert opened is not None
    for name in ("Editor", "Terminal", "Browser"):
        entry = desktop.locate(Locator("menu_item", name))
        assert entry is not None
        assert says(opened, entry, name)
        assert looks_at(opened, *middle(desktop, Locator("menu_item", name))) == "menu_item"


@pytest.mark.x11
def test_what_programs_draw_is_unknown(desktop: Desktop) -> None:
    desktop.reset(Setup.model_validate({"windows": [{"title": "E", "program": "text_editor"}]}), 6)
    seen = desktop.annotate(ROWS, COLUMNS)
    assert seen is not None
    window = Locator("text_area", window="Editor")
    x, y = middle(desktop, window)
    assert looks_at(seen, x, y) is None
    assert seen.letters[y // 8, x // 4] == UNREAD
    bar = desktop.locate(Locator("title_bar", "Editor"))
    assert bar is not None
    assert looks_at(seen, bar.x + 8, bar.y + bar.height // 2) == "marked title_bar"
    # A button that holds no cell's centre is smaller than what can be pointed at.
    signs = {role: sign for role, sign in SIGNS.items() if LOOKS.index(role) in seen.looks}
    assert signs
    for role, sign in signs.items():
        row, column = np.argwhere(seen.looks == LOOKS.index(role))[0]
        assert ord(sign) in seen.letters[row, 2 * column : 2 * column + 2]
    before = (seen.letters == UNREAD).sum()
    desktop.perform(RightClick(x, y))  # its menu lies above everything
    menu = desktop.annotate(ROWS, COLUMNS)
    assert menu is not None
    assert np.logical_or(menu.letters == UNREAD, seen.letters != UNREAD).all()
    assert (menu.letters == UNREAD).sum() >= before
