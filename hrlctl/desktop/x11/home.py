"""The home folder of one episode: its files, and settings that keep surprises off the screen."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from hrlctl.desktop.x11.looks import Look
from hrlctl.errors import DesktopError

FOLDERS: Final = ("Documents", "Music", "Pictures")
DOUBLE_CLICK: Final = 100
"""Milliseconds. The two clicks of one step come at once, if the server is not kept from it; the
pointer sees to it that two clicks of two steps are no double click."""
DOUBLE_CLICK_DISTANCE: Final = 5
"""Pixels; two clicks that are farther apart are none either."""
_WRITTEN: Final = 1_735_732_800  # seconds since 1970, 1 January 2025
_LARGEST_READ: Final = 65_536  # bytes of a file that criteria look at
_MOST_FILES: Final = 2_000


class Contents(NamedTuple):
    """What lies in a home; paths are relative to it, hidden ones left out."""

    files: Mapping[str, str]  # content by path: of a large file the beginning
    folders: frozenset[str]


def furnish(home: Path, look: Look, files: Mapping[str, str], folders: Iterable[str]) -> None:
    """Make ``home`` anew; what is in it is lost.

    Args:
        home: the folder.
        look: fonts and colours.
        files: content by path relative to ``home``.
        folders: empty ones, beside those that every home has.
    """
    if home.exists():
        shutil.rmtree(home)
    for folder in (*FOLDERS, *folders):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for name, content in _settings(look).items():
        _write(home / name, content)
    for name, content in files.items():
        _write(home / name, content)
    for path in home.rglob("*"):  # file managers show when a file was written
        os.utime(path, (_WRITTEN, _WRITTEN))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def contents(home: Path) -> Contents:
    """What lies in ``home`` now."""
    files: dict[str, str] = {}
    folders: set[str] = set()
    waiting = [home]
    while waiting and len(files) < _MOST_FILES:
        folder = waiting.pop()
        try:
            entries = sorted(folder.iterdir())
        except OSError:  # it has just been removed, or may not be read
            continue
        for path in entries:
            if path.name.startswith("."):
                continue
            name = path.relative_to(home).as_posix()
            if path.is_dir() and not path.is_symlink():
                folders.add(name)
                waiting.append(path)
                continue
            try:
                with path.open("rb") as file:
                    files[name] = file.read(_LARGEST_READ).decode("utf-8", "replace")
            except OSError:
                continue
    return Contents(files, frozenset(folders))


def _settings(look: Look) -> dict[str, str]:
    """Configuration files by path. What blinks, fades, asks at the first start is turned off."""
    palette = look.palette
    font = f"{look.font} {look.font_size}"
    return {
        ".config/gtk-3.0/settings.ini": (
            "[Settings]\n"
            f"gtk-font-name={font}\n"
            "gtk-cursor-blink=0\n"
            "gtk-enable-animations=0\n"
            "gtk-recent-files-enabled=0\n"
            f"gtk-double-click-time={DOUBLE_CLICK}\n"
            f"gtk-double-click-distance={DOUBLE_CLICK_DISTANCE}\n"
        ),
        ".config/gtk-3.0/gtk.css": _GTK3_STYLE.format(**palette._asdict()),
        ".config/gtk-3.0/bookmarks": "",
        ".gtkrc-2.0": _GTK2_STYLE.format(
            **palette._asdict(),
            font=font,
            double_click=DOUBLE_CLICK,
            distance=DOUBLE_CLICK_DISTANCE,
        ),
        ".config/user-dirs.dirs": "".join(
            f'XDG_{name}_DIR="$HOME/{folder}"\n'
            for name, folder in (
                ("DESKTOP", ""),
                ("DOCUMENTS", "Documents"),
                ("MUSIC", "Music"),
                ("PICTURES", "Pictures"),
            )
        ),
        ".config/galculator/galculator.conf": "mode=0\n",
        ".config/glib-2.0/settings/keyfile": (
            "[org/xfce/mousepad/preferences/window]\n"
            "toolbar-visible=false\n"
            "statusbar-visible=false\n"
            "[org/xfce/mousepad/preferences/view]\n"
            "use-default-monospace-font=true\n"
        ),
        ".config/pcmanfm/default/pcmanfm.conf": (
            "[ui]\nwin_width=420\nwin_height=290\nside_pane_mode=hidden;places\nview_mode=icon\n"
            "show_hidden=0\nsort=name;ascending;\ntoolbar=navigation;\nshow_statusbar=0\n"
        ),
        ".config/libfm/libfm.conf": (
            "[config]\nsingle_click=0\nconfirm_del=0\nconfirm_trash=0\nuse_trash=0\n"
            "quick_exec=1\n[ui]\nbig_icon_size=32\n"
        ),
        ".Xdefaults": (
            "XTerm*faceName: DejaVu Sans Mono\n"
            f"XTerm*faceSize: {look.font_size - 1}\n"
            f"XTerm*background: {palette.base}\n"
            f"XTerm*foreground: {palette.text}\n"
            "XTerm*geometry: 56x14\n"
            "XTerm*cursorBlink: false\n"
            "XTerm*utf8: 1\n"
            "XTerm*multiClickTime: 20\n"  # wherever the clicks are
        ),
        ".bashrc": "PS1='\\W$ '\nHISTFILE=\n",
    }


# Pressed buttons look like others: a program that lets go of one 100 ms later changes nothing.
_GTK3_STYLE: Final = """
* {{ transition: none; animation: none; text-shadow: none; -gtk-icon-shadow: none; }}
window, .background, menubar, toolbar, notebook, notebook > header, statusbar, actionbar, grid,
paned, dialog, placessidebar {{ background-image: none; background-color: {background};
  color: {foreground}; }}
menubar > menuitem, menu, menu menuitem, .menu, label {{ color: {foreground}; }}
menu, .menu {{ background-image: none; background-color: {background}; border: 1px solid #777; }}
menuitem:hover, menubar > menuitem:hover {{ background-image: none; background-color: {accent};
  color: #ffffff; }}
menuitem:hover > label, menuitem:hover > box > label {{ color: #ffffff; }}
button, button:active, button:checked, button:hover, button:focus {{ background-image: none;
  background-color: mix({background}, {base}, 0.4); border: 1px solid mix({background},
  {foreground}, 0.4); border-radius: 4px; box-shadow: none; color: {foreground}; }}
button:disabled, button:disabled label {{ color: mix({background}, {foreground}, 0.4); }}
textview text, textview, entry, treeview, list {{ background-image: none;
  background-color: {base}; color: {text}; }}
entry {{ border: 1px solid mix({background}, {foreground}, 0.4); box-shadow: none; }}
selection, text selection, entry selection, treeview:selected, row:selected {{
  background-color: {accent}; color: #ffffff; }}
"""
_GTK2_STYLE: Final = """
gtk-font-name = "{font}"
gtk-cursor-blink = 0
gtk-enable-animations = 0
gtk-double-click-time = {double_click}
gtk-double-click-distance = {distance}
style "episode" {{
  bg[NORMAL] = "{background}"
  bg[ACTIVE] = shade (0.9, "{background}")
  bg[PRELIGHT] = shade (1.04, "{background}")
  bg[SELECTED] = "{accent}"
  bg[INSENSITIVE] = "{background}"
  fg[NORMAL] = "{foreground}"
  fg[ACTIVE] = "{foreground}"
  fg[PRELIGHT] = "{foreground}"
  fg[SELECTED] = "#ffffff"
  base[NORMAL] = "{base}"
  base[ACTIVE] = "{accent}"
  base[SELECTED] = "{accent}"
  base[INSENSITIVE] = "{background}"
  text[NORMAL] = "{text}"
  text[ACTIVE] = "#ffffff"
  text[SELECTED] = "#ffffff"
}}
style "episode-menu-item" {{
  bg[PRELIGHT] = "{accent}"
  fg[PRELIGHT] = "#ffffff"
}}
class "GtkWidget" style "episode"
widget_class "*<GtkMenuItem>*" style "episode-menu-item"
"""


def check_space(folder: Path, needed: int = 64 * 2**20) -> None:
    """Raise ``DesktopError`` where fewer than ``needed`` bytes are free."""
    if shutil.disk_usage(folder).free < needed:
        raise DesktopError(
            "hardly any space is left for the homes of episodes",
            where=str(folder),
            hint="make room, or set TMPDIR to a folder on another disk",
        )
