"""The root command. A subcommand's module is imported only when that subcommand runs."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Annotated, Any, Final, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from hrlctl import __version__
from hrlctl.cli.encoding import make_output_encodable
from hrlctl.cli.errors import reporting_errors
from hrlctl.cli.logs import configure_logging


class LazyCommand(NamedTuple):
    """Where a subcommand's Typer ``app`` is, and what ``hrlctl --help`` says of it."""

    module: str
    help: str
    panel: str
    example: str


LEARN, USE, PREPARE = "Teach an agent", "Judge it, and put it to work", "Tasks and settings"

COMMANDS: Final[Mapping[str, LazyCommand]] = {
    "train": LazyCommand(
        "hrlctl.cli.train", "Train an agent and watch it learn.", LEARN,
        "hrlctl train --difficulty EASY",
    ),
    "compare": LazyCommand(
        "hrlctl.cli.compare", "Compare policies over several seeds.", LEARN,
        "hrlctl compare --policies hierarchical,flat --seeds 5",
    ),
    "runs": LazyCommand(
        "hrlctl.cli.runs", "List and compare recorded trainings.", LEARN,
        "hrlctl runs list",
    ),
    "report": LazyCommand(
        "hrlctl.cli.report", "Write a recorded training as one HTML file.", LEARN,
        "hrlctl report RUN",
    ),
    "eval": LazyCommand(
        "hrlctl.cli.eval", "Measure an agent on held-out episodes.", USE,
        "hrlctl eval checkpoints/final_model.pt --episodes 500",
    ),
    "run": LazyCommand(
        "hrlctl.cli.run", "Give an agent an instruction, and watch it.", USE,
        "hrlctl run 'Open \"Calculator\"' --model pretrained",
    ),
    "export": LazyCommand(
        "hrlctl.cli.export", "Export an agent: ONNX or safetensors.", USE,
        "hrlctl export checkpoints/final_model.pt --format onnx",
    ),
    "serve": LazyCommand(
        "hrlctl.cli.serve", "Answer for an agent over HTTP.", USE,
        "hrlctl serve exported/model.onnx --port 8000",
    ),
    "tasks": LazyCommand(
        "hrlctl.cli.tasks", "List, show, check and write tasks.", PREPARE,
        "hrlctl tasks demo desktop_basics/open-icon",
    ),
    "init": LazyCommand(
        "hrlctl.cli.init", "Write a configuration and tasks to start from.", PREPARE,
        "hrlctl init my-experiment",
    ),
    "config": LazyCommand(
        "hrlctl.cli.config", "Show what a training would be configured with.", PREPARE,
        "hrlctl config show --preset classic",
    ),
    "doctor": LazyCommand(
        "hrlctl.cli.doctor", "Say what is missing and how to get it.", PREPARE,
        "hrlctl doctor",
    ),
}  # fmt: skip

EXIT_CODES = (
    "Exit codes: 0 done, 1 failed, 2 usage, 3 target not met, 4 pack invalid, "
    "5 desktop unavailable, 130 interrupted."
)


class RootGroup(TyperGroup):
    """Shows its subcommands without importing them, and reports errors of users."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # Enough for help, completion and suggestions; ``resolve_command`` puts the real ones in.
        for name, command in COMMANDS.items():
            self.commands[name] = TyperCommand(
                name, help=command.help, rich_markup_mode=self.rich_markup_mode
            )

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, command, rest = super().resolve_command(ctx, args)
        if name is not None and name in COMMANDS:
            command = typer.main.get_command(importlib.import_module(COMMANDS[name].module).app)
            command.name = name
        return name, command, rest

    def format_help(self, ctx: Any, formatter: Any) -> None:
        from hrlctl.cli.root_help import print_root_help

        records = (parameter.get_help_record(ctx) for parameter in self.get_params(ctx))
        print_root_help(
            usage=self.get_usage(ctx),
            summary=self.help or "",
            options=[(record[0].split()[0], record[1]) for record in records if record],
            commands={
                panel: [(name, c.help) for name, c in COMMANDS.items() if c.panel == panel]
                for panel in (LEARN, USE, PREPARE)
            },
            examples=[command.example for command in COMMANDS.values()],
            exit_codes=EXIT_CODES,
        )

    def invoke(self, ctx: Any) -> Any:
        with reporting_errors():
            return super().invoke(ctx)


app = typer.Typer(
    name="hrlctl", cls=RootGroup, no_args_is_help=True, pretty_exceptions_enable=False
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"hrlctl {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Show the version and exit."
        ),
    ] = False,
) -> None:
    """Train and evaluate an agent that operates a computer desktop from pixels and words."""
    configure_logging(os.environ)


def main() -> None:
    """Run the command line."""
    make_output_encodable()
    app(prog_name="hrlctl")
