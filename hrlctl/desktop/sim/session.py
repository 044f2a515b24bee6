"""Everything that is true of a simulated desktop during one episode."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect, Screen
from hrlctl.desktop.sim import fields, painters
from hrlctl.desktop.sim.compositor import Compositor
from hrlctl.desktop.sim.fields import Field, FieldValue
from hrlctl.desktop.sim.file_system import FileSystem, Transfer, name_of
from hrlctl.desktop.sim.fonts import FONTS
from hrlctl.desktop.sim.geometry import clamped
from hrlctl.desktop.sim.launchers import DesktopIcon, Launcher
from hrlctl.desktop.sim.names import Names, Taken
from hrlctl.desktop.sim.popups import ContextMenu, OptionList, Popup
from hrlctl.desktop.sim.programs.field_rows import rows_height
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.programs.registry import PROGRAMS
from hrlctl.desktop.sim.shell import Shell
from hrlctl.desktop.sim.web import Web
from hrlctl.desktop.sim.widgets.base import MenuItem
from hrlctl.desktop.sim.window_manager import WindowManager
from hrlctl.desktop.sim.windows import Modality, Window

if TYPE_CHECKING:
    from hrlctl.desktop.sim.theme import Theme
    from hrlctl.desktop.sim.widgets.choices import DropDown

_FEWEST_FIELDS, _MOST_FIELDS = 3, 5


class Session:
    """The state of one episode, and what programs, windows and shell ask of each other.

    Args:
        taken: the names that the task uses; none of them is drawn.
        held_out_words: draw names from those that training never sees.
    """

    def __init__(
        self,
        compositor: Compositor,
        theme: Theme,
        wallpaper: Screen,
        seed: int,
        *,
        taken: Taken,
        held_out_words: bool,
    ) -> None:
        self._compositor = compositor
        self.height, self.width = compositor.screen.shape[:2]
        self.theme = theme
        self.wallpaper = wallpaper
        self.seed = seed
        self._taken = taken
        self._held_out_words = held_out_words
        top = theme.taskbar_height if theme.taskbar_position == "top" else 0
        self.work_area = Rect(0, top, self.width, self.height - theme.taskbar_height)
        self.clipboard = ""
        self.files = FileSystem(self._files_changed)
        self.transfer: Transfer | None = None
        self.web = Web(())
        self.settings: dict[str, FieldValue] = {}
        self.answers: dict[str, str] = {}
        self.popup: Popup | None = None
        self.manager = WindowManager(self)
        self.shell = Shell(self)

    # What has to be painted again.

    def damage(self, rect: Rect) -> None:
        """What lies in ``rect`` of the screen has changed."""
        self._compositor.damage(rect)

    def damage_icon(self, icon: DesktopIcon) -> None:
        """An icon has changed, or is about to leave its place."""
        self._compositor.damage_icon(self, icon)

    def taskbar_changed(self) -> None:
        """A window was opened, closed or has changed its state."""
        self.shell.invalidate()

    # Windows.

    def new_window(self, title: str, kind: str, start: Start, names: Names | None = None) -> Window:
        """A window of a program, not opened yet and without a place.

        Args:
            names: what its further content is drawn from; by default from the episode's seed and
                the title, so that it is the same whenever the window is opened.
        """
        if names is None:
            rng = random.Random(f"{self.seed}:{title.lower()}")
            names = Names(rng, held_out=self._held_out_words, taken=self._taken)
        window = Window(self, title)
        if kind in ("settings", "form"):
            start = start._replace(fields=self._all_fields(start.fields, names))
        window.program = PROGRAMS[kind](window, start, names)
        return window

    def _all_fields(self, named: tuple[Field, ...], names: Names) -> tuple[Field, ...]:
        """The named fields among drawn ones, with the values that have been applied."""
        rng = names.rng
        count = _FEWEST_FIELDS + int(rng.random() * (_MOST_FIELDS + 1 - _FEWEST_FIELDS))
        rows = list(named)
        room = self.work_area.height - 2 * self.theme.title_height - self.theme.button_height
        for field in fields.drawn(max(0, count - len(named)), names):
            if rows_height([*rows, field], self.theme) <= room:
                rows.insert(int(rng.random() * (len(rows) + 1)), field)
        return tuple(
            field._replace(value=self.settings.get(field.name, field.value)) for field in rows
        )

    def outer_size(self, window: Window) -> Size:
        """The size that suits a window, frame included; its title can be read in full."""
        theme = self.theme
        frame = Size(2 * theme.border, 2 * theme.border + theme.title_height)
        room = Size(self.work_area.width - frame.width, self.work_area.height - frame.height)
        width, height = window.program.client_size(theme, room)
        buttons = 1 if window.is_dialog else len(theme.title_order)
        title = FONTS[theme.title_font].width(window.title) + 4 + painters.CONTROL_WIDTH * buttons
        return Size(max(width, min(title, room.width)) + frame.width, height + frame.height)

    def launch(self, launcher: Launcher) -> None:
        """Open a program, or raise its window where it is open already."""
        open_window = self.manager.titled(launcher.name)
        if open_window is not None:
            self.manager.focus(open_window)
        else:
            self._start(launcher)

    def open_document(self, path: str) -> None:
        """Open a text in an editor, or raise the window that shows it already."""
        for window in self.manager.opened:
            if window.program.kind == "text_editor" and window.program.path == path:
                self.manager.focus(window)
                return
        self._start(Launcher(name_of(path), "text_editor", "editor", path=path))

    def _start(self, launcher: Launcher) -> None:
        """Open a window of a program at a place that depends on its name alone."""
        window = self.new_window(
            launcher.name,
            launcher.program,
            Start(launcher.fields, launcher.path, address=launcher.address),
        )
        width, height = self.outer_size(window)
        rng = random.Random(f"{self.seed}:{launcher.name}:place")
        work = self.work_area
        x = work.x + int(rng.random() * (work.width - width + 1))
        y = work.y + int(rng.random() * (work.height - height + 1))
        window.set_area(Rect(x, y, width, height))
        self.manager.add(window)

    def open_dialog(
        self,
        title: str,
        program: Callable[[Window], Program],
        *,
        owner: Window | None = None,
        modality: Modality = Modality.NONE,
        offset: tuple[int, int] = (0, 0),
    ) -> Window:
        """Open a dialog in the middle of its owner, or of the screen, moved by ``offset``."""
        window = Window(self, title, is_dialog=True, modality=modality, owner=owner)
        window.program = program(window)
        width, height = self.outer_size(window)
        around = self.work_area if owner is None else owner.area
        x = around.x + (around.width - width) // 2 + offset[0]
        y = around.y + (around.height - height) // 2 + offset[1]
        window.set_area(clamped(Rect(x, y, width, height), self.work_area))
        self.manager.add(window)
        return window

    def window_closed(self, window: Window) -> None:
        """A window is gone; a popup that belonged to it goes with it."""
        popup = self.popup
        if isinstance(popup, OptionList) and popup.drop_down.window is window:
            self.close_popup()

    def show_desktop(self) -> None:
        """Minimise everything that can be."""
        for window in list(self.manager.stack):
            self.manager.minimize(window)
        self.manager.focus(None)

    # Files.

    def _files_changed(self) -> None:
        for window in self.manager.opened:
            window.program.files_changed()

    def hold(self, path: str, *, is_cut: bool) -> None:
        """Have a file or folder ready to be pasted; a text that pastes it gets its path."""
        self.clipboard = path
        self.transfer = Transfer(path, is_cut)
        self._files_changed()

    @property
    def held(self) -> Transfer | None:
        """What was cut or copied, unless something else has been since."""
        transfer = self.transfer
        return transfer if transfer is not None and transfer.path == self.clipboard else None

    def release(self) -> None:
        """What was cut has been pasted: nothing is left to paste."""
        self.clipboard = ""
        self.transfer = None

    # Popups.

    def open_popup(self, popup: Popup) -> None:
        """Show ``popup`` in place of any other."""
        self.close_popup()
        self.popup = popup
        self.damage(popup.area)

    def close_popup(self) -> None:
        """Close the popup that is open, if any."""
        popup, self.popup = self.popup, None
        if popup is not None:
            self.damage(popup.area)
            popup.closed()

    def open_options(self, drop_down: DropDown) -> None:
        """Show the options of a drop-down."""
        self.open_popup(OptionList(self, drop_down))
        drop_down.set_open(True)

    def open_menu(self, x: int, y: int, items: tuple[MenuItem, ...]) -> None:
        """Show a context menu at a point of the screen."""
        self.open_popup(ContextMenu(self, x, y, items))
