"""A pocket calculator that works from left to right."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.widgets.buttons import Button
from hrlctl.desktop.sim.widgets.texts import Display

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_ROWS = ("789/", "456*", "123-", "0.=+")
_MOST_DIGITS = 8
_ERROR = "Error"
_OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": lambda first, second: first + second,
    "-": lambda first, second: first - second,
    "*": lambda first, second: first * second,
    "/": lambda first, second: first / second,
}


class Arithmetic:
    """What the keys do, exact in fractions; ``display`` is what is shown."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """The key C."""
        self.display = "0"
        self._result: Fraction | None = None
        self._operation: str | None = None
        self._is_typing = False

    @property
    def pending(self) -> str | None:
        """The operation that waits for its second number."""
        return self._operation

    def press(self, key: str) -> None:
        """A digit, ``.``, an operator, ``=``, ``C`` or ``<`` (delete the last digit)."""
        if key == "C":
            self.clear()
        elif self.display == _ERROR:
            return
        elif key.isdigit() or key == ".":
            self._type(key)
        elif key == "<":
            if self._is_typing:
                self.display = self.display[:-1] or "0"
        else:
            self._operate(key)

    def _type(self, key: str) -> None:
        if not self._is_typing:
            self.display = "0"
            self._is_typing = True
        if key == "." and "." in self.display:
            return
        if len(self.display) < _MOST_DIGITS:
            is_zero = self.display == "0" and key != "."
            self.display = key if is_zero else self.display + key

    def _operate(self, key: str) -> None:
        shown = Fraction(self.display)
        if self._operation is None:
            self._result = shown
        elif self._is_typing and self._result is not None:
            if self._operation == "/" and shown == 0:
                self.clear()
                self.display = _ERROR
                return
            self._result = _OPERATIONS[self._operation](self._result, shown)
            self.display = _written(self._result)
            if self.display == _ERROR:
                return
        self._operation = None if key == "=" else key
        self._is_typing = False


def _written(value: Fraction) -> str:
    """``value`` in at most eight digits; what does not fit is an error."""
    whole = int(abs(value))
    if len(str(whole)) > _MOST_DIGITS:
        return _ERROR
    places = max(0, _MOST_DIGITS - 1 - len(str(whole)))
    scaled = round(abs(value) * 10**places)
    whole, part = divmod(scaled, 10**places)
    digits = f"{part:0{places}d}".rstrip("0") if places else ""
    text = f"{whole}.{digits}" if digits else str(whole)
    return f"-{text}" if value < 0 and text != "0" else text


class OperationKey(Button):
    """Stays marked while its operation waits for a second number."""

    __slots__ = ("arithmetic",)

    def __init__(self, name: str, action: Callable[[], None], arithmetic: Arithmetic) -> None:
        super().__init__(name, action)
        self.arithmetic = arithmetic

    @property
    def value(self) -> bool:
        return self.arithmetic.pending == self.name

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_button(
            canvas, self.rect, theme, self.name, focused=self.has_focus, default=self.value
        )


class Calculator(Program):
    """Sixteen keys, C and a display named "Display"; Ctrl+C copies the number shown."""

    kind = "calculator"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window)
        self.arithmetic = Arithmetic()
        self.display = Display("Display", "0")
        window.add(self.display)
        self.clear_key = self._key("C")
        self.rows = tuple(tuple(self._key(label) for label in row) for row in _ROWS)

    def _key(self, label: str) -> Button:
        def action() -> None:
            self._enter(label)

        is_operation = label in _OPERATIONS
        key = (
            OperationKey(label, action, self.arithmetic) if is_operation else Button(label, action)
        )
        self.window.add(key)
        return key

    def _enter(self, keys: str) -> None:
        before = self.arithmetic.pending
        for key in keys:
            self.arithmetic.press(key)
        self.display.set_text(self.arithmetic.display)
        changed = {before, self.arithmetic.pending} if before != self.arithmetic.pending else set()
        for button in (button for row in self.rows for button in row if button.name in changed):
            button.changed()

    def client_size(self, theme: Theme, room: Size) -> Size:
        return Size(min(54, room.width), min(59, room.height))

    def arrange(self, client: Rect) -> None:
        pad = 2
        x, y = client.x + pad, client.y + pad
        width = (client.width - pad) // 4  # of a key with the gap to its right
        height = (client.height - pad) // 5
        self.display.rect = Rect(x, y, 3 * width - 1, height - 1)
        self.clear_key.rect = Rect(x + 3 * width, y, width - 1, height - 1)
        for row, keys in enumerate(self.rows, start=1):
            for column, key in enumerate(keys):
                key.rect = Rect(x + column * width, y + row * height, width - 1, height - 1)

    def press(self, key: str) -> bool:
        session = self.window.session
        if key == "ctrl+c":
            session.clipboard = self.arithmetic.display
            return True
        if key == "ctrl+v":
            return self.type_text(session.clipboard)
        keys = {"enter": "=", "escape": "C", "backspace": "<", "delete": "C"}
        if key not in keys:
            return False
        self._enter(keys[key])
        return True

    def type_text(self, text: str) -> bool:
        known = {"x": "*", "c": "C", "\n": "="}
        keys = "".join(known.get(letter, letter) for letter in text)
        self._enter("".join(key for key in keys if key in "0123456789.+-*/=C"))
        return True
