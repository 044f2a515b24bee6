"""Where the program begins: a shell that waits for a completion does not wait for Typer."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from hrlctl.cli.completion import VARIABLE, answer

# Objects until garbage is looked for. What is imported and loaded at the start stays: to look for
# garbage in it again and again costs a tenth of a short command.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000

# Typer looks for pydantic's plug-ins where it can; nothing here uses any, and reading what each
# installed package registers takes longer than most of our commands spend on what was asked.
_PYDANTIC_PLUGINS = "PYDANTIC_DISABLE_PLUGINS"


def main() -> None:
    """Run the command line, or complete one."""
    if VARIABLE in os.environ:
        try:
            completed = answer(os.environ)
        except Exception:  # a traceback at the prompt helps nobody
            sys.exit(1)
        if completed is not None:
            if completed.text:
                # As bytes: a path may not be of the locale.
                sys.stdout.buffer.write(os.fsencode(completed.text + "\n"))
            sys.exit(completed.exit_code)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    atexit.register(gc.freeze)  # nor is it looked for when everything goes
    os.environ.setdefault(_PYDANTIC_PLUGINS, "__all__")
    from hrlctl.cli.app import main as run

    run()
