"""``hrlctl serve``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrlctl.cli.model_argument import ModelArgument
from hrlctl.cli.output_options import QuietOption
from hrlctl.errors import HrlctlError

if TYPE_CHECKING:
    from hrlctl.serve.server import Listening

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl serve exported/model.onnx[/cyan]  (without torch)

  [cyan]hrlctl serve checkpoints/final_model.pt --port 0 --json[/cyan]  (any free port)

  [cyan]hrlctl serve exported/model.onnx --host 0.0.0.0 --token-file token.txt[/cyan]

[bold]Exit codes[/bold]

  0 it was told to stop (Ctrl-C, SIGTERM), 1 the model cannot be used, 2 the host, port or token
  cannot be used, 130 it was told twice."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")


@app.command("serve", epilog=EXAMPLES)
def serve(
    model: ModelArgument,
    host: Annotated[
        str, typer.Option(help="The address to listen on. Others than this machine need a token.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")
    ] = 8000,
    token_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Holds the token that clients send. Without it one is drawn, and shown.",
        ),
    ] = None,
    device: Annotated[
        str, typer.Option(metavar="auto|cpu|cuda", help="Where it runs.", envvar="DEVICE")
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print address and token as one JSON object.")
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Answer for an agent over HTTP: screenshots and an instruction in, actions out.

    Until Ctrl-C or SIGTERM; what is being answered then is finished. What can be asked is described
    at /openapi.json.
    """
    try:
        from hrlctl.serve.server import serve as run_server
    except ModuleNotFoundError as error:
        if (error.name or "hrlctl").split(".")[0] == "hrlctl":
            raise
        raise HrlctlError(
            f"serving needs {error.name}, which is not installed",
            hint="pip install 'hrlctl[serve]'",
        ) from error
    from hrlctl.evaluation.agents import computing_alike

    with computing_alike([model]):
        run_server(
            model,
            host=host,
            port=port,
            token_file=token_file,
            device=device,
            announce=lambda listening: _announce(listening, as_json=as_json, quiet=quiet),
        )


def _announce(listening: Listening, *, as_json: bool, quiet: bool) -> None:
    is_drawn = listening.token_file is None
    if as_json:
        token = listening.token if is_drawn else None
        print(json.dumps({"url": listening.url, "token": token}), flush=True)
        return
    if quiet and not is_drawn:  # a token that was drawn is known to nobody else
        return
    typer.echo(f"serving at {listening.url}; Ctrl-C stops", err=True)
    wanted = listening.token if is_drawn else f"as in {listening.token_file}"
    typer.echo(f"token: {wanted}", err=True)
