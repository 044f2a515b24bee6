"""Keys and text through XTEST: every character arrives, whatever the keyboard's layout has."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Final, NamedTuple

from Xlib import XK, X
from Xlib.display import Display
from Xlib.ext import xtest

_UNICODE: Final = 0x0100_0000
"""The key symbol of a character without one of its own is its code point added to this."""
_CONTROLS: Final = {"\n": "Return", "\t": "Tab"}
_MODIFIERS: Final = {"ctrl": "Control_L", "shift": "Shift_L", "alt": "Alt_L"}
_KEYS: Final = {
    "enter": "Return", "escape": "Escape", "tab": "Tab", "space": "space",
    "backspace": "BackSpace", "delete": "Delete", "up": "Up", "down": "Down", "left": "Left",
    "right": "Right", "home": "Home", "end": "End", "page_up": "Prior", "page_down": "Next",
    "super": "Super_L", "menu": "Menu",
}  # fmt: skip


class _Stroke(NamedTuple):
    keycode: int
    shifted: bool


def symbol_of(character: str) -> int:
    """The key symbol of a character (X Window System Protocol, appendix A)."""
    if character in _CONTROLS:
        return int(XK.string_to_keysym(_CONTROLS[character]))
    code = ord(character)
    is_latin = 0x20 <= code <= 0x7E or 0xA0 <= code <= 0xFF
    return code if is_latin else _UNICODE + code


class Keyboard:
    """The keys of one display.

    Args:
        x: the connection to it.
        handled: waits until what was typed so far has been handled by whom it was typed to. Called
            before a key is given another meaning.
    """

    def __init__(self, x: Display, handled: Callable[[], None]) -> None:
        self._x, self._handled = x, handled
        # The server's keymap follows the keyboard that was used last: from here on XTEST's own.
        self._strike(_Stroke(int(x.keysym_to_keycode(XK.XK_Shift_L)), False))
        x.sync()
        self._strokes: dict[int, _Stroke] = {}
        spare: list[int] = []
        first = x.display.info.min_keycode
        count = x.display.info.max_keycode - first + 1
        for keycode, symbols in enumerate(x.get_keyboard_mapping(first, count), start=first):
            if not any(symbols):
                spare.append(keycode)
            for shifted in (False, True):
                self._strokes.setdefault(int(symbols[shifted]), _Stroke(keycode, shifted))
        del self._strokes[X.NoSymbol]
        self._lent: OrderedDict[int, int] = OrderedDict()  # symbol -> keycode, last used last
        self._spare = spare

    def press(self, key: str) -> None:
        """A key or chord of ``hrlctl.schema.vocabulary.KEYS``."""
        *modifiers, last = key.split("+")
        held = [self._stroke_of(_MODIFIERS[each]).keycode for each in modifiers]
        name = _KEYS.get(last) or (last.upper() if last[1:].isdigit() else last)
        for keycode in held:
            xtest.fake_input(self._x, X.KeyPress, keycode)
        self._strike(_Stroke(self._stroke_of(name).keycode, False))
        for keycode in reversed(held):
            xtest.fake_input(self._x, X.KeyRelease, keycode)
        self._x.flush()

    def type_text(self, text: str) -> None:
        """Type ``text`` as it stands; control characters but line ends and tabs are left out."""
        symbols = [symbol_of(c) for c in text if c.isprintable() or c in _CONTROLS]
        while symbols:
            symbols = symbols[self._type_some(symbols) :]
            if symbols:
                self._handled()

    def _type_some(self, symbols: list[int]) -> int:
        """Type as many as the keys can stand for at one time; returns how many that was."""
        wanted: dict[int, None] = {}
        count = 0
        for symbol in symbols:
            if symbol not in self._strokes:
                wanted[symbol] = None
            if len(wanted) > len(self._spare):
                wanted.popitem()
                break
            count += 1
        self._lend(list(wanted))
        for symbol in symbols[:count]:
            stroke = self._strokes.get(symbol)
            self._strike(stroke or _Stroke(self._lent[symbol], False))
        self._x.flush()
        return count

    def _lend(self, symbols: list[int]) -> None:
        """Give each symbol a key; what was typed with keys that are taken back was handled."""
        for symbol in symbols:
            if symbol in self._lent:
                self._lent.move_to_end(symbol)
        new = [symbol for symbol in symbols if symbol not in self._lent]
        free = [code for code in self._spare if code not in self._lent.values()]
        taken_back = len(new) - len(free)
        if taken_back > 0:
            for symbol in list(islice(self._lent, taken_back)):
                free.append(self._lent.pop(symbol))
        for symbol, keycode in zip(new, free, strict=False):
            # Both levels: a letter alone would be typed as a capital under Shift.
            self._x.change_keyboard_mapping(keycode, [(symbol, symbol)])
            self._lent[symbol] = keycode
        if new:
            self._x.sync()

    def _stroke_of(self, name: str) -> _Stroke:
        return self._strokes[int(XK.string_to_keysym(name))]

    def _strike(self, stroke: _Stroke) -> None:
        shift = int(self._x.keysym_to_keycode(XK.XK_Shift_L))
        if stroke.shifted:
            xtest.fake_input(self._x, X.KeyPress, shift)
        xtest.fake_input(self._x, X.KeyPress, stroke.keycode)
        xtest.fake_input(self._x, X.KeyRelease, stroke.keycode)
        if stroke.shifted:
            xtest.fake_input(self._x, X.KeyRelease, shift)

    def release_all(self) -> None:
        """Let go of every key that is down."""
        for byte, bits in enumerate(self._x.query_keymap()):
            for bit in range(8):
                if bits & 1 << bit:
                    xtest.fake_input(self._x, X.KeyRelease, 8 * byte + bit)
        self._x.flush()
