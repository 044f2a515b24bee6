"""``hrlctl tasks show``: one drawn episode of a task, as it begins and as it is solved."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from hrlctl.cli.output_options import JsonOption, QuietOption
from hrlctl.cli.task_instance import (
    FileOption,
    InstanceOption,
    SetOption,
    TaskArgument,
    check_suffix,
    draw,
    find_task,
)
from hrlctl.errors import TaskError

if TYPE_CHECKING:
    from rich.console import Console

    from hrlctl.desktop.sim import SimDesktop
    from hrlctl.packs.instances import Instance, Task

SCALE = 4  # pixels of the picture that a pixel of the screen is wide and high


class Measured(NamedTuple):
    """What playing the oracle gave; both are ``None`` for a task without one."""

    steps: int | None
    fault: str | None


def show(
    task_id: TaskArgument,
    instance: InstanceOption = 0,
    split: SetOption = "training",
    file: FileOption = None,
    picture: Annotated[
        Path | None,
        typer.Option(metavar="FILE.png", help="Write the first screen to this file."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """An episode as it is drawn: instruction, setup, criteria, milestones and oracle.

    With --quiet its instruction alone.
    """
    if picture is not None:
        check_suffix(picture, ".png", "--picture")
    task = find_task(task_id, file)
    drawn = draw(task, instance, split)

    from hrlctl.desktop.sim import SimDesktop  # imports numpy

    desktop = SimDesktop()
    measured = _measure(drawn, desktop)
    if picture is not None:
        _write_picture(drawn, desktop, picture)
    if as_json:
        typer.echo(json.dumps(_as_json(task, drawn, instance, measured), indent=2))
        return
    if quiet:
        typer.echo(drawn.instruction)
        return
    from hrlctl.cli.terminal import output_console

    _print(task, drawn, instance, measured, output_console(highlight=False))
    if picture is not None:
        typer.echo(f"wrote {picture}")


def _measure(drawn: Instance, desktop: SimDesktop) -> Measured:
    from hrlctl.env.demonstration import measured_steps

    if not drawn.oracle:
        return Measured(None, None)
    try:
        return Measured(measured_steps(drawn, desktop), None)
    except TaskError as error:  # part of what is shown: who asks wants to see the task as it is
        return Measured(None, error.message)


def _write_picture(drawn: Instance, desktop: SimDesktop, path: Path) -> None:
    from hrlctl.cli.image_files import write_png

    desktop.reset(drawn.setup, drawn.seed)
    write_png(path, desktop.render(SCALE))


def _as_json(task: Task, drawn: Instance, number: int, measured: Measured) -> dict[str, Any]:
    return {
        "id": task.id,
        "pack": task.pack,
        "difficulty": task.difficulty.value,
        "set": drawn.split.value,
        "instance": number,
        "seed": drawn.seed,
        "instruction": drawn.instruction,
        "parameters": dict(drawn.parameters),
        "setup": drawn.setup.model_dump(exclude={"variation"}, warnings=False),
        "success_criteria": drawn.success.model_dump(warnings=False),
        "milestones": [
            {
                "skill": milestone.skill.value,
                "about": milestone.about,
                "criteria": milestone.criterion.model_dump(warnings=False),
            }
            for milestone in drawn.milestones
        ],
        "oracle": [step.model_dump(by_alias=True, warnings=False) for step in drawn.oracle],
        "num_steps": task.num_steps,
        "measured_steps": measured.steps,
        "oracle_fault": measured.fault,
        "max_steps": task.max_steps,
    }


def _print(task: Task, drawn: Instance, number: int, measured: Measured, console: Console) -> None:
    from rich.table import Table
    from rich.text import Text

    from hrlctl.packs import wording

    heading = Text.assemble(
        (task.id, "bold"), (f"  {task.difficulty}  {drawn.split} {number}", "dim")
    )
    console.print(heading, soft_wrap=True)
    numbered = [f"{i}. {wording.step_in_words(step)}" for i, step in enumerate(drawn.oracle, 1)]
    sections = {
        "instruction": [drawn.instruction],
        "setup": wording.setup_in_words(drawn.setup),
        "done when": wording.criteria_in_words(drawn.success),
        "milestones": [wording.milestone_in_words(milestone) for milestone in drawn.milestones],
        "oracle": numbered or ["none"],
    }
    table = Table.grid(padding=(0, 2))
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, lines in sections.items():
        if lines:
            table.add_row(name, Text("\n".join(lines)))
    style = "red" if measured.fault is not None else ""
    table.add_row("steps", Text(_steps(task, measured), style=style))
    console.print(table)


def _steps(task: Task, measured: Measured) -> str:
    if measured.fault is not None:
        found = f"the oracle fails: {measured.fault}"
    else:
        found = "not measured" if measured.steps is None else f"{measured.steps} measured"
    return f"{found}, {task.num_steps} stated, at most {task.max_steps}"
