"""Keys through XTEST, and what the layout's keys can type."""

from __future__ import annotations

from typing import Final, NamedTuple

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

_CONTROLS: Final = {"\n": "Return", "\t": "Tab"}
_MODIFIERS: Final = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}
_KEYS: Final = {
    "enter": "Return", "escape": "Escape", "tab": "Tab", "space": "space",
    "backspace": "BackSpace", "delete": "Delete", "insert": "Insert", "up": "Up", "down": "Down",
    "left": "Left", "right": "Right", "home": "Home", "end": "End", "page_up": "Prior",
    "page_down": "Next", "super": "Super_L", "menu": "Menu",
}  # fmt: skip


class _Stroke(NamedTuple):
    keycode: int
    shifted: bool


class Keyboard:
    """The keys of one display.

    No key is ever given another meaning: programs that run lose shortcuts when the layout changes
    (GTK 3 does). What the layout does not have is pasted, see ``Clipboard.paste``.

    Args:
        x: the connection to it.
    """

    def __init__(self, x: Display) -> None:
        self._x = x
        self._shift = int(x.keysym_to_keycode(XK.XK_Shift_L))
        # The server's keymap follows the keyboard that was used last: from here on XTEST's own.
        self._strike(_Stroke(self._shift, False))
        x.sync()
        self._strokes: dict[int, _Stroke] = {}
        first = x.display.info.min_keycode
        count = x.display.info.max_keycode - first + 1
        for keycode, symbols in enumerate(x.get_keyboard_mapping(first, count), start=first):
            for shifted in (False, True):
                self._strokes.setdefault(int(symbols[shifted]), _Stroke(keycode, shifted))
        del self._strokes[X.NoSymbol]

    def press(self, key: str) -> None:
        """A key or chord of ``hrlctl.schema.vocabulary.KEYS``, or ``insert``."""
        *modifiers, last = key.split("+")
        held = [self._stroke_of(_MODIFIERS[each]).keycode for each in modifiers]
        name = _KEYS.get(last) or (last.upper() if last[1:].isdigit() else last)
        for keycode in held:
            xtest.fake_input(self._x, X.KeyPress, keycode)
        self._strike(_Stroke(self._stroke_of(name).keycode, False))
        for keycode in reversed(held):
            xtest.fake_input(self._x, X.KeyRelease, keycode)
        self._x.flush()

    def can_type(self, text: str) -> bool:
        """Whether every character of ``text`` is on the layout."""
        return all(_symbol_of(character) in self._strokes for character in text)

    def type_text(self, text: str) -> None:
        """Type ``text``, whose characters are all on the layout."""
        for character in text:
            self._strike(self._strokes[_symbol_of(character)])
        self._x.flush()

    def _stroke_of(self, name: str) -> _Stroke:
        return self._strokes[int(XK.string_to_keysym(name))]

    def _strike(self, stroke: _Stroke) -> None:
        if stroke.shifted:
            xtest.fake_input(self._x, X.KeyPress, self._shift)
        xtest.fake_input(self._x, X.KeyPress, stroke.keycode)
        xtest.fake_input(self._x, X.KeyRelease, stroke.keycode)
        if stroke.shifted:
            xtest.fake_input(self._x, X.KeyRelease, self._shift)

    def release_all(self) -> None:
        """Let go of every key that is down."""
        for byte, bits in enumerate(self._x.query_keymap()):
            for bit in range(8):
                if bits & 1 << bit:
                    xtest.fake_input(self._x, X.KeyRelease, 8 * byte + bit)
        self._x.flush()


def _symbol_of(character: str) -> int:
    """The key symbol of a character (X Window System Protocol, appendix A)."""
    if character in _CONTROLS:
        return int(XK.string_to_keysym(_CONTROLS[character]))
    code = ord(character)
    is_latin = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF
    return code if is_latin else 0x0100_0000 + code
