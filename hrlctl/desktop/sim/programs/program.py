"""What the window manager and the keyboard ask of a program."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fields import Field
from hrlctl.desktop.sim.widgets.base import Widget

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window


class Start(NamedTuple):
    """With what a program starts."""

    fields: tuple[Field, ...] = ()
    path: str | None = None  # a document, or the folder of a file manager
    text: str | None = None  # an unsaved document
    address: str | None = None  # a page
    history: tuple[str, ...] = ()  # the addresses of the pages shown before it


class Size(NamedTuple):
    """Pixels."""

    width: int
    height: int


class Program(ABC):
    """What runs in one window. It adds its widgets to the window when it is made.

    Attributes:
        path: the document or the folder that it shows, ``None`` where there is none.
    """

    kind: ClassVar[str]
    path: str | None = None

    def __init__(self, window: Window) -> None:
        self.window = window

    @abstractmethod
    def client_size(self, theme: Theme, room: Size) -> Size:
        """The size of the client area that suits it, at most ``room``."""

    @abstractmethod
    def arrange(self, client: Rect) -> None:
        """Place the widgets in the client area."""

    @property
    def address(self) -> str | None:
        """The address of the page that it shows; ``None`` for what is no browser."""
        return None

    def paint_background(self, canvas: Canvas, theme: Theme) -> None:
        """Draw what lies behind the widgets; the window's colour is there already."""

    def reveal(self, widget: Widget) -> None:
        """Scroll so that ``widget``, which is out of view, is shown."""

    def focus_left(self, widget: Widget) -> None:
        """Another widget of the window has taken the keyboard from ``widget``."""

    def files_changed(self) -> None:
        """A file or a folder was written, moved or deleted, here or elsewhere."""

    def press(self, key: str) -> bool:
        """A key that the focused widget did not use; returns whether it was used."""
        return False

    def type_text(self, text: str) -> bool:
        """Text that the focused widget did not use; returns whether it was used."""
        return False

    def scroll(self, rows: int) -> bool:
        """The wheel over no widget that scrolls."""
        return False

    def may_close(self) -> bool:
        """Whether the window can be closed now; may open a dialog that asks."""
        return True
