"""``hrlctl tasks demo``: the oracle plays a task, in the terminal or into an animated GIF."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hrlctl.cli.task_instance import (
    DesktopOption,
    FileOption,
    InstanceOption,
    SetOption,
    TaskArgument,
    check_suffix,
    desktop_kind,
    draw,
    find_task,
)

if TYPE_CHECKING:
    from hrlctl.desktop.contract import Desktop
    from hrlctl.env.demonstration import DemonstratedStep, Demonstration
    from hrlctl.packs.instances import Instance

SCALE = 4  # pixels of the GIF that a pixel of the screen is wide and high


def demo(
    task_id: TaskArgument,
    instance: InstanceOption = 0,
    split: SetOption = "training",
    file: FileOption = None,
    desktop: DesktopOption = "sim",
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
    kind = desktop_kind(desktop)
    task = find_task(task_id, file)
    drawn = draw(task, instance, split)

    from hrlctl.desktop.backends import check_available, make_desktop
    from hrlctl.schema.setup import SCREEN_SIZES

    check_available(kind, [drawn.setup])
    stage = make_desktop(kind, *SCREEN_SIZES[kind])
    try:
        _play(drawn, instance, stage, record, delay)
    finally:
        stage.close()


def _play(
    drawn: Instance, number: int, desktop: Desktop, record: Path | None, delay: float
) -> None:
    from rich.console import Console

    from hrlctl.cli.panel import can_show_panel
    from hrlctl.env.demonstration import Demonstration

    demonstration = Demonstration(drawn, desktop)
    console = Console()
    if record is None and can_show_panel(console):
        from hrlctl.cli.demonstration_view import play_live

        play_live(demonstration, console, delay)
        return
    print(f"{drawn.task_id}, {drawn.split} {number}\nInstruction: {drawn.instruction}")
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


def _record(demonstration: Demonstration, desktop: Desktop, path: Path, seconds: float) -> None:
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
