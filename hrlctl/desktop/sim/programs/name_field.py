"""Typing a file's name in place, above its row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.widgets.editing import TextField

if TYPE_CHECKING:
    from hrlctl.desktop.sim.widgets.base import Widget
    from hrlctl.desktop.sim.widgets.file_lists import FileList
    from hrlctl.desktop.sim.windows import Window


class NameField:
    """A text field named "Name" that is there while a name is typed; all of it is selected first.

    Enter takes the new name; Escape keeps the old one, and so does a click elsewhere.

    Args:
        files: the list whose entries are renamed.
        rename: called with the old and the new name; returns whether that was possible.
    """

    def __init__(self, window: Window, files: FileList, rename: Callable[[str, str], bool]) -> None:
        self._window = window
        self._list = files
        self._rename = rename
        self._field: TextField | None = None
        self._old = ""

    @property
    def has_keyboard(self) -> bool:
        """Whether a name is being typed."""
        return self._field is not None and self._window.focus is self._field

    def open(self, name: str) -> None:
        """Begin to type another name for the entry ``name``."""
        self.close()
        self._old = self._list.edited = name
        self._field = TextField("Name", name)
        self._window.add(self._field)
        self.arrange()
        self._window.focus_on(self._field)
        self._field.buffer.select_all()
        self._window.repaint_all()

    def arrange(self) -> None:
        """Take the place above the entry's row."""
        if self._field is not None:
            x, y, width, height = self._list.place_of_name(self._old)
            # One pixel more above and below: room for a frame around the letters.
            self._field.rect = Rect(x, y - 1, width, height + 2)

    def close(self) -> None:
        """End it, whatever was typed."""
        if self._field is None:
            return
        field, self._field = self._field, None
        self._list.edited = None
        had_keyboard = self._window.focus is field
        self._window.remove(field)
        if had_keyboard:
            self._window.focus_on(self._list)

    def finish(self, *, accept: bool) -> None:
        """End it with the new or the old name; goes on where the new one cannot be used."""
        if self._field is None:
            return
        new = self._field.value.strip()
        if not accept or new == self._old or self._rename(self._old, new):
            self.close()

    def left(self, widget: Widget) -> None:
        """The keyboard has gone from ``widget`` to another."""
        if widget is self._field:
            self.close()
