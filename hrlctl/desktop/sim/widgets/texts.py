"""Labels and displays: text that is only shown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from hrlctl.desktop.contract import Role
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.widgets.base import Part, Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme


class Label(Widget):
    """A line of text; ``name`` is the text unless the two are given apart."""

    __slots__ = ("text",)

    role: ClassVar[Role] = "label"

    def __init__(self, text: str, name: str | None = None) -> None:
        super().__init__(text if name is None else name)
        self.text = text

    @property
    def value(self) -> str:
        return self.text

    def set_text(self, text: str) -> None:
        """Show another text."""
        self.text = text
        self.changed()

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_label(canvas, self.rect, theme, self.text)

    def parts(self) -> Iterator[Part]:
        yield Part("label", self.text, self.rect)


class Display(Widget):
    """The number that a calculator shows."""

    __slots__ = ("text",)

    role: ClassVar[Role] = "display"

    def __init__(self, name: str, text: str) -> None:
        super().__init__(name)
        self.text = text

    @property
    def value(self) -> str:
        return self.text

    def set_text(self, text: str) -> None:
        """Show another number."""
        if text != self.text:
            self.text = text
            self.changed()

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_display(canvas, self.rect, theme, self.text)
