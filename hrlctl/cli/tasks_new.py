"""``hrlctl tasks new`` and ``hrlctl tasks schema``: what the author of a pack starts with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hrlctl.cli.errors import report
from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.errors import PackError


def new(
    name: Annotated[str, typer.Argument(help="Of the pack, for example my_tasks.")],
    directory: Annotated[
        Path, typer.Option(metavar="DIR", help="The project's folder is made in this one.")
    ] = Path(),
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a project for a pack of your own: two tasks, their tests, ready to install."""
    from hrlctl.packs.scaffold import create_pack_project

    written = create_pack_project(name, directory)
    if as_json:
        typer.echo(json.dumps({"wrote": [str(path) for path in written]}))
        return
    for path in written:
        typer.echo(str(path) if quiet else f"wrote {path}")
    if quiet:
        return
    typer.echo(
        "\n".join(
            [
                "",
                "next:",
                f"  pip install -e {directory / name}",
                f"  hrlctl tasks validate {name}",
                f"  hrlctl tasks verify {name}",
                f"  hrlctl tasks demo {name}/fill-field",
            ]
        )
    )


def schema(as_json: JsonOption = True, quiet: QuietOption = False) -> None:
    """Print the JSON Schema of a pack's file, for completion and checks in an editor.

    With --json, --quiet or neither: it is nothing but JSON.
    """
    from hrlctl.packs.plugins import find_criteria
    from hrlctl.schema.json_schema import pack_schema

    custom = {}
    for kind, load in find_criteria().items():
        try:
            custom[kind] = load()
        except PackError as error:  # named, and left out: the others are still of use
            report(error)
    typer.echo(json.dumps(pack_schema(custom), indent=2))
