"""``hrlctl doctor``: what is there, what is missing, and how to get it."""

from __future__ import annotations

import json
from typing import Final

import typer

from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.terminal import echo
from hrlctl.errors import ExitCode

HELP = "Say what is installed, what is missing and how to get it; exits 1 if hrlctl cannot run."
EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl doctor[/cyan]

  [cyan]hrlctl doctor --quiet[/cyan]  (what is missing, and nothing else)"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

_MARKS: Final = {"ok": ("ok", "green"), "missing": ("--", "yellow"), "broken": ("!!", "red")}


@app.command("doctor", help=HELP, epilog=EXAMPLES)
def doctor(as_json: JsonOption = False, quiet: QuietOption = False) -> None:
    """Print a line for each thing that was looked at; quietly, for each that is not there."""
    from hrlctl.cli.diagnosis import examine

    findings = list(examine())
    if as_json:
        typer.echo(json.dumps({"findings": [finding._asdict() for finding in findings]}))
    else:
        for finding in findings:
            if quiet and finding.status == "ok":
                continue
            mark, colour = _MARKS[finding.status]
            echo(f"{typer.style(mark, fg=colour, bold=True)}  {finding.name:<18} {finding.found}")
            if finding.remedy:
                echo(f"    {'':<18} {typer.style(finding.remedy, fg='cyan')}")
    if any(finding.status == "broken" for finding in findings):
        raise typer.Exit(int(ExitCode.FAILED))
