"""``hrlctl runs``: the trainings that were recorded, and how they differ."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hrlctl.cli.charts import amount, duration, success_style
from hrlctl.cli.completers import complete_run
from hrlctl.cli.errors import report
from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.run_archive import LOG_FOLDER, Run, find_runs, named_run
from hrlctl.cli.terminal import fitted, output_console
from hrlctl.errors import UsageError
from hrlctl.schema.run_record import SUCCESS_COLUMN

SUMMARY = "List and compare the trainings in a folder of logs."
_SHARES: Final = (0.25, 0.5, 0.75, 1.0)  # of the steps that all runs have
# What every run has of its own, whatever it is about.
_OWN_KEYS: Final = ("output.save_dir", "output.log_dir")

LIST_EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl runs list[/cyan]

  [cyan]hrlctl report "$(hrlctl runs list --quiet | tail -n 1)"[/cyan]  (the newest)"""

COMPARE_EXAMPLES = """[bold]Example[/bold]

  [cyan]hrlctl runs compare RUN RUN[/cyan]  (as 'hrlctl runs list' names them)"""

app = typer.Typer(add_completion=False, no_args_is_help=True, help=SUMMARY, rich_markup_mode="rich")

LogDir = Annotated[
    Path, typer.Option("--log-dir", metavar="FOLDER", help="Where hrlctl train wrote its logs.")
]


@app.callback(help=SUMMARY)
def runs() -> None:
    """Stands for the commands below."""


@app.command("list", epilog=LIST_EXAMPLES)
def list_runs(
    log_dir: LogDir = LOG_FOLDER, as_json: JsonOption = False, quiet: QuietOption = False
) -> None:
    """Every recorded training, the newest last; with --quiet their names alone."""
    found, faults = find_runs(log_dir)
    if as_json:
        typer.echo(json.dumps([_as_json(run) for run in found], indent=2))
    elif quiet:
        typer.echo("".join(f"{run.name}\n" for run in found), nl=False)
    elif found:
        _print_table(found, output_console())
    else:
        typer.echo(f"no runs in {log_dir}", err=True)
    for fault in faults:
        report(fault)


@app.command(epilog=COMPARE_EXAMPLES)
def compare(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="RUN RUN...",
            help="As 'runs list' names them, or folders.",
            autocompletion=complete_run,
        ),
    ],
    log_dir: LogDir = LOG_FOLDER,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """How runs were set up differently, and their success after the same numbers of steps.

    With --quiet the success alone.
    """
    if len(names) < 2:
        raise UsageError("a single run cannot be compared", hint="name two or more")
    chosen = [named_run(name, log_dir) for name in names]
    common = min(run.steps for run in chosen)
    points = [round(share * common) for share in _SHARES]
    different = _differences(chosen)
    if as_json:
        success = {
            str(point): [run.value(SUCCESS_COLUMN, point) for run in chosen] for point in points
        }
        content = {
            "runs": [_as_json(run) for run in chosen],
            "differences": {key: values for key, values in different},
            "success_rates": success,
        }
        typer.echo(json.dumps(content, indent=2))
        return
    console = output_console()
    if not quiet:
        _print_table(chosen, console)
        console.print()
        console.print(
            _side_by_side(
                "what differs",
                chosen,
                [(key, [Text(_shown(value)) for value in values]) for key, values in different],
            )
        )
        console.print()
    console.print(
        _side_by_side(
            "success after",
            chosen,
            [
                (
                    f"{amount(point)} steps",
                    [_rate(run.value(SUCCESS_COLUMN, point)) for run in chosen],
                )
                for point in points
            ],
        )
    )


def _differences(chosen: Sequence[Run]) -> list[tuple[str, list[Any]]]:
    """The keys of the configuration that are not the same in all runs, with each run's value."""
    keys = dict.fromkeys(key for run in chosen for key in run.config if key not in _OWN_KEYS)
    rows = [(key, [run.config.get(key) for run in chosen]) for key in keys]
    rows += [
        ("commit", [run.record.commit for run in chosen]),
        ("packages", [run.record.packages for run in chosen]),
        ("packs", [run.record.packs for run in chosen]),
    ]
    return [(key, values) for key, values in rows if any(value != values[0] for value in values)]


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "name": run.name,
        "folder": str(run.folder),
        "state": run.state,
        "steps": run.steps,
        "seconds": run.seconds,
        "success_rate": run.success_rate,
        "record": run.record.model_dump(mode="json"),
    }


def _print_table(found: Sequence[Run], console: Console) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("run", overflow="fold")
    for heading in ("policy", "seed", "steps", "success", "time", "state", "commit"):
        is_number = heading in ("seed", "steps", "success", "time")
        table.add_column(heading, justify="right" if is_number else "left", no_wrap=True)
    for run in found:
        table.add_row(
            run.name,
            run.record.policy,
            str(run.record.seed),
            amount(run.steps),
            _rate(run.success_rate),
            duration(run.seconds),
            run.state,
            (run.record.commit or "")[:7],
        )
    console.print(fitted(table, console, spare=(7, 2, 1, 5, 3)))


def _side_by_side(
    name: str, chosen: Sequence[Run], rows: Sequence[tuple[str, list[Text]]]
) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(name, overflow="fold")
    for run in chosen:
        table.add_column(run.name, overflow="fold")
    for label, values in rows:
        table.add_row(label, *values)
    return table


def _rate(rate: float | None) -> Text:
    return Text("n/a" if rate is None else f"{rate:.1%}", style=success_style(rate))


def _shown(value: object) -> str:
    match value:
        case None:
            return "none"
        case dict():
            return ", ".join(f"{name} {text}" for name, text in value.items())
        case list():
            return ", ".join(map(str, value)) or "all"
        case _:
            return str(value)
