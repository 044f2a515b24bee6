"""The windows of a display as its window manager tells them (EWMH)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from Xlib import X
from Xlib import error as x_error
from Xlib.display import Display
from Xlib.protocol import event as x_event

from hrlctl.desktop.contract import Rect, Role

_REDIRECTING: Final = X.SubstructureRedirectMask | X.SubstructureNotifyMask
_GONE: Final = (x_error.BadWindow, x_error.BadDrawable, x_error.BadMatch)
_FROM_PAGER: Final = 2  # a source indication (EWMH): the user asked for it, it is always done
_OMITTED_TYPES: Final = ("_NET_WM_WINDOW_TYPE_DESKTOP", "_NET_WM_WINDOW_TYPE_DOCK")
_THINNEST_TITLE: Final = 8  # pixels; what is thinner is an edge of the frame
_DIALOG_TYPE: Final = "_NET_WM_WINDOW_TYPE_DIALOG"

_BUTTONS: Final[tuple[tuple[Role, str], ...]] = (
    ("minimize_button", "_NET_WM_ACTION_MINIMIZE"),
    ("maximize_button", "_NET_WM_ACTION_MAXIMIZE_HORZ"),
    ("close_button", "_NET_WM_ACTION_CLOSE"),
)
"""Of title bars, from left to right, and what a window has to allow for them to be there."""


class Window(NamedTuple):
    """A window that a program has opened."""

    id: int
    title: str
    window_class: str
    is_dialog: bool
    is_minimized: bool
    is_maximized: bool
    is_modal: bool
    client: Rect  # what the program draws
    frame: Rect  # with the window manager's frame


class _Fixed(NamedTuple):
    """What does not change as long as a window is open."""

    window_class: str
    is_dialog: bool
    protocols: tuple[str, ...]


class Windows:
    """Reads and changes the windows of one display.

    Args:
        x: the connection to it.
    """

    def __init__(self, x: Display) -> None:
        self._x = x
        self.root: Final = x.screen().root
        self._atoms: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._fixed: dict[int, _Fixed | None] = {}
        self._all: list[Window] | None = None

    def forget(self) -> None:
        """Read the windows anew when they are next asked for: each costs several round trips."""
        self._all = None

    def atom(self, name: str) -> int:
        if name not in self._atoms:
            self._atoms[name] = int(self._x.get_atom(name))
        return self._atoms[name]

    def property_of(self, window: Any, name: str) -> Any:
        """The value of a property, or ``None`` where it or the window does not exist."""
        try:
            found = window.get_full_property(self.atom(name), X.AnyPropertyType)
        except _GONE:
            return None
        return None if found is None else found.value

    def ids(self) -> list[int]:
        """All managed windows, bottom to top, the desktop and panels too."""
        found = self.property_of(self.root, "_NET_CLIENT_LIST_STACKING")
        return [] if found is None else [int(each) for each in found]

    def all(self) -> list[Window]:
        """The windows of programs, bottom to top; without the desktop and panels.

        As they were when this was first called after ``forget``.
        """
        if self._all is None:
            ids = self.ids()
            # A window's number may be given again once it is closed.
            self._fixed = {each: fixed for each, fixed in self._fixed.items() if each in ids}
            described = (self._describe(each) for each in ids)
            self._all = [window for window in described if window is not None]
        return self._all

    def popups(self) -> list[Rect]:
        """Where menus and hints of programs are: what is not the window manager's business."""
        found = []
        try:
            for child in self.root.query_tree().children:
                attributes = child.get_attributes()
                if attributes.override_redirect and attributes.map_state == X.IsViewable:
                    at = child.get_geometry()
                    found.append(Rect(int(at.x), int(at.y), int(at.width), int(at.height)))
        except _GONE:  # one of them, just now: what is over cannot be seen either
            pass
        return found

    def active(self) -> int | None:
        """The window that has the focus."""
        found = self.property_of(self.root, "_NET_ACTIVE_WINDOW")
        return int(found[0]) if found is not None and len(found) and found[0] else None

    def _describe(self, window_id: int) -> Window | None:
        window = self._x.create_resource_object("window", window_id)
        if window_id not in self._fixed:
            self._fixed[window_id] = self._read_fixed(window)
        fixed = self._fixed[window_id]
        if fixed is None:
            return None
        states = self._atom_names(self.property_of(window, "_NET_WM_STATE"))
        try:
            geometry = window.get_geometry()
            origin = window.translate_coords(self.root, 0, 0)
        except _GONE:
            return None
        client = Rect(-int(origin.x), -int(origin.y), int(geometry.width), int(geometry.height))
        extents = self.property_of(window, "_NET_FRAME_EXTENTS")
        left, right, top, bottom = (
            (int(each) for each in extents) if extents is not None else (0, 0, 0, 0)
        )
        return Window(
            id=window_id,
            title=self.title(window),
            window_class=fixed.window_class,
            is_dialog=fixed.is_dialog,
            is_minimized="_NET_WM_STATE_HIDDEN" in states,
            is_maximized="_NET_WM_STATE_MAXIMIZED_VERT" in states
            and "_NET_WM_STATE_MAXIMIZED_HORZ" in states,
            is_modal="_NET_WM_STATE_MODAL" in states,
            client=client,
            frame=Rect(
                client.x - left,
                client.y - top,
                client.width + left + right,
                client.height + top + bottom,
            ),
        )

    def _read_fixed(self, window: Any) -> _Fixed | None:
        """What a window keeps; ``None`` for the desktop and panels."""
        types = self._atom_names(self.property_of(window, "_NET_WM_WINDOW_TYPE"))
        if any(kind in types for kind in _OMITTED_TYPES):
            return None
        try:
            window_class = window.get_wm_class()
        except _GONE:
            return None
        protocols = self._atom_names(self.property_of(window, "WM_PROTOCOLS"))
        name = window_class[1] if window_class else ""
        return _Fixed(name, _DIALOG_TYPE in types, tuple(protocols))

    def title(self, window: Any) -> str:
        """What the title bar of a window says."""
        text = self.property_of(window, "_NET_WM_NAME")
        if text is None:
            text = self.property_of(window, "WM_NAME")
        if text is None:
            return ""
        return text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)

    def _atom_names(self, atoms: Any) -> list[str]:
        names = []
        for atom in atoms if atoms is not None else ():
            if atom not in self._names:
                self._names[atom] = str(self._x.get_atom_name(atom))
            names.append(self._names[atom])
        return names

    def protocols(self, window_id: int) -> Sequence[str]:
        """What a window's program can be asked for (WM_PROTOCOLS)."""
        if (fixed := self._fixed.get(window_id)) is not None:
            return fixed.protocols
        window = self._x.create_resource_object("window", window_id)
        return self._atom_names(self.property_of(window, "WM_PROTOCOLS"))

    def title_buttons(self, window: Window) -> dict[Role, Rect]:
        """The minimize, maximize and close buttons that the window manager has drawn.

        openbox makes each a window inside the title bar's; in our layout they stand right of the
        title in this order, without those that the window does not allow.
        """
        try:
            frame = self._x.create_resource_object("window", window.id).query_tree().parent
            bars = [(child, child.get_geometry()) for child in frame.query_tree().children]
            title_height = window.client.y - window.frame.y
            wide = [
                (child, at)
                for child, at in bars
                if child.id != window.id
                and at.height > _THINNEST_TITLE
                and at.y + at.height <= title_height + 1
                and self._is_mapped(child)
            ]
            if not wide:
                return {}
            bar, place = max(wide, key=lambda found: found[1].width)
            parts = sorted(
                (
                    (child.get_geometry(), child)
                    for child in bar.query_tree().children
                    if self._is_mapped(child)
                ),
                key=lambda part: int(part[0].x),
            )
        except _GONE:
            return {}
        allowed = self._atom_names(
            self.property_of(
                self._x.create_resource_object("window", window.id), "_NET_WM_ALLOWED_ACTIONS"
            )
        )
        names = [name for name, action in _BUTTONS if action in allowed]
        rects = [
            Rect(
                window.frame.x + int(place.x) + int(at.x),
                window.frame.y + int(place.y) + int(at.y),
                int(at.width),
                int(at.height),
            )
            for at, _ in parts
            # The title itself is wider, a grip in a corner higher.
            if int(at.height) / 2 <= int(at.width) <= 2 * int(at.height)
        ]
        return dict(zip(names, rects[-len(names) :], strict=False)) if names else {}

    def _is_mapped(self, window: Any) -> bool:
        return bool(window.get_attributes().map_state == X.IsViewable)

    def activate(self, window_id: int) -> None:
        """Raise a window, restore it if it is minimized, and give it the focus."""
        self.tell(window_id, "_NET_ACTIVE_WINDOW", [_FROM_PAGER, X.CurrentTime, 0, 0, 0])

    def minimize(self, window_id: int) -> None:
        self.tell(window_id, "WM_CHANGE_STATE", [3, 0, 0, 0, 0])  # 3: IconicState (ICCCM)

    def maximize(self, window_id: int) -> None:
        both = [self.atom(f"_NET_WM_STATE_MAXIMIZED_{way}") for way in ("VERT", "HORZ")]
        self.tell(window_id, "_NET_WM_STATE", [1, *both, _FROM_PAGER, 0])

    def place(self, window_id: int, x: int, y: int) -> None:
        """Move a window's frame to (x, y)."""
        flags = 1 << 8 | 1 << 9 | _FROM_PAGER << 12 | X.NorthWestGravity
        self.tell(window_id, "_NET_MOVERESIZE_WINDOW", [flags, x, y, 0, 0])

    def tell(self, window_id: int, message: str, data: list[int]) -> None:
        """Ask the window manager for something about a window."""
        self.root.send_event(
            x_event.ClientMessage(
                window=self._x.create_resource_object("window", window_id),
                client_type=self.atom(message),
                data=(32, data),
            ),
            event_mask=_REDIRECTING,
        )
        self._x.flush()

    def ping(self, window_id: int, serial: int) -> None:
        """Ask a program to answer ``serial`` once it has handled what came before."""
        window = self._x.create_resource_object("window", window_id)
        window.send_event(
            x_event.ClientMessage(
                window=window,
                client_type=self.atom("WM_PROTOCOLS"),
                data=(32, [self.atom("_NET_WM_PING"), serial, window_id, 0, 0]),
            ),
            onerror=x_error.CatchError(x_error.BadWindow),  # it may have been closed
        )
        self._x.flush()
