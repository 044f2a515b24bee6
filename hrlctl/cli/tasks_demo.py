"""``hrlctl tasks demo``: the oracle plays a task, in the terminal or into an animated GIF."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from hrlctl.cli.output_options import JsonOption, QuietOption
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
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Watch the oracle solve an episode; plain lines where there is no terminal.

    With --json an object a line: each step, and the end. With --quiet the end alone.
    """
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
        _play(drawn, stage, _Telling(instance, as_json, quiet), record, delay)
    finally:
        stage.close()


class _Telling(NamedTuple):
    """What is said of a demonstration where it is not drawn."""

    instance: int  # as the user named it
    as_json: bool
    quiet: bool

    def begin(self, drawn: Instance) -> None:
        if not self.as_json and not self.quiet:
            print(f"{drawn.task_id}, {drawn.split} {self.instance}")
            print(f"Instruction: {drawn.instruction}")

    def step(self, step: DemonstratedStep) -> None:
        if not self.quiet:
            from hrlctl.cli.demonstration_view import line_of

            print(self._object("step", step._asdict()) or line_of(step), flush=True)

    def end(self, last: DemonstratedStep, demonstration: Demonstration) -> None:
        from hrlctl.cli.demonstration_view import verdict_of

        drawn = demonstration.instance
        found = {
            "task": drawn.task_id,
            "set": drawn.split.value,
            "instance": self.instance,
            "instruction": drawn.instruction,
            "steps": last.number,
            "max_steps": drawn.max_steps,
            "total_reward": last.total_reward,
        }
        print(self._object("solved", found) or verdict_of(last, demonstration))

    def wrote(self, path: Path) -> None:
        if not self.as_json and not self.quiet:
            print(f"wrote {path}")

    def _object(self, kind: str, content: Mapping[str, object]) -> str:
        """A line of JSON, where that is wanted."""
        return json.dumps({"type": kind, **content}) if self.as_json else ""


def _play(
    drawn: Instance, desktop: Desktop, telling: _Telling, record: Path | None, delay: float
) -> None:
    from rich.console import Console

    from hrlctl.cli.panel import can_show_panel
    from hrlctl.env.demonstration import Demonstration

    demonstration = Demonstration(drawn, desktop)
    console, is_told = Console(), telling.as_json or telling.quiet
    if record is None and not is_told and can_show_panel(console):
        from hrlctl.cli.demonstration_view import play_live

        play_live(demonstration, console, delay)
        return
    telling.begin(drawn)
    if record is None:
        _play_in_lines(demonstration, telling, lambda step: None)
    else:
        _record(demonstration, desktop, telling, record, delay)


def _play_in_lines(
    demonstration: Demonstration, telling: _Telling, shown: Callable[[DemonstratedStep], None]
) -> None:
    """Tell each step, calling ``shown`` after it."""
    for step in demonstration.steps():
        telling.step(step)
        shown(step)
        last = step
    telling.end(last, demonstration)


def _record(
    demonstration: Demonstration, desktop: Desktop, telling: _Telling, path: Path, seconds: float
) -> None:
    from hrlctl.cli.demonstration_view import line_of
    from hrlctl.cli.image_files import Animation

    instruction = demonstration.instance.instruction
    animation = Animation(seconds)
    animation.add(desktop.render(SCALE), instruction)
    _play_in_lines(
        demonstration,
        telling,
        lambda step: animation.add(desktop.render(SCALE), instruction, line_of(step)),
    )
    animation.write(path)
    telling.wrote(path)
