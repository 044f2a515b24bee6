"""What the mouse does: finds what is under the pointer and tells it."""

from __future__ import annotations

from hrlctl.desktop.commands import ScrollDirection
from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim.popups import OptionList, StartMenu
from hrlctl.desktop.sim.session import Session
from hrlctl.desktop.sim.widgets.base import MenuItem
from hrlctl.desktop.sim.windows import Window


def click(session: Session, x: int, y: int) -> None:
    """The left button, once."""
    _press_at(session, x, y, is_second=False)


def double_click(session: Session, x: int, y: int) -> None:
    """The left button, twice. The second click is lost if the first has changed what is there."""
    before = _target(session, x, y)
    _press_at(session, x, y, is_second=False)
    if _target(session, x, y) == before:
        _press_at(session, x, y, is_second=True)


def _target(session: Session, x: int, y: int) -> object:
    """What is under the pointer: a popup, the taskbar, a window, or the desktop."""
    popup = session.popup
    if popup is not None and popup.area.contains(x, y):
        return popup
    if session.shell.bar.contains(x, y):
        return "taskbar"
    return session.manager.at(x, y)


def _press_at(session: Session, x: int, y: int, *, is_second: bool) -> None:
    if _popup_takes(session, x, y):
        return
    manager, shell = session.manager, session.shell
    if shell.bar.contains(x, y):
        if is_second:
            return
        if (lock := manager.lock) is not None:
            manager.focus(lock)
        else:
            shell.click(x, y)
        return
    window = manager.at(x, y)
    if window is not None:
        if _is_answering(session, window):
            _press_window(session, window, x, y, is_second=is_second)
        return
    if (lock := manager.lock) is not None:
        manager.focus(lock)
        return
    manager.focus(None)
    icon = shell.icon_at(x, y)
    if is_second and icon is not None:
        session.launch(icon.launcher)
    else:
        shell.select(icon)


def _popup_takes(session: Session, x: int, y: int) -> bool:
    """Whether a press is done with: inside the popup, or on what has opened it."""
    popup = session.popup
    if popup is None:
        return False
    if popup.area.contains(x, y):
        popup.click(x, y)
        return True
    session.close_popup()
    if isinstance(popup, StartMenu):
        return session.shell.start_button.contains(x, y)
    if isinstance(popup, OptionList):
        window, rect = popup.drop_down.window, popup.drop_down.rect
        return rect.contains(x - window.area.x, y - window.area.y)
    return False


def _is_answering(session: Session, window: Window) -> bool:
    """Raise and focus a window; false if a dialog keeps it from answering."""
    session.shell.select(None)
    session.manager.focus(window)
    return session.manager.focused is window


def _press_window(session: Session, window: Window, x: int, y: int, *, is_second: bool) -> None:
    manager, bars = session.manager, window.bars
    x, y = x - window.area.x, y - window.area.y
    if bars.close.contains(x, y):
        manager.request_close(window)
    elif bars.minimize is not None and bars.minimize.contains(x, y):
        manager.minimize(window)
    elif bars.maximize is not None and bars.maximize.contains(x, y):
        manager.toggle_maximized(window)
    elif bars.title.contains(x, y):
        if is_second:
            manager.toggle_maximized(window)
    elif (widget := window.widget_at(x, y)) is not None:
        if widget.takes_focus:
            window.focus_on(widget)
        if is_second:
            widget.double_click(x, y)
        else:
            widget.click(x, y)


def right_click(session: Session, x: int, y: int) -> None:
    """The right button: context menus."""
    session.close_popup()
    manager, shell = session.manager, session.shell
    items: tuple[MenuItem, ...] = ()
    if shell.bar.contains(x, y):
        window = shell.task_at(x, y)
        if window is not None and manager.lock is None:
            items = _window_items(session, window)
    elif (window := manager.at(x, y)) is not None:
        if not _is_answering(session, window):
            return
        inner_x, inner_y = x - window.area.x, y - window.area.y
        if window.bars.title.contains(inner_x, inner_y):
            items = _window_items(session, window)
        elif (widget := window.widget_at(inner_x, inner_y)) is not None:
            if widget.takes_focus:
                window.focus_on(widget)
            widget.right_click(inner_x, inner_y)
            items = tuple(widget.menu_items())
    elif manager.lock is None:
        manager.focus(None)
        icon = shell.icon_at(x, y)
        shell.select(icon)
        items = tuple(shell.menu_items(icon))
    if items:
        session.open_menu(x, y, items)


def _window_items(session: Session, window: Window) -> tuple[MenuItem, ...]:
    manager = session.manager
    items = []
    if not window.is_dialog:
        if window.is_minimized:
            items.append(MenuItem("Restore", lambda: manager.focus(window)))
        else:
            size = "Restore" if window.is_maximized else "Maximize"
            items.append(MenuItem(size, lambda: manager.toggle_maximized(window)))
            items.append(MenuItem("Minimize", lambda: manager.minimize(window)))
    items.append(MenuItem("Close", lambda: manager.request_close(window)))
    return tuple(items)


def drag(session: Session, x: int, y: int, to_x: int, to_y: int) -> None:
    """The left button, pressed at (x, y) and released at (to_x, to_y)."""
    if (x, y) == (to_x, to_y):
        click(session, x, y)
        return
    manager, shell = session.manager, session.shell
    popup = session.popup
    if popup is not None:
        if popup.area.contains(x, y):
            popup.click(to_x, to_y)
            return
        session.close_popup()
    if shell.bar.contains(x, y):
        _drag_on_taskbar(session, x, y, to_x, to_y)
        return
    window = manager.at(x, y)
    if window is None:
        if manager.lock is None:
            manager.focus(None)
            icon = shell.icon_at(x, y)
            shell.select(icon)
            if icon is not None and not icon.cell.contains(to_x, to_y):
                shell.drop(icon, to_x, to_y)
        else:
            manager.focus(manager.lock)
    elif _is_answering(session, window):
        _drag_window(session, window, Rect(x, y, to_x - x, to_y - y))


def _drag_on_taskbar(session: Session, x: int, y: int, to_x: int, to_y: int) -> None:
    """Pressed and released on the same button of the taskbar: a click."""
    rects = [session.shell.start_button, *(r for _, r in session.shell.task_buttons())]
    if any(rect.contains(x, y) and rect.contains(to_x, to_y) for rect in rects):
        click(session, to_x, to_y)


def _drag_window(session: Session, window: Window, way: Rect) -> None:
    """``way``: where the button was pressed, on the screen, and how far the pointer moved."""
    x, y = way.x - window.area.x, way.y - window.area.y
    to_x, to_y = x + way.width, y + way.height
    bars = window.bars
    if bars.title.contains(x, y):
        session.manager.move(window, way.width, way.height)
        return
    for control in (bars.close, bars.minimize, bars.maximize):
        if control is not None and control.contains(x, y):
            if control.contains(to_x, to_y):
                _press_window(
                    session, window, to_x + window.area.x, to_y + window.area.y, is_second=False
                )
            return
    if (widget := window.widget_at(x, y)) is not None:
        if widget.takes_focus:
            window.focus_on(widget)
        widget.drag(x, y, to_x, to_y)


def scroll(session: Session, x: int, y: int, direction: ScrollDirection) -> None:
    """The wheel. It scrolls what is under the pointer, whichever window has the focus."""
    popup = session.popup
    if popup is not None:
        if popup.area.contains(x, y):
            popup.scroll(direction)
        return
    window = session.manager.at(x, y)
    if window is None or session.manager.blocker(window) is not None:
        return
    widget = window.widget_at(x - window.area.x, y - window.area.y)
    if widget is None or not widget.scroll(direction):
        window.program.scroll(1 if direction == "down" else -1)
