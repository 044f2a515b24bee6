"""``hrlctl init``: a configuration and tasks to start from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.config.starter import write_starter_files

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.command("init", epilog="[bold]Example[/bold]\n\n  [cyan]hrlctl init my-experiment[/cyan]")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where; the working folder without.")
    ] = Path(),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Write config/config.yaml, with every key and a comment, and config/tasks.json, two tasks.

    Nothing is overwritten. 'hrlctl train' reads both files: without --pack and --task it trains on
    the tasks of config/tasks.json.
    """
    config, tasks = write_starter_files(folder)
    if as_json:
        typer.echo(json.dumps({"wrote": [str(config), str(tasks)]}))
    elif quiet:
        typer.echo(f"{config}\n{tasks}")
    else:
        typer.echo(f"wrote {config}: take the # from the lines that you change")
        typer.echo(f"wrote {tasks}: 'hrlctl train' trains on it; delete it to train on the packs")
