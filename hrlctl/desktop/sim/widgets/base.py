"""What every widget of a window shares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect, Role
from hrlctl.desktop.sim.geometry import NOTHING

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

Value = bool | int | str | None


class Part(NamedTuple):
    """Something that can be pointed at: a widget, a row of a list, a button of a title bar."""

    role: Role
    label: str
    rect: Rect


class MenuItem(NamedTuple):
    """An entry of a menu and what it does."""

    label: str
    run: Callable[[], None]


class Widget(ABC):
    """One control of a window. Its ``rect`` is in the window's coordinates.

    Handlers of the keyboard return whether they used the input; what they did not use goes on to
    the window (Tab, Enter, Escape) and its program (shortcuts).
    """

    __slots__ = ("is_shown", "name", "rect", "window")

    role: ClassVar[Role]
    takes_focus: ClassVar[bool] = False

    def __init__(self, name: str) -> None:
        self.name = name
        self.rect = NOTHING
        self.is_shown = True
        self.window: Window  # set by ``Window.add``

    @property
    def value(self) -> Value:
        """What criteria compare: as in ``FieldSetup``, or the text shown."""
        return None

    @property
    def has_focus(self) -> bool:
        """Whether keys go to this widget."""
        window = self.window
        return window.is_focused and window.focus is self

    def changed(self) -> None:
        """Have the widget painted again."""
        self.window.repaint(self)

    @abstractmethod
    def paint(self, canvas: Canvas, theme: Theme) -> None:
        """Draw into ``rect``; the background is the window's client colour already."""

    def parts(self) -> Iterator[Part]:
        """What can be pointed at, outer parts first."""
        yield Part(self.role, self.name, self.rect)

    def place_of(self, share: float) -> Rect:
        """The part of the track that stands for ``share`` of the range (sliders, scroll bars)."""
        return self.rect

    def click(self, x: int, y: int) -> None:
        """The pointer was pressed and released at (x, y), in the window's coordinates."""

    def double_click(self, x: int, y: int) -> None:
        """The second of two quick clicks at (x, y)."""
        self.click(x, y)

    def right_click(self, x: int, y: int) -> None:
        """The right button at (x, y); the context menu opens after it."""

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        """Pressed at (x, y), released at (to_x, to_y): a click if both are inside."""
        if self.rect.contains(to_x, to_y):
            self.click(to_x, to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        """Three notches of the wheel over the widget."""
        return False

    def press(self, key: str) -> bool:
        """A key while the widget has the focus."""
        return False

    def type_text(self, text: str) -> bool:
        """Text while the widget has the focus."""
        return False

    def menu_items(self) -> Sequence[MenuItem]:
        """The context menu."""
        return ()
