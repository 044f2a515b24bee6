"""A web browser: tabs, an address line, and the pages that the task's setup describes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hrlctl.desktop.contract import Rect
from hrlctl.desktop.sim import painters
from hrlctl.desktop.sim.programs.browser_page import PageView
from hrlctl.desktop.sim.programs.program import Program, Size, Start
from hrlctl.desktop.sim.web import BLANK
from hrlctl.desktop.sim.widgets.base import Widget
from hrlctl.desktop.sim.widgets.editing import AddressLine
from hrlctl.desktop.sim.widgets.pages import Tab, Tool

if TYPE_CHECKING:
    from hrlctl.desktop.sim.canvas import Canvas
    from hrlctl.desktop.sim.names import Names
    from hrlctl.desktop.sim.themes import Theme
    from hrlctl.desktop.sim.windows import Window

_TOOL = 10  # pixels, the side of a tool
_WIDEST_TAB = 56
_NARROWEST_TAB = 18
_CLOSABLE_TAB = 28  # a narrower one has no room for a sign beside its title
_WHEEL_ROWS = 3
_LEAST = Size(118, 90)


class _History:
    """The pages of one tab, the oldest first; ``at`` is the one shown."""

    def __init__(self, view: PageView) -> None:
        self.views = [view]
        self.at = 0

    @property
    def view(self) -> PageView:
        return self.views[self.at]

    def visit(self, view: PageView) -> None:
        """Go on to ``view``; what lay ahead is forgotten."""
        self.views[self.at + 1 :] = [view]
        self.at += 1


class Browser(Program):
    """Shows pages in tabs. The address line is named "Address"."""

    kind = "browser"

    def __init__(self, window: Window, start: Start, names: Names) -> None:
        super().__init__(window)
        self._client: Rect | None = None
        self._back = Tool("Back", "arrow_left", lambda: self._turn(-1))
        self._forward = Tool("Forward", "arrow_right", lambda: self._turn(1))
        self._line = AddressLine("Address", "")
        self._new_tab = Tool("New tab", "plus", self._open_tab, in_strip=True)
        self._close_tab = Tool("Close tab", "close", self._close_active)
        self._tabs: list[Tab] = []
        visited = (*start.history, BLANK if start.address is None else start.address)
        self._histories = [_History(self._view(visited[0]))]
        self._active = 0
        for address in visited[1:]:
            self._history.visit(self._view(address))
        self._show()

    @property
    def _history(self) -> _History:
        return self._histories[self._active]

    @property
    def address(self) -> str:
        return self._history.view.page.address

    def _view(self, address: str) -> PageView:
        return PageView(self.window, self.window.session.web.page(address), self._visit)

    # Going from page to page.

    def _visit(self, address: str) -> None:
        """Show the page at ``address`` in the tab in front."""
        self._history.visit(self._view(address))
        self._show()

    def _turn(self, step: int) -> None:
        """Back (-1) or forward (1) in the history of the tab."""
        history = self._history
        if 0 <= history.at + step < len(history.views):
            history.at += step
            self._show()

    def _open_tab(self) -> None:
        if not self._has_room_for_a_tab:
            return
        self._histories.append(_History(self._view(BLANK)))
        self._choose(len(self._histories) - 1)

    def _choose(self, index: int) -> None:
        self._active = index
        self._show()

    def _close_active(self) -> None:
        """Close the tab in front; the window goes with its last one."""
        if len(self._histories) == 1:
            self.window.session.manager.request_close(self.window)
            return
        del self._histories[self._active]
        self._choose(min(self._active, len(self._histories) - 1))

    def _show(self) -> None:
        """Put the page of the tab in front into the window; a blank one waits for an address."""
        window, history = self.window, self._history
        view = history.view
        self._tabs = [
            Tab(
                each.view.page.title,
                lambda index=index: self._choose(index),  # type: ignore[misc]
                is_active=each is history,
            )
            for index, each in enumerate(self._histories)
        ]
        self._back.is_enabled = history.at > 0
        self._forward.is_enabled = history.at + 1 < len(history.views)
        self._line.buffer.replace_all(view.page.address)
        window.widgets.clear()
        for widget in (
            *self._tabs,
            self._close_tab,
            self._new_tab,
            self._back,
            self._forward,
            self._line,
            *view.widgets,
        ):
            window.add(widget)
        window.focus = self._line if view.page.address == BLANK else None
        window.default = view.default
        if self._client is not None:
            self.arrange(self._client)

    # Places.

    def client_size(self, theme: Theme, room: Size) -> Size:
        return Size(
            min(max(_LEAST.width, 3 * room.width // 5), room.width),
            min(max(_LEAST.height, 3 * room.height // 5), room.height),
        )

    def arrange(self, client: Rect) -> None:
        self._client = client
        theme = self.window.session.theme
        x, y, width, _ = client
        self._arrange_tabs(Rect(x, y, width, painters.TAB_STRIP_HEIGHT))
        top = y + painters.TAB_STRIP_HEIGHT + 1
        self._back.rect = Rect(x + 1, top, _TOOL, theme.field_height)
        self._forward.rect = Rect(x + 1 + _TOOL, top, _TOOL, theme.field_height)
        line = x + 2 + 2 * _TOOL
        self._line.rect = Rect(line, top, client.right - line - 2, theme.field_height)
        page = self._bars(client).bottom + 2
        pad = theme.padding + 1
        self._history.view.arrange(
            Rect(x + pad, page, width - pad - theme.padding, client.bottom - page - 1)
        )

    def _bars(self, client: Rect) -> Rect:
        """What lies above the page."""
        height = painters.TAB_STRIP_HEIGHT + self.window.session.theme.field_height + 3
        return Rect(client.x, client.y, client.width, height)

    def _arrange_tabs(self, strip: Rect) -> None:
        room = (strip.width - _TOOL) // len(self._tabs)
        width = min(_WIDEST_TAB, room)
        is_closable = width >= _CLOSABLE_TAB
        self._close_tab.is_shown = is_closable
        x = strip.x
        for tab in self._tabs:
            tab.rect = Rect(x, strip.y, width, strip.height)
            tab.room = width
            if tab.is_active and is_closable:
                tab.room = width - _TOOL
                self._close_tab.rect = Rect(x + width - _TOOL, strip.y + 1, _TOOL, strip.height - 1)
            x += width
        self._new_tab.rect = Rect(x, strip.y, _TOOL, strip.height)

    @property
    def _has_room_for_a_tab(self) -> bool:
        if self._client is None:
            return False
        return (self._client.width - _TOOL) // (len(self._histories) + 1) >= _NARROWEST_TAB

    def paint_background(self, canvas: Canvas, theme: Theme) -> None:
        if self._client is not None:
            painters.paint_browser_bars(canvas, self._bars(self._client), theme)

    def reveal(self, widget: Widget) -> None:
        self._history.view.reveal(widget)

    # The keyboard and the wheel.

    def press(self, key: str) -> bool:
        view = self._history.view
        rows = {"up": -1, "down": 1, "page_up": -view.page_rows, "page_down": view.page_rows}
        actions = {
            "enter": self._enter,
            "alt+left": lambda: self._turn(-1),
            "alt+right": lambda: self._turn(1),
            "ctrl+l": self._edit_address,
            "ctrl+t": self._open_tab,
            "ctrl+w": self._close_active,
        }
        if key in rows:
            view.scroll(rows[key])
        elif key in actions:
            actions[key]()
        else:
            return False
        return True

    def _enter(self) -> None:
        """Go to the address that was typed, or send what the focus is part of."""
        focus = self.window.focus
        if focus is self._line:
            if self._line.value.strip():
                self._visit(self._line.value)
        elif focus is not None and (button := self._history.view.submits.get(focus)):
            button.action()

    def _edit_address(self) -> None:
        self.window.focus_on(self._line)
        self._line.buffer.select_all()
        self._line.edited()

    def scroll(self, rows: int) -> bool:
        self._history.view.scroll(_WHEEL_ROWS * rows)
        return True
