"""A form: fields, and OK and Cancel below them."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fields import apply
from hrlctl.desktop.sim.programs.button_row import ButtonRow
from hrlctl.desktop.sim.programs.field_rows import FieldRows
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.widgets.base import Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window


class FieldProgram(Program):
    """Fields above a row of buttons: what forms, settings and dialogs are."""

    def __init__(self, window: Window, start: Start, buttons: tuple[str, ...]) -> None:
        super().__init__(window)
        self._start = start.fields
        self.fields = FieldRows(window, start.fields, self.field_pressed)
        self.buttons = ButtonRow(window, buttons, self.pressed)
        window.focus = next((widget for widget in window.widgets if widget.takes_focus), None)

    @abstractmethod
    def pressed(self, name: str) -> None:
        """One of the buttons below the fields was pressed."""

    def field_pressed(self, name: str) -> None:
        """A push button among the fields was pressed."""
        self.answer(name)

    def apply(self) -> None:
        """Make the values shown the ones that count."""
        apply(self.window.session.settings, self._start, self.fields.values())

    def answer(self, name: str) -> None:
        """Remember ``name`` as the button by which the window was ended, and close it."""
        session = self.window.session
        session.answers[self.window.title] = name
        session.manager.close(self.window)

    def client_size(self, theme: Theme, room: Size) -> Size:
        pad = theme.padding
        fields, buttons = self.fields.size(theme), self.buttons.size(theme)
        width = max(fields.width, buttons.width) + 2 * pad
        return Size(
            min(max(width, 60), room.width), min(fields.height + buttons.height + pad, room.height)
        )

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        pad = theme.padding
        x, y, width, height = client
        below = self.buttons.size(theme).height
        self.fields.arrange(Rect(x + pad, y + pad, width - 2 * pad, height - below - pad))
        self.buttons.arrange(Rect(x + pad, y + height - below, width - 2 * pad, below - pad), theme)

    def reveal(self, widget: Widget) -> None:
        self.fields.reveal(widget)

    def scroll(self, rows: int) -> bool:
        self.fields.scroll.move_to(self.fields.scroll.first + rows)
        return True

    def press(self, key: str) -> bool:
        window = self.window
        button = {"enter": window.default, "escape": window.cancel}.get(key)
        if button is None:
            return False
        button.action()
        return True


class Form(FieldProgram):
    """OK makes its values count and closes it, Cancel only closes it."""

    kind = "form"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window, start, ("OK", "Cancel"))

    def pressed(self, name: str) -> None:
        if name == "OK":
            self.apply()
        self.answer(name)
