"""How a demonstration looks: lines, or a screen in the terminal that is redrawn in place."""

from __future__ import annotations

import time
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from hrlctl.cli.picture import desktop_picture
from hrlctl.env.demonstration import DemonstratedStep, Demonstration

_LINES_BELOW: Final = 7  # for the instruction, the action and the milestones, some of them wrapped


def line_of(step: DemonstratedStep) -> str:
    """A step in a line: what was done, what it earned, which milestones it reached."""
    reached = f" | reached: {'; '.join(step.reached)}" if step.reached else ""
    return f"{step.number}. {step.action} | reward {step.reward:+.2f}{reached}"


def verdict_of(last: DemonstratedStep, demonstration: Demonstration) -> str:
    """The end of a demonstration that succeeded."""
    steps = f"{last.number} {'step' if last.number == 1 else 'steps'}"
    most = demonstration.instance.max_steps
    return f"solved in {steps} of at most {most}, total reward {last.total_reward:.2f}"


def play_live(demonstration: Demonstration, console: Console, delay: float) -> None:
    """Play on a terminal; the last screen stays.

    Args:
        demonstration: what is played.
        console: the terminal.
        delay: seconds for which each screen is shown.

    Raises:
        TaskError: the oracle does not solve its task.
    """
    with Live(_frame(demonstration, console), console=console, auto_refresh=False) as live:
        for step in demonstration.steps():
            time.sleep(delay)
            live.update(_frame(demonstration, console, step), refresh=True)


def _frame(
    demonstration: Demonstration, console: Console, step: DemonstratedStep | None = None
) -> Group:
    instance, desktop = demonstration.instance, demonstration.desktop
    picture = desktop_picture(desktop, console.width, console.height - _LINES_BELOW)
    lines = [Text(instance.instruction, style="bold")]
    lines.append(Text(line_of(step) if step else "0. as it begins"))
    if step is not None and step.success:
        lines.append(Text(verdict_of(step, demonstration), style="green"))
    return Group(picture, *lines)
