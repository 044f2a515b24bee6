"""Dialogs: a message, perhaps some fields, and the buttons that answer it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.form import FieldProgram
from hrlctl.desktop.sim.programs.program import Size, Start
from hrlctl.desktop.sim.text_buffer import wrapped
from hrlctl.desktop.sim.widgets.texts import Label

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_WIDEST = 108
CLOSED = ""
"""The answer of a dialog that was closed without any of its buttons."""


class Message(FieldProgram):
    """A dialog. Every button closes it; its values count unless the button cancels.

    Args:
        answered: called with the button's name, or ``CLOSED``, after it has closed.
    """

    kind = "dialog"

    def __init__(
        self,
        window: Window,
        start: Start,
        message: str,
        buttons: tuple[str, ...],
        answered: Callable[[str], None] | None = None,
    ) -> None:
        self._message = message
        self._answered = answered
        self._lines: list[Label] = []
        super().__init__(window, start, buttons)
        if not start.fields:
            window.focus = window.default

    def pressed(self, name: str) -> None:
        cancel = self.window.cancel
        if cancel is None or cancel.name != name:
            self.apply()
        self.answer(name)

    def field_pressed(self, name: str) -> None:
        self.answer(name)

    def answer(self, name: str) -> None:
        super().answer(name)
        if self._answered is not None:
            self._answered(name)

    def press(self, key: str) -> bool:
        if key == "escape" and self.window.cancel is None:
            self.answer(CLOSED)
            return True
        return super().press(key)

    def may_close(self) -> bool:
        cancel = self.window.cancel
        self.answer(CLOSED if cancel is None else cancel.name)
        return False

    def _wrapped(self, theme: Theme, width: int) -> list[str]:
        if not self._message:
            return []
        lines = wrapped(self._message, width, FONTS[theme.text_font].width)
        return [self._message[line.start : line.end].rstrip() for line in lines]

    def client_size(self, theme: Theme, room: Size) -> Size:
        pad = theme.padding
        measure = FONTS[theme.text_font].width
        fields, buttons = self.fields.size(theme), self.buttons.size(theme)
        widest = min(_WIDEST, room.width - 2 * pad - 2)
        lines = self._wrapped(theme, widest)
        width = max(fields.width, buttons.width, *map(measure, lines))
        height = len(lines) * theme.row_height + 2 + fields.height + buttons.height + pad
        return Size(min(width + 2 * pad + 2, room.width), min(height, room.height))

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        pad = theme.padding
        x, y, width, height = client
        for line in self._lines:
            self.window.widgets.remove(line)
        self._lines = []
        for text in self._wrapped(theme, width - 2 * pad):
            line = Label(text)
            line.rect = Rect(x + pad, y + pad, width - 2 * pad, theme.row_height)
            self.window.add(line)
            self._lines.append(line)
            y += theme.row_height
        super().arrange(Rect(x, y, width, height - (y - client.y)))
