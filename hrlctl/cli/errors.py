"""Turning a user's mistake into a message and an exit code; anything else escapes as a bug."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from hrlctl.cli.terminal import echo
from hrlctl.errors import HrlctlError, StorageError

_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Print an ``HrlctlError``, and that a disk is full, on standard error; exit with its code."""
    try:
        yield
        sys.stdout.flush()  # what cannot be written is to be told here, not at Python's end
    except HrlctlError as error:
        report(error)
        raise typer.Exit(int(error.exit_code)) from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
        full = StorageError(
            f"cannot be written: {error.strerror}",
            where=str(error.filename or "standard output"),
            hint="make room, or write it elsewhere",
        )
        report(full)
        raise typer.Exit(int(full.exit_code)) from None


def report(error: HrlctlError) -> None:
    """Print what happened, where, and what to do next."""
    place = f"{error.where}: " if error.where else ""
    lines = [typer.style("error: ", fg="red", bold=True) + place + error.message]
    if error.hint:
        lines.append(typer.style("hint: ", fg="cyan", bold=True) + error.hint)
    echo("\n".join(lines), err=True)
