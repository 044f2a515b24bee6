"""``hrlctl doctor``: what is there, what is missing, and how to get it."""

from __future__ import annotations

import json
from typing import Annotated, Final

import typer

from hrlctl.errors import ExitCode

HELP = "Say what is installed, what is missing and how to get it; exits 1 if hrlctl cannot run."
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_MARKS: Final = {"ok": ("ok", "green"), "missing": ("--", "yellow"), "broken": ("!!", "red")}


@app.command("doctor", help=HELP)
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Print a line for each thing that was looked at."""
    from hrlctl.cli.diagnosis import examine

    findings = list(examine())
    if as_json:
        typer.echo(json.dumps({"findings": [finding._asdict() for finding in findings]}))
    else:
        for finding in findings:
            mark, colour = _MARKS[finding.status]
            typer.echo(
                f"{typer.style(mark, fg=colour, bold=True)}  {finding.name:<18} {finding.found}"
            )
            if finding.remedy:
                typer.echo(f"    {'':<18} {typer.style(finding.remedy, fg='cyan')}")
    if any(finding.status == "broken" for finding in findings):
        raise typer.Exit(int(ExitCode.FAILED))
