"""Ctrl-C and SIGTERM: the first asks the engine to save and stop, the second stops at once."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopRequest:
    """Whether the user asked to stop."""

    def __init__(self, announce: Callable[[], None]) -> None:
        self._announce = announce
        self._is_requested = False

    def __call__(self) -> bool:
        return self._is_requested

    def receive(self, number: int, frame: FrameType | None) -> None:
        """A signal handler."""
        if self._is_requested:
            raise KeyboardInterrupt
        self._is_requested = True
        self._announce()


@contextmanager
def stopping_on_signals(announce: Callable[[], None]) -> Iterator[StopRequest]:
    """Hand SIGINT and SIGTERM to a ``StopRequest`` while the block runs.

    Args:
        announce: called at the first signal, in its handler.
    """
    request = StopRequest(announce)
    previous = {number: signal.signal(number, request.receive) for number in SIGNALS}
    try:
        yield request
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
