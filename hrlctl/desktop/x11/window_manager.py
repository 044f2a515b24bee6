"""openbox, configured for one display: frames in an episode's look, and no surprises."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from Xlib import X, Xatom

from hrlctl.desktop.x11.home import DOUBLE_CLICK
from hrlctl.desktop.x11.looks import Look
from hrlctl.desktop.x11.session import Session, wait_until
from hrlctl.desktop.x11.windows import Windows
from hrlctl.errors import DesktopError

_RECONFIGURE: Final = 1
_SECONDS: Final = 20.0

# Titles left, then minimize, maximize and close; ``Windows.title_buttons`` counts on that.
_CONFIGURATION: Final = """<?xml version="1.0" encoding="UTF-8"?>
<openbox_config xmlns="http://openbox.org/3.4/rc">
  <focus><focusNew>yes</focusNew><followMouse>no</followMouse></focus>
  <placement><policy>Smart</policy><center>no</center></placement>
  <theme>
    <name>{theme}</name><titleLayout>LIMC</titleLayout>
    <keepBorder>yes</keepBorder><animateIconify>no</animateIconify>
    <font place="ActiveWindow"><name>{font}</name><size>{size}</size><weight>bold</weight></font>
    <font place="InactiveWindow"><name>{font}</name><size>{size}</size></font>
  </theme>
  <desktops><number>1</number><popupTime>0</popupTime></desktops>
  <resize><popupShow>Never</popupShow></resize>
  <keyboard>
    <keybind key="A-F4"><action name="Close"/></keybind>
    <keybind key="A-Tab"><action name="NextWindow"><dialog>none</dialog><bar>no</bar>
      <interactive>no</interactive>
      <finalactions><action name="Focus"/><action name="Raise"/><action name="Unshade"/>
      </finalactions></action></keybind>
  </keyboard>
  <mouse>
    <dragThreshold>4</dragThreshold><doubleClickTime>{double_click}</doubleClickTime>
    <screenEdgeWarpTime>0</screenEdgeWarpTime>
    <context name="Titlebar">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/>
      </mousebind>
      <mousebind button="Left" action="Drag"><action name="Move"/></mousebind>
      <mousebind button="Left" action="DoubleClick"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Client">
      <mousebind button="Left" action="Press"><action name="Focus"/><action name="Raise"/>
      </mousebind>
      <mousebind button="Right" action="Press"><action name="Focus"/><action name="Raise"/>
      </mousebind>
    </context>
    <context name="Close">
      <mousebind button="Left" action="Click"><action name="Close"/></mousebind>
    </context>
    <context name="Iconify">
      <mousebind button="Left" action="Click"><action name="Iconify"/></mousebind>
    </context>
    <context name="Maximize">
      <mousebind button="Left" action="Click"><action name="ToggleMaximize"/></mousebind>
    </context>
    <context name="Bottom">
      <mousebind button="Left" action="Drag"><action name="Resize"><edge>bottom</edge></action>
      </mousebind>
    </context>
    <context name="BRCorner">
      <mousebind button="Left" action="Drag"><action name="Resize"/></mousebind>
    </context>
  </mouse>
  <menu><file>{menu}</file></menu>
</openbox_config>
"""
_NO_MENU: Final = '<openbox_menu xmlns="http://openbox.org/3.4/menu"/>'


class WindowManager:
    """The window manager of one display.

    Args:
        session: the display.
        windows: its windows.
        look: of the frames at first.
    """

    def __init__(self, session: Session, windows: Windows, look: Look) -> None:
        self._x, self._windows = session.x, windows
        self._file: Path = session.tree.folder / "openbox.xml"
        self._echo = windows.root.create_window(-9, -9, 1, 1, 0, X.CopyFromParent)
        kind = windows.atom("_NET_WM_WINDOW_TYPE_DOCK")
        self._echo.change_property(windows.atom("_NET_WM_WINDOW_TYPE"), Xatom.ATOM, 32, [kind])
        self._echo.set_wm_normal_hints(flags=1, x=-9, y=-9)  # 1: the place is the user's (ICCCM)
        self._echo.map()
        self._asked = 0
        self._menu = session.tree.folder / "menu.xml"
        self._menu.write_text(_NO_MENU)
        self._configure(look)
        session.start_part(["openbox", "--config-file", str(self._file)])
        wait_until(
            lambda: windows.property_of(windows.root, "_NET_SUPPORTING_WM_CHECK") is not None,
            "openbox does not start",
        )
        self.wait()

    def _configure(self, look: Look) -> None:
        self._configured = self._text(look)
        self._file.write_text(self._configured)

    def _text(self, look: Look) -> str:
        return _CONFIGURATION.format(
            theme=look.frames,
            menu=self._menu,
            font=look.font,
            size=look.font_size - 1,
            double_click=DOUBLE_CLICK,
        )

    def dress(self, look: Look) -> None:
        """Draw frames in another look from here on."""
        if self._text(look) == self._configured:
            return
        self._configure(look)
        self._windows.tell(self._windows.root.id, "_OB_CONTROL", [_RECONFIGURE, 0, 0, 0, 0])
        self.wait()

    def wait(self) -> None:
        """Wait until it has done all that it was asked for.

        Raises:
            DesktopError: it does not answer.
        """
        # It shows the name of a window of ours in another property, in the order of events.
        self._asked += 1
        name = str(self._asked).encode()
        self._echo.change_property(
            self._windows.atom("_NET_WM_NAME"), self._windows.atom("UTF8_STRING"), 8, name
        )
        ends = time.monotonic() + _SECONDS
        while self._windows.property_of(self._echo, "_NET_WM_VISIBLE_NAME") != name:
            if time.monotonic() > ends:
                raise DesktopError("the window manager of a display does not answer")
            time.sleep(0.0005)
