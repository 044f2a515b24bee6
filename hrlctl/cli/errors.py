"""Turning a user's mistake into a message and an exit code; anything else escapes as a bug."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from hrlctl.cli.terminal import echo
from hrlctl.errors import HrlctlError


@contextmanager
def reporting_errors() -> Iterator[None]:
    """Print an ``HrlctlError`` on standard error and exit with its code."""
    try:
        yield
    except HrlctlError as error:
        report(error)
        raise typer.Exit(int(error.exit_code)) from None


def report(error: HrlctlError) -> None:
    """Print what happened, where, and what to do next."""
    place = f"{error.where}: " if error.where else ""
    lines = [typer.style("error: ", fg="red", bold=True) + place + error.message]
    if error.hint:
        lines.append(typer.style("hint: ", fg="cyan", bold=True) + error.hint)
    echo("\n".join(lines), err=True)
