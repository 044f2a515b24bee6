"""A text editor: a row of buttons above a text area, with dialogs to open and save files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.fields import Field
from hrlctl.desktop.sim.programs.file_dialog import FileDialog
from hrlctl.desktop.sim.programs.message import Message
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.widgets.buttons import Button
from hrlctl.desktop.sim.widgets.editing import TextArea
from hrlctl.desktop.sim.windows import Modality, Window

if TYPE_CHECKING:
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme

_FILE_NAME = "File name"


class TextEditor(Program):
    """Edits one document. The text area is named "Text".

    Attributes:
        path: where the document is saved, or ``None`` for one that never was.
    """

    kind = "text_editor"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window)
        self.path = start.path
        self._saved = window.session.files.get(start.path, "") if start.path else ""
        self.text = TextArea("Text", self._saved if start.text is None else start.text)
        self.buttons = tuple(
            Button(name, action)
            for name, action in (("New", self.new), ("Open", self.open), ("Save", self.save))
        )
        for widget in (*self.buttons, self.text):
            window.add(widget)
        window.focus = self.text

    @property
    def is_changed(self) -> bool:
        """Whether there is something to lose."""
        return self.text.buffer.text != self._saved

    def client_size(self, theme: Theme, room: Size) -> Size:
        return Size(min(92, room.width), min(62, room.height))

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        x, y, width, height = client
        room = (width - 1) // len(self.buttons)
        for index, button in enumerate(self.buttons):
            button.rect = Rect(x + 1 + index * room, y + 1, room - 1, theme.button_height)
        below = theme.button_height + 2
        self.text.arrange(Rect(x, y + below, width, height - below), theme)

    def press(self, key: str) -> bool:
        actions = {"ctrl+s": self.save, "ctrl+o": self.open, "ctrl+n": self.new}
        if key not in actions:
            return False
        actions[key]()
        return True

    def type_text(self, text: str) -> bool:
        self.window.focus_on(self.text)
        return self.text.type_text(text)

    # Documents.

    def new(self) -> None:
        """An empty document; asks first where something would be lost."""
        self._unless_kept(lambda: self._show(None, ""))

    def open(self) -> None:
        """A file that is chosen from a list."""
        self._unless_kept(self._choose)

    def _choose(self) -> None:
        session = self.window.session

        def chosen(path: str) -> None:
            self._show(path, session.files[path])

        session.open_dialog(
            "Open file",
            lambda window: FileDialog(window, tuple(sorted(session.files)), chosen),
            owner=self.window,
            modality=Modality.OWNER,
        )

    def _show(self, path: str | None, text: str) -> None:
        self.path, self._saved = path, text
        self.text.buffer.replace_all(text)
        self.text.edited()
        self.window.focus_on(self.text)

    def save(self) -> None:
        """To its path; asks for a name where it has none."""
        self._save(lambda: None)

    def _save(self, then: Callable[[], None]) -> None:
        if self.path is not None:
            self._write(self.path)
            then()
            return

        def named(path: str) -> None:
            self._write(path)
            then()

        self.window.session.open_dialog(
            "Save as",
            lambda window: _NameDialog(window, named),
            owner=self.window,
            modality=Modality.OWNER,
        )

    def _write(self, path: str) -> None:
        self.path = path
        self._saved = self.text.buffer.text
        self.window.session.files[path] = self._saved

    def may_close(self) -> bool:
        if not self.is_changed:
            return True
        self._ask(lambda: self.window.session.manager.close(self.window))
        return False

    def _unless_kept(self, then: Callable[[], None]) -> None:
        if self.is_changed:
            self._ask(then)
        else:
            then()

    def _ask(self, then: Callable[[], None]) -> None:
        def answered(answer: str) -> None:
            if answer == "Save":
                self._save(then)
            elif answer == "Discard":
                then()

        self.window.session.open_dialog(
            "Unsaved changes",
            lambda window: Message(
                window, Start(), "Save the text?", ("Save", "Discard", "Cancel"), answered
            ),
            owner=self.window,
            modality=Modality.OWNER,
        )


class _NameDialog(Message):
    """Asks for a file name; stays open until there is one that can be used.

    Args:
        named: called with the path after the dialog has closed.
    """

    def __init__(self, window: Window, named: Callable[[str], None]) -> None:
        super().__init__(
            window, Start((Field("text_field", _FILE_NAME, ""),)), "", ("Save", "Cancel")
        )
        self._named = named

    def apply(self) -> None:
        """A file name is no setting."""

    def answer(self, name: str) -> None:
        path = str(self.fields.values()[_FILE_NAME]).strip()
        if name == "Save" and not self.window.session.files.can_be_written(path):
            return
        super().answer(name)
        if name == "Save":
            self._named(path)
