"""The clipboard of a display: what is copied, and what an episode begins with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from Xlib import X, Xatom
from Xlib.display import Display
from Xlib.protocol import event as x_event

from hrlctl.desktop.contract import UNKNOWN, Unknown

_SECONDS: Final = 0.2  # that an owner may take to answer


class Clipboard:
    """Reads and owns the selection CLIPBOARD of one display (ICCCM, section 2).

    Args:
        x: the connection to it.
        wait_for: waits until something holds, for some seconds and as long as programs are at work;
            meanwhile it hands events to ``handle``.
    """

    def __init__(self, x: Display, wait_for: Callable[[Callable[[], bool], float], bool]) -> None:
        self._x, self._wait_for = x, wait_for
        self._window = x.screen().root.create_window(-9, -9, 1, 1, 0, X.CopyFromParent)
        self._clipboard, self._utf8, self._targets, self._received = (
            int(x.get_atom(name)) for name in ("CLIPBOARD", "UTF8_STRING", "TARGETS", "HRLCTL")
        )
        self._own = ""
        self._has_answer = False
        self._was_asked = False

    def put(self, text: str) -> None:
        """Let the clipboard hold ``text``."""
        self._own = text
        self._window.set_selection_owner(self._clipboard, X.CurrentTime)
        self._x.sync()

    def read(self) -> str | Unknown:
        """What it holds; ``UNKNOWN`` where its owner does not say it as a text."""
        owner = self._x.get_selection_owner(self._clipboard)
        if owner == X.NONE:
            return ""
        if owner.id == self._window.id:
            return self._own
        self._has_answer = False
        self._window.delete_property(self._received)
        self._window.convert_selection(self._clipboard, self._utf8, self._received, X.CurrentTime)
        self._wait_for(lambda: self._has_answer, _SECONDS)
        found = self._window.get_full_property(self._received, X.AnyPropertyType)
        if found is None or not isinstance(found.value, bytes):
            return UNKNOWN
        return found.value.decode("utf-8", "replace")

    def paste(self, text: str, insert: Callable[[], None]) -> None:
        """Let a program paste ``text``; the clipboard then holds what it held before.

        Args:
            text: what is pasted.
            insert: makes the program paste, by the key for it. Terminals take the selection
                PRIMARY then, others CLIPBOARD: both hold ``text`` meanwhile.
        """
        before = self.read()
        self.put(text)
        self._window.set_selection_owner(Xatom.PRIMARY, X.CurrentTime)
        self._was_asked = False
        insert()
        self._wait_for(lambda: self._was_asked, _SECONDS)
        self.put(before if isinstance(before, str) else "")

    def handle(self, event: Any) -> bool:
        """Take an event; ``False`` if it is not about the clipboard."""
        if event.type == X.SelectionNotify:
            self._has_answer = True
        elif event.type == X.SelectionRequest:
            self._answer(event)
        else:
            return bool(event.type == X.SelectionClear)
        return True

    def _answer(self, request: Any) -> None:
        """Give a program that pastes what the episode began with."""
        place = request.property or request.target
        if request.target == self._targets:
            request.requestor.change_property(
                place, Xatom.ATOM, 32, [self._targets, self._utf8, Xatom.STRING]
            )
        elif request.target in (self._utf8, Xatom.STRING):
            self._was_asked = True
            request.requestor.change_property(place, request.target, 8, self._own.encode())
        else:
            place = X.NONE
        request.requestor.send_event(
            x_event.SelectionNotify(
                time=request.time,
                requestor=request.requestor,
                selection=request.selection,
                target=request.target,
                property=place,
            )
        )
        self._x.flush()
