"""Where things are on a private display, for oracles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from hrlctl.desktop.contract import Locator, Rect
from hrlctl.desktop.x11.browser import Browser
from hrlctl.desktop.x11.programs import NAMES, kind_of_window
from hrlctl.desktop.x11.shell import Shell
from hrlctl.desktop.x11.windows import Window, Windows

_BUTTONS: Final = ("close_button", "minimize_button", "maximize_button")
POINTABLE: Final = 18
"""Pixels of the display: what is as wide and high holds a place that an agent can point at,
wherever the cells of the pointer lie. They are 16 pixels large, and seen at half the size."""
_EMPTY_STEP: Final = 16  # pixels between the places that are tried for an empty one


def locate(locator: Locator, windows: Windows, shell: Shell, browser: Browser) -> Rect | None:
    """The visible part of a thing in the display's pixels, or ``None``."""
    found = windows.all()
    shown = [window for window in found if not window.is_minimized]
    above = [window.frame for window in shown]
    match locator.role:
        case "icon":
            return visible(shell.icon(locator.name), [*above, shell.panel])
        case "start_button":
            return shell.menu_button
        case "menu_item" if shell.menu_is_open:
            return shell.menu_entry(locator.name)
        case "taskbar":
            return shell.panel
        case "taskbar_button":
            return shell.task(locator.name)
        case "desktop":
            return _empty(shell, [*above, shell.panel])
    for place in reversed(range(len(shown))):
        window = shown[place]
        name = locator.name if locator.role in _NAMED_BY_TITLE else locator.window
        if name is None or name.casefold() in _names(window):
            part = _part(locator, window, windows)
            if part is None and kind_of_window(window.window_class) == "browser":
                part = browser.part(locator, window)
            rect = visible(part, [*above[place + 1 :], shell.panel])
            if rect is not None:
                return rect
    return None


_NAMED_BY_TITLE: Final = (*_BUTTONS, "window", "title_bar")


def _names(window: Window) -> tuple[str, ...]:
    """What a window may be called: its title, or what its program is called on the desktop."""
    kind = kind_of_window(window.window_class)
    program = NAMES[kind].casefold() if kind is not None and not window.is_dialog else ""
    return window.title.casefold(), program


def titles(windows: Windows) -> list[Rect]:
    """Where each window can be taken by its title, bottom to top, without those that cannot."""
    shown = [window for window in windows.all() if not window.is_minimized]
    found = (
        visible(_title_bar(window, windows), [w.frame for w in shown[place + 1 :]])
        for place, window in enumerate(shown)
    )
    return [rect for rect in found if rect is not None]


def title_bar(window: Window, buttons: Iterable[Rect]) -> Rect:
    """The title bar of a window, left of its ``buttons``."""
    frame = window.frame
    right = min((button.x for button in buttons), default=frame.right)
    return Rect(frame.x, frame.y, right - frame.x, window.client.y - frame.y)


def _title_bar(window: Window, windows: Windows) -> Rect:
    return title_bar(window, windows.title_buttons(window).values())


def _part(locator: Locator, window: Window, windows: Windows) -> Rect | None:
    """The part of a window that a locator means."""
    match locator.role:
        case "window":
            return window.frame
        case "text_area":
            return window.client
        case "title_bar":
            return _title_bar(window, windows)
        case role if role in _BUTTONS:
            return windows.title_buttons(window).get(role)
        case _:
            return None


def visible(rect: Rect | None, covers: Iterable[Rect]) -> Rect | None:
    """The largest strip of a rectangle that none of ``covers`` lies over.

    One that can be pointed at for certain comes before a larger one that is too thin for it.
    """
    for cover in covers:
        if rect is None:
            return None
        rect = _without(rect, cover)
    return rect


def _without(rect: Rect, cover: Rect) -> Rect | None:
    left, right = max(rect.x, cover.x), min(rect.right, cover.right)
    top, bottom = max(rect.y, cover.y), min(rect.bottom, cover.bottom)
    if left >= right or top >= bottom:
        return rect
    strips = (
        Rect(rect.x, rect.y, left - rect.x, rect.height),
        Rect(right, rect.y, rect.right - right, rect.height),
        Rect(rect.x, rect.y, rect.width, top - rect.y),
        Rect(rect.x, bottom, rect.width, rect.bottom - bottom),
    )
    best = max(strips, key=lambda strip: (_is_certain(strip), strip.width * strip.height))
    return best if best.width > 0 and best.height > 0 else None


def _is_certain(rect: Rect) -> bool:
    return min(rect.width, rect.height) >= POINTABLE


def _empty(shell: Shell, covers: Sequence[Rect]) -> Rect | None:
    """A place on the desktop where nothing stands."""
    width, height = shell.size
    for y in range(_EMPTY_STEP, height - _EMPTY_STEP, _EMPTY_STEP):
        for x in range(_EMPTY_STEP, width - _EMPTY_STEP, _EMPTY_STEP):
            place = Rect(x, y, _EMPTY_STEP, _EMPTY_STEP)
            if all(_without(place, cover) == place for cover in [*covers, *shell.icons()]):
                return place
    return None
