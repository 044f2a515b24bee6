"""``hrlctl tasks new`` and ``hrlctl tasks schema``: what the author of a pack starts with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer


def new(
    name: Annotated[str, typer.Argument(help="Of the pack, for example my_tasks.")],
    directory: Annotated[
        Path, typer.Option(metavar="DIR", help="The project's folder is made in this one.")
    ] = Path(),
) -> None:
    """Make a project for a pack of your own: two tasks, their tests, ready to install."""
    from hrlctl.packs.scaffold import create_pack_project

    for path in create_pack_project(name, directory):
        typer.echo(f"wrote {path}")
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


def schema() -> None:
    """Print the JSON Schema of a pack's file, for completion and checks in an editor."""
    from hrlctl.schema.json_schema import pack_schema

    typer.echo(json.dumps(pack_schema(), indent=2))
