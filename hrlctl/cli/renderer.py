"""What shows the events of a run: the live panel, plain lines or JSON lines."""

from __future__ import annotations

import os
from typing import Protocol, Self

from hrlctl.events import Event, RunFinished, WarningRaised, WorkerRestarted


class Renderer(Protocol):
    """Shows events while its ``with`` block runs; whatever has to stay is printed at its end."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def show(self, event: Event) -> None:
        """Show what happened."""

    def announce_stop(self) -> None:
        """Say that the run is about to save and stop. Called in a signal handler."""


class SilentRenderer:
    """Shows nothing: of several processes of a run only the first one speaks."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...

    def show(self, event: Event) -> None: ...

    def announce_stop(self) -> None: ...


class QuietRenderer:
    """Of a run, what went wrong and how it ended.

    Args:
        warnings: shows what went wrong.
        end: shows how it ended.
    """

    def __init__(self, warnings: Renderer, end: Renderer) -> None:
        self._warnings, self._end = warnings, end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...

    def show(self, event: Event) -> None:
        if isinstance(event, WarningRaised | WorkerRestarted):
            self._warnings.show(event)
        elif isinstance(event, RunFinished):
            self._end.show(event)

    def announce_stop(self) -> None: ...


def announce_on_stderr() -> None:
    """Say it in a line, straight to the file descriptor: print may not be entered twice."""
    os.write(2, b"saving, then stopping; Ctrl-C again ends at once\n")
