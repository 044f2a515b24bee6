"""What the keyboard does: popups first, then the shell's chords, then the focused window."""

from __future__ import annotations

from hrlctl.desktop.sim.popups import StartMenu
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.windows import Window


def press(session: Session, key: str) -> None:
    """One key or chord of ``KEYS``."""
    popup = session.popup
    if popup is not None:
        if key == "super" and isinstance(popup, StartMenu):
            session.close_popup()
            return
        if popup.press(key):
            return
        session.close_popup()
    manager, shell = session.manager, session.shell
    if key == "super":
        if manager.lock is None:
            shell.open_start_menu()
    elif key == "alt+tab":
        manager.focus_previous()
    elif key == "menu":
        _open_menu(session)
    elif (window := manager.focused) is None:
        shell.press(key)
    elif key == "alt+f4":
        manager.request_close(window)
    else:
        _press_window(window, key)


def _press_window(window: Window, key: str) -> None:
    if window.focus is not None and window.focus.press(key):
        return
    if key in ("tab", "shift+tab"):
        window.focus_next(1 if key == "tab" else -1)
    else:
        window.program.press(key)


def _open_menu(session: Session) -> None:
    """The context menu of what has the focus."""
    window = session.manager.focused
    if window is None:
        icon = session.shell.selected
        place = session.work_area if icon is None else icon.cell
        items = tuple(session.shell.menu_items(icon))
    elif window.focus is not None:
        rect = window.focus.rect
        place = rect._replace(x=rect.x + window.area.x, y=rect.y + window.area.y)
        items = tuple(window.focus.menu_items())
    else:
        return
    if items:
        session.open_menu(place.x + place.width // 2, place.y + place.height // 2, items)


def type_text(session: Session, text: str) -> None:
    """Some text, as if its letters were typed one after the other."""
    if session.popup is not None:
        session.popup.type_text(text)
        return
    window = session.manager.focused
    if window is not None and not (window.focus is not None and window.focus.type_text(text)):
        window.program.type_text(text)
