"""Asking before anything is done on the screen in front of the user."""

from __future__ import annotations

import os
import sys
from typing import Final

import typer

from hrlctl.errors import UsageError

VARIABLE: Final = "HRLCTL_ALLOW_NATIVE"


def ask_for_the_screen(instruction: str, max_steps: int) -> None:
    """Say what will be done on the user's own screen, and do not go on without a yes.

    Args:
        instruction: what the agent is asked.
        max_steps: how many actions it may take.

    Raises:
        UsageError: nobody can be asked.
        typer.Exit: they said no.
    """
    typer.secho("hrlctl is about to operate YOUR screen:", fg="yellow", bold=True, err=True)
    typer.echo(
        f"  up to {max_steps} clicks, keys and typed texts, towards: {instruction}\n"
        "  Whatever is open can be changed, sent or deleted. Close what matters first.\n"
        "  To stop it: move the mouse, or press Ctrl-C here.",
        err=True,
    )
    if os.environ.get(VARIABLE, "").strip().lower() in ("1", "true", "yes", "on"):
        return
    if not sys.stdin.isatty():
        raise UsageError(
            "nobody is there to confirm it", where="--desktop native", hint=f"set {VARIABLE}=1"
        )
    typer.confirm("Go on?", default=False, abort=True, err=True)
