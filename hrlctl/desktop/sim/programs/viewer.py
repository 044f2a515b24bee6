"""A harmless program: some text, buttons, a list or a check box that mean nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.buttons import Button, CheckBox
from hrlctl.desktop.sim.widgets.choices import ItemList
from hrlctl.desktop.sim.widgets.texts import Label

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_GAP = 2


class Viewer(Program):
    """All of its content is drawn. A button shows its own name."""

    kind = "viewer"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window)
        rng = names.rng
        self.status = Label(f"{names.word().capitalize()} {names.word()}", "Status")
        window.add(self.status)
        self.buttons = [
            Button(name, lambda name=name: self.status.set_text(name))  # type: ignore[misc]
            for name in (names.draw() for _ in range(1 + int(rng.random() * 2)))
        ]
        self.extra: Widget | None = None
        kind = rng.random()
        if kind < 0.4:
            count = 3 + int(rng.random() * 4)
            self.extra = ItemList(names.draw(), tuple(names.draw() for _ in range(count)))
        elif kind < 0.7:
            self.extra = CheckBox(names.draw(), rng.random() < 0.5)
        else:
            self.extra = Label(f"{names.word()} {names.word()}")
        window.add(self.extra)
        for button in self.buttons:
            window.add(button)
        self._wide = 62 + int(rng.random() * 4) * 8

    def _extra_height(self, theme: Theme) -> int:
        return 3 * theme.row_height + 2 if isinstance(self.extra, ItemList) else theme.row_height

    def client_size(self, theme: Theme, room: Size) -> Size:
        height = theme.row_height + self._extra_height(theme) + theme.button_height
        widths = [FONTS[theme.text_font].width(button.name) + 8 for button in self.buttons]
        width = max(self._wide, sum(widths) + 3 * len(widths))
        height += 4 * _GAP
        return Size(min(width, room.width), min(height, room.height))

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        x, y, width, height = client
        inner = width - 2 * _GAP
        self.status.rect = Rect(x + _GAP, y + _GAP, inner, theme.row_height)
        top = y + 2 * _GAP + theme.row_height
        below = y + height - theme.button_height - _GAP
        if isinstance(self.extra, ItemList):
            self.extra.arrange(Rect(x + _GAP, top, inner, below - _GAP - top), theme)
        elif self.extra is not None:
            self.extra.rect = Rect(x + _GAP, top, inner, theme.row_height)
        room = (inner + _GAP) // len(self.buttons)
        for index, button in enumerate(self.buttons):
            left = x + _GAP + index * room
            button.rect = Rect(left, below, room - _GAP, theme.button_height)
