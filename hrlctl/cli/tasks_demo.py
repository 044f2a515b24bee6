"""``hrlctl tasks demo``: the oracle plays a task, in the terminal or into an animated GIF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrlctl.cli.task_instance import (
    FileOption,
    InstanceOption,
    SetOption,
    TaskArgument,
    check_suffix,
    draw,
    find_task,
)

if TYPE_CHECKING:
    from hrlctl.desktop.sim import SimDesktop
    from hrlctl.env.demonstration import DemonstratedStep, Demonstration

SCALE = 4  # pixels of the GIF that a pixel of the screen is wide and high


def demo(
    task_id: TaskArgument,
    instance: InstanceOption = 0,
    split: SetOption = "training",
    file: FileOption = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="FILE.gif", help="Write an animation instead of playing it here."),
    ] = None,
    delay: Annotated[
        float,
        typer.Option(min=0.02, max=60, metavar="SECONDS", help="How long each screen is shown."),
    ] = 1.0,
) -> None:
    """Watch the oracle solve an episode; plain lines where there is no terminal."""
    if record is not None:
        check_suffix(record, ".gif", "--record")
    drawn = draw(find_task(task_id, file), instance, split)

    from rich.console import Console

    from hrlctl.cli.panel import can_show_panel
    from hrlctl.desktop.sim import SimDesktop
    from hrlctl.env.demonstration import Demonstration

    desktop = SimDesktop()
    demonstration = Demonstration(drawn, desktop)
    console = Console()
    if record is None and can_show_panel(console):
        from hrlctl.cli.demonstration_view import play_live

        play_live(demonstration, console, delay)
        return
    print(f"{drawn.task_id}, {drawn.split} {instance}\nInstruction: {drawn.instruction}")
    if record is None:
        _play_in_lines(demonstration, lambda step: None)
    else:
        _record(demonstration, desktop, record, delay)


def _play_in_lines(demonstration: Demonstration, shown: Callable[[DemonstratedStep], None]) -> None:
    """Print a line a step, calling ``shown`` after each."""
    from hrlctl.cli.demonstration_view import line_of, verdict_of

    for step in demonstration.steps():
        print(line_of(step), flush=True)
        shown(step)
        last = step
    print(verdict_of(last, demonstration))


def _record(demonstration: Demonstration, desktop: SimDesktop, path: Path, seconds: float) -> None:
    from hrlctl.cli.demonstration_view import line_of
    from hrlctl.cli.image_files import Animation

    instruction = demonstration.instance.instruction
    animation = Animation(seconds)
    animation.add(desktop.render(SCALE), instruction)
    _play_in_lines(
        demonstration,
        lambda step: animation.add(desktop.render(SCALE), instruction, line_of(step)),
    )
    animation.write(path)
    print(f"wrote {path}")
