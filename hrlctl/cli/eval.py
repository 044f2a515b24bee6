"""``hrlctl eval``."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hrlctl.cli.task_instance import desktop_kind
from hrlctl.errors import UnknownNameError

EXAMPLES = """[bold]Examples[/bold]

  [cyan]hrlctl eval checkpoints/final_model.pt[/cyan]

  [cyan]hrlctl eval checkpoints/final_model.pt --set words --episodes 500 --json[/cyan]

  [cyan]hrlctl eval checkpoints/final_model.pt --termination agent[/cyan]  (it says when)"""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")

TASKS, MEASURE, MACHINE = "Tasks", "What is measured", "Speed and machine"


@app.command("eval", epilog=EXAMPLES)
def evaluate(
    checkpoint: Annotated[
        Path, typer.Argument(metavar="CHECKPOINT", help="A .pt file that hrlctl train wrote.")
    ],
    episodes: Annotated[
        int, typer.Option(min=1, help="How many, over all tasks.", rich_help_panel=MEASURE)
    ] = 500,
    split: Annotated[
        str,
        typer.Option(
            "--set",
            metavar="seeds|words|themes",
            help="New seeds and layouts; words never drawn in training; themes never drawn.",
            rich_help_panel=MEASURE,
            autocompletion=lambda: ["seeds", "words", "themes"],
        ),
    ] = "seeds",
    termination: Annotated[
        str,
        typer.Option(
            metavar="automatic|agent",
            help="An episode ends at success, or only when the agent says that it is done.",
            rich_help_panel=MEASURE,
            autocompletion=lambda: ["automatic", "agent"],
        ),
    ] = "automatic",
    sampled: Annotated[
        bool,
        typer.Option(
            "--sampled",
            help="Draw actions as in training instead of taking the likeliest.",
            rich_help_panel=MEASURE,
        ),
    ] = False,
    seed: Annotated[
        int, typer.Option(min=0, help="Same seed, same episodes.", rich_help_panel=MEASURE)
    ] = 0,
    desktop: Annotated[
        str | None,
        typer.Option(
            metavar="sim|x11",
            help="The simulator, or real programs on private displays. As in the training without.",
            rich_help_panel=TASKS,
            autocompletion=lambda: ["sim", "x11"],
        ),
    ] = None,
    pack: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="Only this pack; repeat for more.", rich_help_panel=TASKS
        ),
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this task; repeat for more.", rich_help_panel=TASKS),
    ] = None,
    tasks: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="The tasks of a YAML or JSON file.", rich_help_panel=TASKS
        ),
    ] = None,
    difficulty: Annotated[
        str | None,
        typer.Option(
            metavar="EASY|MEDIUM|HARD",
            help="Only tasks of this difficulty.",
            rich_help_panel=TASKS,
            autocompletion=lambda: ["EASY", "MEDIUM", "HARD"],
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=0,
            help="Processes; 0 runs in this one. As many as cores without.",
            rich_help_panel=MACHINE,
        ),
    ] = None,
    device: Annotated[
        str,
        typer.Option(
            metavar="auto|cpu|cuda",
            help="Where it runs.",
            envvar="DEVICE",
            rich_help_panel=MACHINE,
        ),
    ] = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the figures as one JSON object.")
    ] = False,
) -> None:
    """Measure an agent's success on held-out episodes, with its 95% interval and per task."""
    from hrlctl.cli.evaluation_view import print_report
    from hrlctl.schema.base import Difficulty, Split

    held_out = Split(_one_of("set", split, (Split.SEEDS, Split.WORDS, Split.THEMES), "--set"))
    stage = (
        Difficulty(_one_of("difficulty", difficulty.upper(), tuple(Difficulty), "--difficulty"))
        if difficulty
        else None
    )
    ending = _one_of("termination", termination, ("automatic", "agent"), "--termination")
    errors = Console(stderr=True)
    with errors.status(f"running {episodes} episodes"):
        from hrlctl.evaluation import evaluate as run_evaluation  # imports torch: takes seconds

        report = run_evaluation(
            checkpoint,
            split=held_out,
            episodes=episodes,
            seed=seed,
            workers=workers if workers is not None else os.cpu_count() or 1,
            packs=tuple(pack or ()),
            tasks=tuple(task or ()),
            difficulty=stage,
            task_file=tasks,
            sampled=sampled,
            termination="agent" if ending == "agent" else "automatic",
            device=device,
            desktop=desktop_kind(desktop),
        )
    if as_json:
        typer.echo(json.dumps(report.to_dict()))
    else:
        print_report(report.to_dict(), Console())


def _one_of(kind: str, value: str, choices: Sequence[str], option: str) -> str:
    if value not in choices:
        raise UnknownNameError(kind, value, [str(choice) for choice in choices], where=option)
    return value
