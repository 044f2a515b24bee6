"""The names that tasks share with every desktop: what things are, and which keys there are."""

from __future__ import annotations

from typing import Final, Literal, get_args

Role = Literal[
    "desktop", "icon", "taskbar", "taskbar_button", "start_button", "menu", "menu_item",
    "window", "title_bar", "close_button", "minimize_button", "maximize_button",
    "button", "check_box", "radio_button", "drop_down", "option", "slider",
    "text_field", "text_area", "list", "list_item", "scroll_bar", "label", "display",
    "link", "tab",
]  # fmt: skip
ROLES: Final[tuple[Role, ...]] = get_args(Role)

Key = Literal[
    "enter", "escape", "tab", "shift+tab", "space", "backspace", "delete",
    "up", "down", "left", "right", "home", "end", "page_up", "page_down",
    "super", "menu", "f2", "alt+f4", "alt+tab",
    "ctrl+a", "ctrl+c", "ctrl+x", "ctrl+v", "ctrl+z", "ctrl+s", "ctrl+o", "ctrl+n",
    "alt+left", "alt+right", "ctrl+l", "ctrl+t", "ctrl+w",
]  # fmt: skip
KEYS: Final[tuple[Key, ...]] = get_args(Key)
