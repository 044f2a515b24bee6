"""Where the program begins: a shell that waits for a completion does not wait for Typer."""

from __future__ import annotations

import os
import sys

from hrlctl.cli.completion import VARIABLE, answer


def main() -> None:
    """Run the command line, or complete one."""
    if VARIABLE in os.environ and (completed := answer(os.environ)) is not None:
        if completed.text:
            # As bytes: Windows would add carriage returns, and a path may not be of the locale.
            sys.stdout.buffer.write(os.fsencode(completed.text + "\n"))
        sys.exit(completed.exit_code)
    from hrlctl.cli.app import main as run

    run()
