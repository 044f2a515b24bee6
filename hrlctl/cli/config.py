"""``hrlctl config``: what a training would be configured with."""

from __future__ import annotations

import typer

from hrlctl.cli import train

SUMMARY = "Show what a training would be configured with."

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl config show[/cyan]

  [cyan]hrlctl config show --preset classic --json[/cyan]"""

app = typer.Typer(add_completion=False, no_args_is_help=True, help=SUMMARY, rich_markup_mode="rich")


@app.callback(help=SUMMARY)
def config() -> None:
    """Stands for the command below."""


@app.command(
    "show",
    epilog=EXAMPLES,
    options_metavar="[OPTIONS OF hrlctl train]",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def show(ctx: typer.Context) -> None:
    """Every value and where it came from: default, preset, file, environment or option.

    Takes the options of 'hrlctl train', such as --config, --preset and --json, and trains nothing:
    it is 'hrlctl train --dry-run'.
    """
    command = typer.main.get_command(train.app)
    with command.make_context(ctx.command_path, ["--dry-run", *ctx.args]) as training:
        command.invoke(training)
