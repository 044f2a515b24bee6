"""Waiting until a display shows what an action has led to, and no longer.

XDamage tells that something was drawn. A program that answers ``_NET_WM_PING`` (EWMH) has handled
the input that was sent before; what is drawn follows within a frame or two. What it does in other
threads, or waits to do because the machine is busy, is over when no program is at work any more.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

from Xlib import X
from Xlib.ext import damage

from hrlctl.desktop.x11.activity import Activity, Work
from hrlctl.desktop.x11.session import Session
from hrlctl.desktop.x11.windows import Windows

FIRST_DAMAGE: Final = 0.060
"""Seconds to wait for something to be drawn, where nothing says that nothing will be."""
AFTER_ANSWER: Final = 0.010
"""The same, once the program has said that it has handled the input: toolkits draw at once then."""
QUIET: Final = 0.019
"""Seconds in which nothing is drawn, after something was: toolkits draw 60 frames a second, and
what a click changes may come one frame after the pressed button."""
UNHURRIED: Final = 0.26
"""The same in programs that have just started: they read folders in the background."""
HELD: Final = 0.26
"""Seconds after which a button that a key presses has acted: GTK holds it for 250 ms, unseen."""
_MOST_HELD: Final = 4  # buttons that press each other; what still wakes a program then is a clock
_MOST_WINDOWS: Final = 8  # that one input opens or closes, each some frames after another
LONGEST: Final = 0.6
"""What is still drawn after that may be an animation without an end."""
UNANSWERED: Final = 1.0
"""Seconds to wait for the answer of a program that is not at work; one that hangs must not hold up
everything."""
_AT_WORK_AGAIN: Final = 0.002  # seconds between two looks at programs that are at work


class Helper(Protocol):
    """What answers programs that ask hrlctl for something."""

    def fileno(self) -> int | None:
        """What can be read when something was asked; ``None`` where nothing asks."""

    def pump(self) -> bool:
        """Answer all that was asked; returns whether anything was."""


class Settler:
    """Waits for one display.

    Args:
        session: the display.
        windows: its windows.
        dispatch: takes every event that is not about settling.
        helper: is asked by programs.
    """

    def __init__(
        self,
        session: Session,
        windows: Windows,
        dispatch: Callable[[Any], None],
        helper: Helper,
    ) -> None:
        self._helper = helper
        self._helped = 0.0  # time.monotonic()
        self._x, self._windows, self._dispatch = session.x, windows, dispatch
        self._x.damage_query_version()
        self._damage = windows.root.damage_create(damage.DamageReportNonEmpty)
        windows.root.change_attributes(event_mask=X.SubstructureNotifyMask | X.PropertyChangeMask)
        self._damage_event = self._x.extension_event.DamageNotify
        self._serial = 0
        self._answered = 0  # the last serial that came back
        self._has_restructured = False  # a window came or went
        self._activity = Activity(session.tree)
        self.last_damage = 0.0  # time.monotonic()

    def settle(
        self,
        window_id: int | None,
        *,
        is_ours: bool = False,
        is_dialog: bool = False,
        lag: float = 0.0,
        until: Callable[[], bool] | None = None,
        seconds: float = 0.0,
    ) -> None:
        """Wait until the screen shows what the input sent so far has led to.

        Where windows came or went meanwhile, the program that has the focus then is waited for as
        well: a menu or a dialog is drawn some frames after the click that opens it. A program that
        answers once and then no more at once is at work on what the input has asked for.

        Args:
            window_id: the window whose program got the input.
            is_ours: hrlctl's own shell got it, which has handled it when its events are handled.
            is_dialog: that window is a dialog.
            lag: of its program, see ``hrlctl.desktop.x11.programs.Program``.
            until: has to hold as well (a program is starting), see ``wait_for``.
            seconds: see there.
        """
        self._has_restructured = False
        self._settle_once(window_id, is_ours=is_ours, lag=lag)
        if until is not None:
            self.wait_for(until, seconds)
            window_id = self._windows.active()
            self._settle_once(window_id, is_new=True, quiet=UNHURRIED)
            self._has_restructured = False
        elif is_dialog:
            self._settle_held()
            if window_id not in self._windows.ids():
                window_id = self._windows.active()
        drawn = self.last_damage
        self.handled(window_id)
        ends = time.monotonic() + LONGEST
        for _ in range(_MOST_WINDOWS):
            is_drawing = self.last_damage > drawn and time.monotonic() < ends
            if not (self._has_restructured or is_drawing):
                break
            self._has_restructured = False
            self._settle_once(self._windows.active(), is_new=True)
            drawn = self.last_damage
            self.handled(self._windows.active())

    def _settle_once(
        self,
        window_id: int | None,
        *,
        is_ours: bool = False,
        is_new: bool = False,
        quiet: float = QUIET,
        lag: float = 0.0,
    ) -> None:
        began = time.monotonic()
        serial = self._ask(window_id)
        answered_at = began if serial is None else None
        work, worked_at = Work(self._activity), 0.0
        while True:
            self.pump()
            now = time.monotonic()
            if answered_at is None and self._is_handled(serial, window_id):
                answered_at = now
            drawn = self.last_damage if is_new or self.last_damage > began else None
            ends = _ends(began, is_ours or serial is not None, answered_at, drawn, quiet)
            # What it has worked on, or was given, comes with the next frame.
            ends = max(ends, worked_at + QUIET, min(self._helped + QUIET, began + LONGEST))
            ends = max(ends, (answered_at or began) + lag)
            if now < ends:
                self._wait(ends - now)
            elif work.goes_on():
                worked_at = time.monotonic()
            else:
                self.pump()
                if max(self.last_damage, self._helped) <= now or now >= began + LONGEST:
                    return

    def _settle_held(self) -> None:
        """Wait until no button of a dialog is held any more, and what it did is done.

        A file dialog holds its button twice: for the key, and once it has looked at the file. The
        window below it looks at its folder again some time after the dialog is gone.
        """
        for _ in range(_MOST_HELD):
            before = self._activity.turns()
            self._pause(HELD)
            if not Work(self._activity).goes_on() and self._activity.turns() == before:
                return
            self._settle_once(self._windows.active(), is_new=True)

    def handled(self, window_id: int | None) -> bool:
        """Wait until a window's program has handled what was sent to it so far.

        Returns:
            Whether it has said so, or has closed the window.
        """
        serial = self._ask(window_id)
        return serial is not None and self.wait_for(
            lambda: self._is_handled(serial, window_id), UNANSWERED
        )

    def _is_handled(self, serial: int | None, window_id: int | None) -> bool:
        """Whether an answer has come, or none will: the window was closed."""
        return self._answered == serial or (
            self._has_restructured and window_id not in self._windows.ids()
        )

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``holds()``, and handle the events that come meanwhile.

        Args:
            holds: is asked again and again.
            seconds: to wait for programs that are not at work; those that are may need longer.

        Returns:
            Whether it holds.
        """
        ends = time.monotonic() + seconds
        work = Work(self._activity)
        while True:
            self.pump()
            if holds():
                return True
            if time.monotonic() >= ends and not work.goes_on():
                self.pump()
                return holds()
            self._wait(_AT_WORK_AGAIN)

    def _ask(self, window_id: int | None) -> int | None:
        """Ping a window; the serial that is to come back, ``None`` if its program knows none."""
        self._x.sync()
        if window_id is None or "_NET_WM_PING" not in self._windows.protocols(window_id):
            return None
        self._serial += 1
        self._windows.ping(window_id, self._serial)
        return self._serial

    def _pause(self, seconds: float) -> None:
        """Handle the events that come within ``seconds``."""
        ends = time.monotonic() + seconds
        while (left := ends - time.monotonic()) > 0:
            self._wait(left)
            self.pump()

    def _wait(self, seconds: float) -> None:
        self._x.flush()
        if seconds > 0 and not self._x.pending_events():
            asked = self._helper.fileno()
            sources = [self._x.fileno()] if asked is None else [self._x.fileno(), asked]
            select.select(sources, [], [], seconds)

    def pump(self) -> None:
        """Handle all events that have come, and what programs have asked for."""
        if self._helper.pump():
            self._helped = time.monotonic()
        while self._x.pending_events():
            event = self._x.next_event()
            if event.type == self._damage_event:
                self.last_damage = time.monotonic()
                self._x.damage_subtract(self._damage)
            elif event.type == X.ClientMessage and self._is_answer(event):
                self._answered = int(event.data[1][1])
            else:
                self._has_restructured |= event.type in (X.MapNotify, X.UnmapNotify)
                self._dispatch(event)

    def _is_answer(self, event: Any) -> bool:
        return bool(
            event.client_type == self._windows.atom("WM_PROTOCOLS")
            and event.data[1][0] == self._windows.atom("_NET_WM_PING")
        )


def _ends(
    began: float, asked: bool, answered_at: float | None, drawn: float | None, quiet: float
) -> float:
    """When waiting ends if nothing happens until then.

    Args:
        began: when the input had been sent.
        asked: whether a program was asked if it has handled it.
        answered_at: when it answered; when it could not be asked, ``began``.
        drawn: when something was last drawn since.
        quiet: how long nothing has to be drawn.
    """
    if answered_at is None:
        return began + UNANSWERED
    if drawn is None:
        return answered_at + AFTER_ANSWER if asked else began + FIRST_DAMAGE
    return min(answered_at + LONGEST, max(answered_at + AFTER_ANSWER, drawn + quiet))
