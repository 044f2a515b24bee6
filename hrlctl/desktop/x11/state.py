"""What is true of a private display now, read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cached_property
from pathlib import PurePosixPath

from hrlctl.desktop.contract import UNKNOWN, Unknown, WidgetState, WindowState
from hrlctl.desktop.x11.browser import Browser
from hrlctl.desktop.x11.home import Contents, contents
from hrlctl.desktop.x11.programs import kind_of_window
from hrlctl.desktop.x11.session import Session
from hrlctl.desktop.x11.windows import Windows


class X11State:
    """The facts of one moment; each is read once, and may raise ``DesktopError`` then.

    Args:
        windows: of the display.
        session: the display.
        clipboard: reads the clipboard.
        browser: of the display.
    """

    def __init__(
        self,
        windows: Windows,
        session: Session,
        clipboard: Callable[[], str | Unknown],
        browser: Browser,
    ) -> None:
        self._windows, self._session, self._clipboard = windows, session, clipboard
        self._browser = browser

    @cached_property
    def windows(self) -> tuple[WindowState, ...] | Unknown:
        """Bottom to top."""
        with self._session.guarded():
            active, windows = self._windows.active(), self._windows.all()
        return tuple(
            WindowState(
                title=window.title,
                program=kind_of_window(window.window_class) or window.window_class.casefold(),
                is_focused=window.id == active,
                is_minimized=window.is_minimized,
                is_maximized=window.is_maximized,
                is_dialog=window.is_dialog,
            )
            for window in windows
        )

    @property
    def widgets(self) -> tuple[WidgetState, ...] | Unknown:
        """Programs do not tell."""
        return UNKNOWN

    @cached_property
    def _contents(self) -> Contents:
        return contents(self._session.home)

    @property
    def files(self) -> Mapping[str, str] | Unknown:
        """Content by path relative to the home folder."""
        return self._contents.files

    @property
    def folders(self) -> Set[str] | Unknown:
        """Paths relative to the home folder, which is not among them."""
        return self._contents.folders

    @cached_property
    def directories(self) -> Mapping[str, str] | Unknown:
        """The folder that each file manager shows, by window title; home is empty.

        The title says its name: unknown where that means none or several of the home's folders.
        """
        if isinstance(self.windows, Unknown):
            return UNKNOWN
        home = PurePosixPath(self._session.home_seen).name
        shown: dict[str, str] = {}
        for window in self.windows:
            if window.program == "file_manager" and not window.is_dialog:
                found = self._folders_named(window.title)
                found += [""] if window.title == home else []
                if len(found) != 1:
                    return UNKNOWN
                shown[window.title] = found[0]
        return shown

    def _folders_named(self, name: str) -> list[str]:
        return [path for path in self._contents.folders if PurePosixPath(path).name == name]

    @cached_property
    def addresses(self) -> Mapping[str, str] | Unknown:
        """The address that each browser window shows, by the window's title."""
        with self._session.guarded():
            return self._browser.addresses(
                window
                for window in self._windows.all()
                if kind_of_window(window.window_class) == "browser" and not window.is_dialog
            )

    @property
    def settings(self) -> Mapping[str, bool | int | str] | Unknown:
        """Programs do not tell."""
        return UNKNOWN

    @property
    def answers(self) -> Mapping[str, str] | Unknown:
        """Programs do not tell."""
        return UNKNOWN

    @cached_property
    def clipboard(self) -> str | Unknown:
        with self._session.guarded():
            return self._clipboard()
