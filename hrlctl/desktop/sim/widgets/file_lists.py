"""The list of files and folders in a file manager."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.file_system import Entry
from hrlctl.desktop.sim.painters import FileRow
from hrlctl.desktop.sim.widgets.base import MenuItem
from hrlctl.desktop.sim.widgets.choices import ItemList

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.theme import Theme


class FileList(ItemList):
    """Entries with icons, one or none of them selected. Typed text selects what begins with it.

    Args:
        activate: called with a name on a double click or Enter.
        dropped: called with a name and the place it was dragged to, in the window's coordinates.
        menu: what the context menu offers for the selection.
    """

    __slots__ = ("_dropped", "_faint", "_menu", "edited", "entries")

    def __init__(
        self,
        name: str,
        activate: Callable[[str], None],
        dropped: Callable[[str, int, int], None],
        menu: Callable[[], Sequence[MenuItem]],
    ) -> None:
        super().__init__(name, (), None, activate)
        self._dropped = dropped
        self._menu = menu
        self._faint: str | None = None
        self.entries: tuple[Entry, ...] = ()
        self.edited: str | None = None  # whose name is being typed in a field above its row

    def show(
        self, entries: tuple[Entry, ...], selected: str | None, *, faint: str | None = None
    ) -> None:
        """Show other entries.

        Args:
            selected: the name of the one that is selected.
            faint: the name of the one that was cut.
        """
        self.entries = entries
        self._faint = faint
        self.set_items(tuple(entry.name for entry in entries), selected)

    @property
    def entry(self) -> Entry | None:
        """The selected one."""
        return None if self.selected is None else self.entries[self.selected]

    def paint(self, canvas: Canvas, theme: Theme) -> None:
        painters.paint_file_list(
            canvas,
            self._body,
            theme,
            [self._row(entry) for entry in self.entries],
            self.selected,
            self.rows.first,
            focused=self.has_focus,
        )
        if self.rows.is_needed:
            self.rows.paint(canvas, theme)

    def _row(self, entry: Entry) -> FileRow:
        kind = "folder" if entry.is_folder else "file" if entry.is_text else "photo"
        return FileRow(
            kind, "" if entry.name == self.edited else entry.name, entry.name == self._faint
        )

    def place_of_name(self, name: str) -> Rect:
        """Where the name of an entry stands, after scrolling to it; in the window's coordinates."""
        index = self.items.index(name)
        self.rows.reveal(index)
        left = painters.file_name_left(self.window.session.theme) - 2
        x, y, width, _ = self._body
        top = y + 1 + (index - self.rows.first) * self._row_height
        return Rect(x + left, top, width - left, self._row_height)

    def entry_at(self, x: int, y: int) -> Entry | None:
        """The entry under a point in the window's coordinates."""
        if not self.rect.contains(x, y) or (index := self._item_at(x, y)) is None:
            return None
        return self.entries[index]

    def select(self, name: str | None) -> None:
        """Select the entry of this name, or none."""
        self.selected = None if name is None else self.items.index(name)
        if self.selected is not None:
            self.rows.reveal(self.selected)
        self.changed()

    def _is_on_bar(self, x: int, y: int) -> bool:
        return self.rows.is_needed and self.rows.bar.contains(x, y)

    def click(self, x: int, y: int) -> None:
        if self._is_on_bar(x, y):
            self.rows.click(y)
        else:
            self.right_click(x, y)

    def right_click(self, x: int, y: int) -> None:
        entry = self.entry_at(x, y)
        self.select(None if entry is None else entry.name)

    def drag(self, x: int, y: int, to_x: int, to_y: int) -> None:
        if self._is_on_bar(x, y):
            self.rows.click(to_y)
            return
        self.click(x, y)
        entry = self.entry
        if entry is not None and self.entry_at(to_x, to_y) != entry:
            self._dropped(entry.name, to_x, to_y)

    def scroll(self, direction: ScrollDirection) -> bool:
        # A name is typed above its row: the rows stay where they are.
        return self.edited is not None or super().scroll(direction)

    def type_text(self, text: str) -> bool:
        beginning = text.strip().lower()
        for name in self.items:
            if beginning and name.lower().startswith(beginning):
                self.select(name)
                break
        return True

    def menu_items(self) -> Sequence[MenuItem]:
        return self._menu()
