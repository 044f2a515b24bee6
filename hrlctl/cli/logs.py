"""Log records and Python warnings: on standard error, or wherever the command shows them."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


class RecordHandler(logging.Handler):
    """Hands each record, as one line of text, to ``sink``."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self.sink: Callable[[str], None] = write_to_stderr

    def emit(self, record: logging.LogRecord) -> None:
        try:
            self.sink(self.format(record))
        except Exception:  # a log record must never end a run: the boundary that logging prescribes
            self.handleError(record)


def write_to_stderr(line: str) -> None:
    """The sink where no panel covers the terminal."""
    print(line, file=sys.stderr, flush=True)


HANDLER = RecordHandler()


def configure_logging(environ: Mapping[str, str]) -> None:
    """Log from the level that ``LOG_LEVEL`` names on.

    Raises:
        UnknownNameError: ``LOG_LEVEL`` is not a level.
    """
    level = "WARNING"
    if environ.get("LOG_LEVEL", "").strip():
        # Only now: importing the configuration costs more than all of ``hrlctl train --help``.
        from hrlctl.config.environment import log_level

        level = log_level(environ)
    root = logging.getLogger()
    if HANDLER not in root.handlers:
        root.addHandler(HANDLER)
    root.setLevel(level)
    logging.captureWarnings(True)


@contextmanager
def logging_to(sink: Callable[[str], None]) -> Iterator[None]:
    """Hand log records to ``sink`` instead of standard error while the block runs."""
    HANDLER.sink = sink
    try:
        yield
    finally:
        HANDLER.sink = write_to_stderr
