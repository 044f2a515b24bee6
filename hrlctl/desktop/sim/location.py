"""Finds things on the screen by what they are and what they are called."""

from __future__ import annotations

from collections.abc import Iterator

from hrlctl.desktop.contract import Locator, Rect
from hrlctl.desktop.sim.geometry import moved, visible_part
from hrlctl.desktop.sim.popups import OptionList
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.windows import Window

_SHELL_ROLES = frozenset({"taskbar", "taskbar_button", "start_button"})
_POPUP_ROLES = frozenset({"menu", "menu_item", "option"})


def locate(session: Session, locator: Locator) -> Rect | None:
    """The visible part of what ``locator`` names, where a click reaches it, or ``None``."""
    role, name = locator.role, _folded(locator.name)
    covers = [] if session.popup is None else [session.popup.area]
    if role in _POPUP_ROLES:
        return _in_popup(session, locator)
    if role in _SHELL_ROLES:
        if session.manager.lock is not None:
            return None
        for part in session.shell.parts():
            if part.role == role and name in (None, part.label.lower()):
                return visible_part(part.rect, covers)
        return None
    if role in ("icon", "desktop"):
        return _on_desktop(session, role, name, covers)
    for window in session.manager.shown():
        if locator.window is None or window.title.lower() == locator.window.lower():
            for rect in _in_window(session, window, locator):
                if (part_seen := visible_part(rect, covers)) is not None:
                    return part_seen
        covers.append(window.area)
    return None


def _folded(name: str | None) -> str | None:
    return None if name is None else name.lower()


def _in_popup(session: Session, locator: Locator) -> Rect | None:
    popup = session.popup
    if popup is None:
        return None
    if locator.window is not None:
        window = popup.drop_down.window.title if isinstance(popup, OptionList) else popup.name
        if window.lower() != locator.window.lower():
            return None
    name = _folded(locator.name)
    for part in popup.parts():
        if part.role == locator.role and name in (None, part.label.lower()):
            return part.rect
    return None


def _on_desktop(session: Session, role: str, name: str | None, covers: list[Rect]) -> Rect | None:
    if session.manager.lock is not None:
        return None
    covers = [*covers, *(window.area for window in session.manager.shown())]
    icons = session.shell.icons
    if role == "desktop":
        return visible_part(session.work_area, [*covers, *(icon.cell for icon in icons)])
    for icon in icons:
        if name in (None, icon.launcher.name.lower()):
            return visible_part(icon.cell, covers)
    return None


def _in_window(session: Session, window: Window, locator: Locator) -> Iterator[Rect]:
    """Where ``window`` has what is named, in screen coordinates, best first."""
    role, name = locator.role, _folded(locator.name)
    if session.manager.blocker(window) is not None:
        return
    if role == "window":
        # Where a click focuses the window and does nothing else.
        if name in (None, window.title.lower()):
            yield moved(window.bars.title, window.area.x, window.area.y)
            yield window.area
        return
    if locator.at is not None:
        for widget in window.widgets:
            is_named = name in (None, widget.name.lower())
            if widget.is_shown and is_named and any(p.role == role for p in widget.parts()):
                yield moved(widget.place_of(locator.at), window.area.x, window.area.y)
        return
    for part in window.parts():
        if part.role == role and name in (None, part.label.lower()):
            yield part.rect
