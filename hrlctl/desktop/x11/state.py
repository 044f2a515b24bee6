"""What is true of a private display now, read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path

from hrlctl.desktop.contract import UNKNOWN, Unknown, WidgetState, WindowState
from hrlctl.desktop.x11.home import contents
from hrlctl.desktop.x11.programs import kind_of_window
from hrlctl.desktop.x11.windows import Windows


class X11State:
    """The facts of one moment; each is read once.

    Args:
        windows: of the display.
        home: the episode's.
        clipboard: reads the clipboard.
    """

    def __init__(
        self, windows: Windows, home: Path, clipboard: Callable[[], str | Unknown]
    ) -> None:
        self._windows, self._home, self._clipboard = windows, home, clipboard

    @cached_property
    def windows(self) -> tuple[WindowState, ...] | Unknown:
        """Bottom to top."""
        active = self._windows.active()
        return tuple(
            WindowState(
                title=window.title,
                program=kind_of_window(window.window_class) or window.window_class.casefold(),
                is_focused=window.id == active,
                is_minimized=window.is_minimized,
                is_maximized=window.is_maximized,
                is_dialog=window.is_dialog,
            )
            for window in self._windows.all()
        )

    @property
    def widgets(self) -> tuple[WidgetState, ...] | Unknown:
        """Programs do not tell."""
        return UNKNOWN

    @cached_property
    def files(self) -> Mapping[str, str] | Unknown:
        """Content by path relative to the home folder."""
        return contents(self._home)

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
        return self._clipboard()
