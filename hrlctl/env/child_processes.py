"""Processes that leave Ctrl-C and SIGTERM to the process that has started them."""

from __future__ import annotations

import signal
from multiprocessing.process import BaseProcess
from typing import Final

_LEFT_TO_THE_PARENT: Final = (signal.SIGINT, signal.SIGTERM)


def start(process: BaseProcess) -> None:
    """Start a process that calls ``leave_signals`` first."""
    # Ctrl-C may come before the process can say that it leaves that to its parent.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _LEFT_TO_THE_PARENT)
    try:
        process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def leave_signals() -> None:
    """In the process: leave signals to its parent."""
    # A handler that does nothing: unlike SIG_IGN, programs on a desktop do not inherit it.
    for number in _LEFT_TO_THE_PARENT:
        signal.signal(number, lambda number, frame: None)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _LEFT_TO_THE_PARENT)
