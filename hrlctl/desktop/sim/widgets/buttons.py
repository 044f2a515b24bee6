"""Push buttons, check boxes and radio buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.widgets.base import Part, Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme


class Button(Widget):
    """Runs ``action`` when it is clicked, or by Enter or Space with the focus."""

    __slots__ = ("action",)

    role: ClassVar[Role] = "button"
    takes_focus = True

    def __init__(self, name: str, action: Callable[[], None]) -> None:
        super().__init__(name)
        self.action = action

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_button(
            canvas,
            self.rect,
            theme,
            self.name,
            focused=self.has_focus,
            default=self.window.default is self,
        )

    def click(self, x: int, y: int) -> None:
        self.action()

    def press(self, key: str) -> bool:
        if key in ("enter", "space"):
            self.action()
            return True
        return False


class CheckBox(Widget):
    """On or off."""

    __slots__ = ("is_checked",)

    role: ClassVar[Role] = "check_box"
    takes_focus = True

    def __init__(self, name: str, is_checked: bool) -> None:
        super().__init__(name)
        self.is_checked = is_checked

    @property
    def value(self) -> bool:
        return self.is_checked

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_check_box(
            canvas, self.rect, theme, self.name, checked=self.is_checked, focused=self.has_focus
        )

    def click(self, x: int, y: int) -> None:
        self.is_checked = not self.is_checked
        self.changed()

    def press(self, key: str) -> bool:
        if key == "space":
            self.click(0, 0)
            return True
        return False


class RadioGroup(Widget):
    """Some options, one below the other, of which one is selected.

    Each option is a part with the role ``radio_button`` and the option as its label.
    """

    __slots__ = ("options", "row_height", "selected")

    role: ClassVar[Role] = "radio_button"
    takes_focus = True

    def __init__(self, name: str, options: tuple[str, ...], selected: str) -> None:
        super().__init__(name)
        self.options = options
        self.selected = options.index(selected)
        self.row_height = 9

    @property
    def value(self) -> str:
        return self.options[self.selected]

    def _row(self, index: int) -> Rect:
        x, y, width, _ = self.rect
        return Rect(x, y + index * self.row_height, width, self.row_height)

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        for index, option in enumerate(self.options):
            is_selected = index == self.selected
            painters.paint_radio_button(
                canvas,
                self._row(index),
                theme,
                option,
                selected=is_selected,
                focused=is_selected and self.has_focus,
            )

    def parts(self) -> Iterator[Part]:
        for index, option in enumerate(self.options):
            yield Part("radio_button", option, self._row(index), index == self.selected)

    def _select(self, index: int) -> None:
        self.selected = max(0, min(index, len(self.options) - 1))
        self.changed()

    def click(self, x: int, y: int) -> None:
        self._select((y - self.rect.y) // self.row_height)

    def press(self, key: str) -> bool:
        if key in ("up", "left"):
            self._select(self.selected - 1)
        elif key in ("down", "right"):
            self._select(self.selected + 1)
        else:
            return False
        return True
