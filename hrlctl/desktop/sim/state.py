"""The facts about a simulated desktop, for criteria, oracles and rewards."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cached_property

from hrlctl.desktop.contract import WidgetState, WindowState
from hrlctl.desktop.sim.session import Session


class SimState:
    """The facts as they stand when they are first read; ``SimDesktop`` makes one a step."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def windows(self) -> tuple[WindowState, ...]:
        """Bottom to top, the minimised ones first."""
        return tuple(
            [
                WindowState(
                    window.title,
                    window.program.kind,
                    window.is_focused,
                    window.is_minimized,
                    window.is_maximized,
                    window.is_dialog,
                )
                for window in self._session.manager.stack
            ]
        )

    @cached_property
    def widgets(self) -> tuple[WidgetState, ...]:
        """Of all open windows, minimised ones included; then what an open menu or list shows."""
        widgets = [
            WidgetState(widget.role, widget.name, window.title, widget.value, widget.has_focus)
            for window in self._session.manager.stack
            for widget in window.widgets
        ]
        popup = self._session.popup
        if popup is not None:
            widgets += [WidgetState(part.role, part.label, "", None) for part in popup.parts()]
        return tuple(widgets)

    @property
    def files(self) -> Mapping[str, str]:
        """Content by path relative to the home folder."""
        return self._session.files.contents

    @property
    def folders(self) -> Set[str]:
        """Paths relative to the home folder, which is not among them."""
        return self._session.files.folders

    @cached_property
    def directories(self) -> Mapping[str, str]:
        """The folder that each file manager shows, by window title; home is empty."""
        return {
            window.title: window.program.path or ""
            for window in self._session.manager.stack
            if window.program.kind == "file_manager"
        }

    @property
    def settings(self) -> Mapping[str, bool | int | str]:
        """Applied values by name."""
        return self._session.settings

    @property
    def answers(self) -> Mapping[str, str]:
        """The button that ended each dialog, by title; empty where it was closed without one."""
        return self._session.answers

    @property
    def addresses(self) -> Mapping[str, str]:
        """What each browser window shows, by its title."""
        return {
            window.title: window.program.address
            for window in self._session.manager.opened
            if window.program.address is not None
        }

    @property
    def clipboard(self) -> str:
        """What Ctrl+V would insert."""
        return self._session.clipboard
