"""A row of push buttons at the bottom of a window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.program import Size
from hrlctl.desktop.sim.widgets.buttons import Button

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_GAP = 3
_MARGIN = 8  # both sides of a label together
_CANCELLING = frozenset({"cancel", "close", "no", "dismiss", "later"})


class ButtonRow:
    """Buttons side by side. The first is the window's default; one that cancels takes Escape.

    Args:
        pressed: called with the name of the button.
    """

    def __init__(
        self, window: Window, names: tuple[str, ...], pressed: Callable[[str], None]
    ) -> None:
        self.buttons = tuple(self._button(window, name, pressed) for name in names)
        window.default = self.buttons[0] if self.buttons else None
        for button in self.buttons:
            if button.name.lower() in _CANCELLING:
                window.cancel = button

    @staticmethod
    def _button(window: Window, name: str, pressed: Callable[[str], None]) -> Button:
        button = Button(name, lambda: pressed(name))
        window.add(button)
        return button

    def _widths(self, theme: Theme) -> list[int]:
        measure = FONTS[theme.text_font].width
        return [max(22, measure(button.name) + _MARGIN) for button in self.buttons]

    def size(self, theme: Theme) -> Size:
        """What the row takes, with padding below."""
        widths = self._widths(theme)
        if not widths:
            return Size(0, 0)
        return Size(sum(widths) + _GAP * (len(widths) - 1), theme.button_height + theme.padding)

    def arrange(self, area: Rect, theme: Theme) -> None:
        """Place the buttons at the right end of ``area``, narrower where they do not fit."""
        widths = self._widths(theme)
        count = len(widths)
        room = area.width - _GAP * (count - 1)
        if sum(widths) > room:
            widths = [room // count] * count
        x = area.right - sum(widths) - _GAP * (count - 1)
        for button, width in zip(self.buttons, widths, strict=True):
            button.rect = Rect(x, area.y, width, theme.button_height)
            x += width + _GAP
