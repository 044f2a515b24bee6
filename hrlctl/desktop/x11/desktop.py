"""A private display with real programs, behind the contract that all desktops keep."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from PIL import Image, ImageDraw
from Xlib import X

from hrlctl.desktop.commands import (
    Click,
    Command,
    Done,
    DoubleClick,
    Drag,
    Press,
    RightClick,
    Scroll,
    TypeText,
    Wait,
)
from hrlctl.desktop.contract import Annotation, Desktop, Locator, Rect, Screen
from hrlctl.desktop.x11.annotation import Labels, Thing, sign_of
from hrlctl.desktop.x11.arrangement import arrange, check_setup, draw_place, opened_by
from hrlctl.desktop.x11.browser import Browser
from hrlctl.desktop.x11.capture import Capture
from hrlctl.desktop.x11.clipboard import Clipboard
from hrlctl.desktop.x11.home import check_space, furnish
from hrlctl.desktop.x11.keyboard import Keyboard
from hrlctl.desktop.x11.location import locate, title_bar, titles
from hrlctl.desktop.x11.looks import draw_look
from hrlctl.desktop.x11.pointer import Pointer
from hrlctl.desktop.x11.programs import (
    Program,
    double_click,
    kind_of_window,
    lag,
    require,
    same_key_pause,
)
from hrlctl.desktop.x11.session import Session, check_requirements
from hrlctl.desktop.x11.settling import Settler
from hrlctl.desktop.x11.shell import Shell
from hrlctl.desktop.x11.state import X11State
from hrlctl.desktop.x11.tree import ProcessTree
from hrlctl.desktop.x11.web_pages import drawn_web
from hrlctl.desktop.x11.window_manager import WindowManager
from hrlctl.desktop.x11.windows import Window, Windows
from hrlctl.errors import DesktopError
from hrlctl.schema.setup import Setup, WindowSetup

OPENING_SECONDS: Final = 5.0
"""How long a step waits for the window of a program that it has started."""
START_SECONDS: Final = 20.0
"""How long a reset waits for a window that the task begins with."""
_TRIES: Final = 2  # of a reset whose first screen is not as it should be
_POINTER: Final = ((0, 0), (0, 8), (2, 6), (5, 6))
_WAIT_SECONDS: Final = 0.1  # that the command Wait takes


class X11Desktop(Desktop):
    """Real programs on an X server of their own.

    Args:
        width, height: of the screen that is seen, in pixels.
        scale: how many pixels of the display, in each direction, become one of the screen.

    Raises:
        DesktopUnavailableError: what a display is made of is not installed.
        DesktopError: it does not start.
    """

    is_repeatable = False

    def __init__(self, width: int = 320, height: int = 240, scale: int = 2) -> None:
        check_requirements()
        self.width, self.height, self._scale = width, height, scale
        size = width * scale, height * scale
        self.tree = ProcessTree()
        try:
            self._session = Session(*size, self.tree)
            with self._session.guarded():
                self._assemble(size)
        except BaseException:
            self.tree.close()
            raise

    def _assemble(self, size: tuple[int, int]) -> None:
        session = self._session
        self._look = draw_look(random.Random(0), held_out=False)
        self._size = size
        self._windows = Windows(session.x)
        self._browser = Browser(session)
        self._settler = Settler(session, self._windows, self._dispatch, self._browser)
        self._manager = WindowManager(session, self._windows, self._look)
        self._shell = Shell(session.x, self._windows, size)
        self._clipboard = Clipboard(session.x, self._settler.wait_for)
        self._keyboard = Keyboard(session.x)
        self._pointer = Pointer(session.x, self._handled)
        self._capture = Capture(session, self._scale)
        self._state: X11State | None = None
        self._screen: Screen | None = None
        self._cursor = (self.width // 2, self.height // 2)
        self._before_start: set[int] | None = None  # windows, when a program was started
        self._discarded: list[str] = []  # what was wrong with first screens

    @property
    def session(self) -> Session:
        """The display."""
        return self._session

    @property
    def capture_backend(self) -> str:
        """The way in which mss takes pictures of the display."""
        return self._capture.backend

    # Episodes.

    def reset(self, setup: Setup, seed: int) -> None:
        check_setup(setup)
        try:
            check_space(self.tree.folder)
            with self._session.guarded():
                for _ in range(_TRIES):
                    trouble = self._begin(setup, random.Random(seed))
                    if trouble is None:
                        return
                    self._discarded.append(trouble)
        except OSError as error:  # an agent may have done anything to its folders
            raise DesktopError(f"an episode's folders cannot be made: {error}") from error
        raise DesktopError(f"an episode's first screen is not as it should be: {trouble}")

    def take_discarded(self) -> list[str]:
        discarded, self._discarded = self._discarded, []
        return discarded

    def _begin(self, setup: Setup, rng: random.Random) -> str | None:
        """Put everything in its initial state; returns what is wrong with it."""
        self._forget()
        self._sweep()
        self._look = look = draw_look(rng, held_out=setup.variation.held_out_themes)
        arrangement = arrange(setup, rng, self._size, self._open_program)
        folders = (*setup.folders, *arrangement.folders)
        furnish(self._session.home, look, setup.files, folders)
        self._session.renew()
        self._browser.begin(drawn_web(setup, rng), look, rng)
        self._manager.dress(look)
        self._clipboard.put(setup.clipboard)
        self._shell.furnish(look, arrangement.launchers)
        self._move_to(self.width // 2, self.height // 2)
        self._session.wait_for_bus()
        opened: list[int] = []
        for window in setup.windows:
            new = self._open_window(window, rng)
            if new is None:
                return f"{require(window.program).command[0]} shows no window in time"
            opened.append(new)
        self._manager.wait()
        self._settler.settle(self._windows.active())
        self._windows.forget()
        self._shell.refresh_tasks()
        self._session.x.sync()
        return _trouble(self._windows.all(), opened)

    def _sweep(self) -> None:
        """End the programs of the episode before, and let go of keys and buttons."""
        self.tree.sweep()
        self._before_start = None
        self._keyboard.release_all()
        self._pointer.release_all()
        ends = time.monotonic() + START_SECONDS
        self._windows.forget()
        while self._windows.all():
            self._windows.forget()
            if time.monotonic() > ends:
                raise DesktopError("windows of programs that were ended do not go away")
            self._manager.wait()
        self._settler.pump()

    def _open_window(self, setup: WindowSetup, rng: random.Random) -> int | None:
        """Open a window that a task begins with; its number, ``None`` where none shows in time."""
        program = require(setup.program)
        before = set(self._windows.ids())
        self._windows.forget()
        standing = titles(self._windows)
        self._open_program(program, opened_by(program, setup))
        self._before_start = None
        ends = time.monotonic() + START_SECONDS
        while not (new := self._opened_since(before)):
            if time.monotonic() > ends:
                return None
            self._settler.pump()
            time.sleep(0.002)
        window = new[-1]
        place = draw_place(rng, self._size, window.frame, standing)
        self._windows.place(window.id, *place)
        if setup.state == "minimized":
            self._windows.minimize(window.id)
        elif setup.state == "maximized":
            self._windows.maximize(window.id)
        self._manager.wait()
        self._settler.settle(window.id)
        return window.id

    def _opened_since(self, before: set[int]) -> list[Window]:
        if before.issuperset(self._windows.ids()):
            return []
        self._windows.forget()
        return [window for window in self._windows.all() if window.id not in before]

    def _open_program(self, program: Program, opened: Sequence[str]) -> None:
        self._before_start = set(self._windows.ids())
        if program.opens_addresses:
            self._browser.open(program.command, opened)
            return
        paths = opened if program.opens_paths else ()
        self._session.start([*program.command, *(f"{self._session.home_seen}/{p}" for p in paths)])

    # What the agent does and sees.

    def capture(self) -> Screen:
        if self._screen is None:
            with self._session.guarded():
                self._screen = self._capture.screen()
        return self._screen

    def look_again(self) -> None:
        """Let the next ``capture`` and ``state`` be of now, not of the end of the last command."""
        self._forget()
        self._windows.forget()

    def perform(self, command: Command) -> None:
        with self._session.guarded():
            self._forget()
            self._settler.pump()
            match command:
                case Press(key):
                    target = self._windows.active()
                    self._keyboard.press(key)
                case TypeText(text):
                    target = self._windows.active()
                    self._type(text)
                case Wait():
                    target = self._windows.active()
                    self._session.x.flush()
                    time.sleep(_WAIT_SECONDS)
                case Done():
                    return
                case _:
                    target = self._point(command)
            self._settle(target)

    def _type(self, text: str) -> None:
        """Type ``text`` as it stands, but for control characters other than line ends and tabs."""
        text = "".join(c for c in text if c.isprintable() or c in "\n\t")
        if self._keyboard.can_type(text):
            pause = self._same_key_pause()
            if pause:
                self._type_slowly(text, pause)
            else:
                self._keyboard.type_text(text)
        else:
            self._clipboard.paste(text, lambda: self._keyboard.press("shift+insert"))

    def _same_key_pause(self) -> float:
        return same_key_pause(self._class_of(self._windows.active()))

    def _double_click(self, target: int | None) -> float:
        return double_click(self._class_of(target))

    def _class_of(self, window_id: int | None) -> str:
        return next((w.window_class for w in self._windows.all() if w.id == window_id), "")

    def _type_slowly(self, text: str, pause: float) -> None:
        """Type key by key, none of them twice within ``pause`` seconds."""
        struck: dict[str, float] = {}
        answers = True
        for character in text:
            if character in struck:
                time.sleep(max(0.0, struck[character] + pause - time.monotonic()))
                # A program whose turn comes late has to see for itself that the time is over.
                answers = answers and self._handled()
            self._keyboard.type_text(character)
            answers = answers and self._handled()
            struck[character] = time.monotonic()

    def _point(self, command: Command) -> int | None:
        """Carry out a command of the pointer; returns the window that it met."""
        pointer = self._pointer
        assert not isinstance(command, Press | TypeText | Wait | Done)
        x, y = self._pixel(command.x, command.y)
        target = self._window_at(x, y)
        self._cursor = (command.x, command.y)
        match command:
            case Click():
                pointer.click(x, y, apart=self._double_click(target))
            case DoubleClick():
                pointer.double_click(x, y, self._double_click(target))
            case RightClick():
                pointer.right_click(x, y)
            case Scroll(direction=direction):
                pointer.scroll(x, y, direction)
            case Drag(to_x=to_x, to_y=to_y):
                self._cursor = (to_x, to_y)
                pointer.drag(x, y, *self._pixel(to_x, to_y))
        return target

    def _settle(self, target: int | None) -> None:
        """Wait until the screen shows what was done, and the window of a program started by it."""
        settler = self._settler
        is_dialog = any(w.is_dialog for w in self._windows.all() if w.id == target)
        settler.settle(
            target,
            is_ours=target is None,
            is_dialog=is_dialog,
            lag=lag(self._class_of(target)),
        )
        if self._before_start is not None:
            before, self._before_start = self._before_start, None
            settler.settle(
                None,
                is_ours=True,
                until=lambda: any(
                    window.id == self._windows.active() for window in self._opened_since(before)
                ),
                seconds=OPENING_SECONDS,
            )
        self._windows.forget()
        self._shell.refresh_tasks()
        self._session.x.sync()

    def _window_at(self, x: int, y: int) -> int | None:
        for window in reversed(self._windows.all()):
            if not window.is_minimized and window.frame.contains(x, y):
                return window.id
        return None

    def _pixel(self, x: int, y: int) -> tuple[int, int]:
        """The display's pixel in the middle of the screen's pixel (x, y)."""
        half = self._scale // 2
        inside = max(0, min(x, self.width - 1)), max(0, min(y, self.height - 1))
        return inside[0] * self._scale + half, inside[1] * self._scale + half

    def _move_to(self, x: int, y: int) -> None:
        self._cursor = (x, y)
        self._pointer.move(*self._pixel(x, y))
        self._session.x.sync()

    @property
    def cursor(self) -> tuple[int, int]:
        return self._cursor

    # What is true.

    def state(self) -> X11State:
        if self._state is None:
            self._state = X11State(
                self._windows, self._session, self._clipboard.read, self._browser
            )
        return self._state

    def locate(self, locator: Locator) -> Rect | None:
        with self._session.guarded():
            self._settler.pump()
            self._windows.forget()
            found = locate(locator, self._windows, self._shell, self._browser)
        if found is None:
            return None
        left, top = -(-found.x // self._scale), -(-found.y // self._scale)
        right, bottom = found.right // self._scale, found.bottom // self._scale
        return Rect(left, top, max(0, right - left), max(0, bottom - top))

    def annotate(self, rows: int, columns: int) -> Annotation:
        with self._session.guarded():
            labels = Labels(self._size, rows, columns)
            self._shell.annotate_desktop(labels)
            active = self._windows.active()
            for window in self._windows.all():
                if not window.is_minimized:
                    self._annotate_window(labels, window, is_focused=window.id == active)
            for popup in self._windows.popups():
                labels.unknown(popup)
            self._shell.annotate_panel(labels)
        return labels.annotation()

    def _annotate_window(self, labels: Labels, window: Window, *, is_focused: bool) -> None:
        labels.unknown(window.frame)
        buttons = self._windows.title_buttons(window)
        labels.enter([Thing("title_bar", title_bar(window, buttons.values()), is_focused)])
        labels.enter(Thing(role, rect) for role, rect in buttons.items())
        for role, rect in buttons.items():
            labels.blank(rect)
            labels.write([sign_of(role, rect, is_maximized=window.is_maximized)])
        if kind_of_window(window.window_class) == "browser":
            self._browser.annotate(labels, window)

    def _forget(self) -> None:
        self._state, self._screen = None, None

    def _handled(self) -> bool:
        return self._settler.handled(self._windows.active())

    def _dispatch(self, event: Any) -> None:
        if event.type == X.MappingNotify:
            return  # the keyboard is ours: we have changed it
        if not self._clipboard.handle(event):
            self._shell.handle(event)

    def render(self, scale: int = 2) -> Screen:
        """A picture for people with the pointer: the display as it is, or enlarged.

        Args:
            scale: how many pixels of the picture each pixel of the screen is wide and high.
        """
        picture = Image.fromarray(np.ascontiguousarray(self._capture.grab()[:, :, 2::-1]))
        picture = picture.resize((self.width * scale, self.height * scale), Image.Resampling.BOX)
        x, y = self._cursor[0] * scale, self._cursor[1] * scale
        arrow = [(x + dx * scale, y + dy * scale) for dx, dy in _POINTER]
        ImageDraw.Draw(picture).polygon(arrow, (255, 255, 255), (0, 0, 0))
        return np.asarray(picture)

    def close(self) -> None:
        try:
            self._capture.close()
            self._browser.close()
            self._session.close()
        finally:
            self.tree.close()


def _trouble(windows: Sequence[Window], opened: Sequence[int]) -> str | None:
    """What is wrong with a first screen, if anything is.

    Args:
        windows: that are open.
        opened: those of them that a task begins with.
    """
    there = {window.id: window for window in windows}
    if gone := sum(each not in there for each in opened):
        return f"{gone} of {len(opened)} windows have been closed"
    for window in windows:
        if window.id not in opened or window.is_dialog:
            return f"a window pops up: {window.title!r}"
    return None
