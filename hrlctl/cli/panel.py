"""The live panel: one screen that is redrawn in place, on a terminal."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from hrlctl.cli.logs import logging_to
from hrlctl.cli.panel_layout import PanelLayout
from hrlctl.cli.plain import block_of, lines_of
from hrlctl.cli.progress import RunProgress
from hrlctl.events import EpisodeFinished, Event

MIN_COLUMNS, MIN_ROWS = 80, 24
SECONDS_BETWEEN_EPISODES = 1.0


def can_show_panel(console: Console) -> bool:
    """Whether this is a terminal that can draw the panel and is large enough for it."""
    return (
        console.is_terminal
        and not console.is_dumb_terminal
        and not console.legacy_windows
        and console.encoding.startswith("utf")
        and console.width >= MIN_COLUMNS
        and console.height >= MIN_ROWS
    )


class PanelRenderer:
    """Shows a run on the terminal's alternate screen, and what has to stay on the normal one."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._progress = RunProgress()
        self._layout = PanelLayout(self._progress)
        self._live = Live(
            console=console,
            screen=True,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
            vertical_overflow="crop",
        )
        self._drawn_at = 0.0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._live)
        # Nothing may write over the panel: log records are shown in it.
        self._stack.enter_context(logging_to(self._progress.note))
        self._draw()
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()
        if self._progress.update is not None:
            self._console.print(Text(block_of(self._progress.update)))
        for notice in self._progress.notices:
            self._console.print(Text(notice, style="yellow" if "warning" in notice else ""))
        if self._progress.finished is not None:
            for line in lines_of(self._progress.finished):
                self._console.print(Text(line))

    def show(self, event: Event) -> None:
        self._progress.apply(event)
        # Episodes end many times a second, and only their number changes.
        pause = time.monotonic() - self._drawn_at
        if not isinstance(event, EpisodeFinished) or pause >= SECONDS_BETWEEN_EPISODES:
            self._draw()

    def announce_stop(self) -> None:
        """Say at the next drawing that the run is being saved; safe in a signal handler."""
        self._progress.is_stopping = True

    def _draw(self) -> None:
        size = self._console.size
        self._live.update(self._layout.build(size.width, size.height), refresh=True)
        self._drawn_at = time.monotonic()
