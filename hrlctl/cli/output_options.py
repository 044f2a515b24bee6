"""``--json`` and ``--quiet``, which every command has."""

from __future__ import annotations

from typing import Annotated, Final

import typer

QUIET: Final = "Say the result, warnings and errors, and nothing else."

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help=QUIET)]
