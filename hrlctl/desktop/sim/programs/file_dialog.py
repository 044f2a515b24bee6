"""The dialog that chooses one of the files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.programs.button_row import ButtonRow
from hrlctl.desktop.sim.programs.program import Program, Size
from hrlctl.desktop.sim.widgets.choices import ItemList

if TYPE_CHECKING:
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window


class FileDialog(Program):
    """A list of files named "Files", with Open and Cancel.

    Args:
        chosen: called with the path after the dialog has closed.
    """

    kind = "dialog"

    def __init__(
        self, window: Window, paths: tuple[str, ...], chosen: Callable[[str], None]
    ) -> None:
        super().__init__(window)
        self._chosen = chosen
        self.list = ItemList("Files", paths, paths[0] if paths else None, self._activate)
        window.add(self.list)
        self.buttons = ButtonRow(window, ("Open", "Cancel"), self._press)
        window.focus = self.list

    def _press(self, name: str) -> None:
        path = self.list.value
        if name == "Open" and path is None:
            return
        session = self.window.session
        session.answers[self.window.title] = name
        session.manager.close(self.window)
        if name == "Open" and path is not None:
            self._chosen(path)

    def _activate(self, _path: str) -> None:
        self._press("Open")

    def client_size(self, theme: Theme, room: Size) -> Size:
        height = 5 * theme.row_height + 2 + theme.button_height + 3 * theme.padding
        return Size(min(90, room.width), min(height, room.height))

    def arrange(self, client: Rect) -> None:
        theme = self.window.session.theme
        pad = theme.padding
        x, y, width, height = client
        below = self.buttons.size(theme).height
        inner = width - 2 * pad
        self.list.arrange(Rect(x + pad, y + pad, inner, height - below - 2 * pad), theme)
        self.buttons.arrange(Rect(x + pad, y + height - below, inner, below - pad), theme)

    def press(self, key: str) -> bool:
        if key in ("enter", "escape"):
            self._press("Open" if key == "enter" else "Cancel")
            return True
        return False

    def may_close(self) -> bool:
        self._press("Cancel")
        return False
