"""``hrlctl init``: a configuration and tasks to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hrlctl.config.starter import write_starter_files

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.command("init", epilog="[bold]Example[/bold]\n\n  [cyan]hrlctl init my-experiment[/cyan]")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Where; the working folder without.")
    ] = Path(),
) -> None:
    """Write config/config.yaml, with every key and a comment, and config/tasks.json, two tasks.

    Nothing is overwritten. 'hrlctl train' reads both files: without --pack and --task it trains on
    the tasks of config/tasks.json.
    """
    config, tasks = write_starter_files(folder)
    typer.echo(f"wrote {config}: take the # from the lines that you change")
    typer.echo(f"wrote {tasks}: 'hrlctl train' trains on it; delete it to train on the packs")
