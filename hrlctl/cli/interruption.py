"""Ctrl-C and SIGTERM: the first asks the engine to save and stop, the second stops at once.

Under torchrun a Ctrl-C comes twice, from the terminal and from torchrun, which itself ends at once
what has not stopped half a minute later: there the second means nothing.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether the user asked to stop.

    Args:
        announce: called at the first signal.
        is_patient: a second signal means no more than the first.
    """

    def __init__(self, announce: Callable[[], None], *, is_patient: bool = False) -> None:
        self._announce, self._is_patient = announce, is_patient
        self._is_requested = False

    def __call__(self) -> bool:
        return self._is_requested

    def receive(self, number: int, frame: FrameType | None) -> None:
        """A signal handler."""
        if self._is_requested:
            if self._is_patient:
                return
            raise KeyboardInterrupt
        self._is_requested = True
        self._announce()


@contextmanager
def stopping_on_signals(
    announce: Callable[[], None], *, is_patient: bool = False
) -> Iterator[StopRequest]:
    """Hand SIGINT and SIGTERM to a ``StopRequest`` while the block runs.

    Args:
        announce: called at the first signal, in its handler.
        is_patient: a second signal means no more than the first.
    """
    request = StopRequest(announce, is_patient=is_patient)
    previous = {number: signal.signal(number, request.receive) for number in SIGNALS}
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
