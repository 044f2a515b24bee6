"""A file manager: a folder's entries in rows, an address line above them, buttons around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.file_system import HOME, Entry, FileProblem, folder_of, joined, name_of
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.programs.file_messages import ask_to_delete, tell
from hrlctl.desktop.sim.programs.name_field import NameField
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.widgets.base import MenuItem, Widget
from hrlctl.desktop.sim.widgets.buttons import Button
from hrlctl.desktop.sim.widgets.editing import AddressLine
from hrlctl.desktop.sim.widgets.file_lists import FileList
from hrlctl.desktop.sim.widgets.texts import Label

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_ROWS = 6  # that its usual size shows
_WIDTH = 108
_GAP = 2
_HOME_SIGN = "~"


class FileManager(Program):
    """Shows one folder. Its list is named "Files", its address line "Address".

    Keys: Enter opens, Backspace goes up, F2 renames, Delete deletes, Ctrl+X, Ctrl+C and Ctrl+V cut,
    copy and paste. What is dragged onto a folder, here or in another file manager, is moved.

    Attributes:
        path: the folder, relative to home.
    """

    kind = "file_manager"
    path: str

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window)
        self._files = window.session.files
        self.path = start.path if start.path and self._files.has_folder(start.path) else HOME
        self.up = Button("Up", self.go_up)
        self.line = AddressLine("Address", _address(self.path))
        self.list = FileList("Files", self.open, self._drop, self._menu)
        self.status = Label("", "Status")
        self.new = Button("New folder", self.new_folder)
        for widget in (self.up, self.line, self.list, self.status, self.new):
            window.add(widget)
        self.name = NameField(window, self.list, self._rename)
        window.focus = self.list
        self._show_entries(None)

    # Where things are.

    def client_size(self, theme: Theme, room: Size) -> Size:
        height = theme.field_height + _ROWS * theme.row_height + 2 + theme.button_height + 4 * _GAP
        return Size(min(_WIDTH, room.width), min(height, room.height))

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        measure = FONTS[theme.text_font].width
        x, y, width, height = client
        left, right = x + _GAP, x + width - _GAP
        up = measure(self.up.name) + 8
        self.up.rect = Rect(left, y + _GAP, up, theme.field_height)
        beside = left + up + _GAP
        self.line.rect = Rect(beside, y + _GAP, right - beside, theme.field_height)
        top = y + theme.field_height + 2 * _GAP
        bottom = y + height - theme.button_height - _GAP
        self.list.arrange(Rect(left, top, right - left, bottom - _GAP - top), theme)
        new = measure(self.new.name) + 8
        self.new.rect = Rect(right - new, bottom, new, theme.button_height)
        self.status.rect = Rect(left + 1, bottom, right - new - left - 3, theme.button_height)
        self.name.arrange()

    # Going from folder to folder.

    def go_to(self, path: str, selected: str | None = None) -> None:
        """Show the folder ``path``, with the entry of the name ``selected`` marked."""
        self.path = path
        self.list.rows.first = 0
        self._show_entries(selected)
        self.window.focus_on(self.list)

    def go_up(self) -> None:
        """Show the folder that this one lies in; this one is marked there."""
        if self.path != HOME:
            self.go_to(folder_of(self.path), name_of(self.path))

    def open(self, name: str) -> None:
        """Go into a folder, or open a text in an editor."""
        entry = self._entry(name)
        if entry.is_folder:
            self.go_to(entry.path)
        elif entry.is_text:
            self.window.session.open_document(entry.path)
        else:
            tell(self.window, f"No program opens {name}.")

    def _follow_address(self) -> None:
        typed = self.line.value.strip().removeprefix(_HOME_SIGN).strip("/")
        if self._files.has_folder(typed):
            self.go_to(typed)
        else:
            tell(self.window, f"There is no folder {typed}.")

    def files_changed(self) -> None:
        while not self._files.has_folder(self.path):
            self.path = folder_of(self.path)
        self.name.close()
        self._show_entries(self.list.value)

    def _show_entries(self, selected: str | None) -> None:
        """Show what is in the folder now."""
        entries = self._files.entries(self.path)
        held = self.window.session.held
        faint = None
        if held is not None and held.is_cut and folder_of(held.path) == self.path:
            faint = name_of(held.path)
        self.list.show(entries, selected, faint=faint)
        self.line.set_text(_address(self.path))
        self.status.set_text(f"{len(entries)} item{'' if len(entries) == 1 else 's'}")

    def _entry(self, name: str) -> Entry:
        return next(entry for entry in self.list.entries if entry.name == name)

    # Changing files.

    def new_folder(self) -> None:
        """Make a folder here, and have its name typed."""
        path = self._files.make_folder(self.path)
        self.list.select(name_of(path))
        self.begin_renaming()

    def begin_renaming(self) -> None:
        """Have another name typed for the selected entry."""
        if (entry := self.list.entry) is not None:
            self.name.open(entry.name)

    def _rename(self, old: str, new: str) -> bool:
        """Rename an entry; returns whether that was possible."""
        try:
            path = self._files.rename(joined(self.path, old), new)
        except FileProblem as problem:
            tell(self.window, str(problem))
            return False
        self.list.select(name_of(path))
        return True

    def delete(self) -> None:
        """Delete the selected entry, if the answer is yes."""
        if (entry := self.list.entry) is not None:
            path = entry.path
            ask_to_delete(self.window, entry.name, lambda: self._files.delete(path))

    def _hold(self, *, is_cut: bool) -> None:
        if (entry := self.list.entry) is not None:
            self.window.session.hold(entry.path, is_cut=is_cut)

    def paste(self) -> None:
        """Put what was cut or copied into this folder."""
        session = self.window.session
        held = session.held
        if held is None:
            return
        try:
            if held.is_cut:
                path = self._files.move(held.path, self.path)
                session.release()
            else:
                path = self._files.copy(held.path, self.path)
        except FileProblem as problem:
            tell(self.window, str(problem))
            return
        self._show_entries(name_of(path))

    def _drop(self, name: str, x: int, y: int) -> None:
        """Move an entry to where it was dragged to, if a folder is there."""
        window = self.window
        x, y = x + window.area.x, y + window.area.y
        target = window.session.manager.at(x, y)
        if target is None or not isinstance(target.program, FileManager):
            return
        folder = target.program.folder_at(x - target.area.x, y - target.area.y)
        path = joined(self.path, name)
        if folder is None or folder in (self.path, path):
            return
        try:
            self._files.move(path, folder)
        except FileProblem as problem:
            tell(window, str(problem))

    def folder_at(self, x: int, y: int) -> str | None:
        """Where something lands that is dropped at a point in the window's coordinates."""
        if not self.list.rect.contains(x, y):
            return None
        entry = self.list.entry_at(x, y)
        return entry.path if entry is not None and entry.is_folder else self.path

    # Input.

    def _menu(self) -> Sequence[MenuItem]:
        entry = self.list.entry
        if entry is None:
            return (MenuItem("New folder", self.new_folder), MenuItem("Paste", self.paste))
        name = entry.name
        return (
            MenuItem("Open", lambda: self.open(name)),
            MenuItem("Cut", lambda: self._hold(is_cut=True)),
            MenuItem("Copy", lambda: self._hold(is_cut=False)),
            MenuItem("Rename", self.begin_renaming),
            MenuItem("Delete", self.delete),
        )

    def press(self, key: str) -> bool:
        focus = self.window.focus
        if key in ("enter", "escape") and self.name.has_keyboard:
            self.name.finish(accept=key == "enter")
        elif key == "enter" and focus is self.line:
            self._follow_address()
        elif key == "escape" and focus is self.line:
            self.go_to(self.path, self.list.value)
        elif key == "backspace":
            self.go_up()
        elif key == "f2":
            self.begin_renaming()
        elif key == "delete":
            self.delete()
        elif key in ("ctrl+x", "ctrl+c"):
            self._hold(is_cut=key == "ctrl+x")
        elif key == "ctrl+v":
            self.paste()
        else:
            return False
        return True

    def type_text(self, text: str) -> bool:
        return self.list.type_text(text)

    def focus_left(self, widget: Widget) -> None:
        self.name.left(widget)


def _address(path: str) -> str:
    return f"{_HOME_SIGN}/{path}" if path else _HOME_SIGN
