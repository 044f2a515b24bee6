"""How ``hrlctl run`` looks: a screen that is redrawn in place, plain lines, or JSON lines."""

from __future__ import annotations

import json
import time
from enum import StrEnum
from typing import Final, Protocol, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from hrlctl.cli.picture import desktop_picture
from hrlctl.desktop.commands import name_of
from hrlctl.evaluation.errand import Errand, ErrandStep

_LINES_BELOW: Final = 6  # for the instruction, perhaps wrapped, the skill, the action, the end
_LABEL: Final = "bright_black"


class Ending(StrEnum):
    """How a run ended."""

    SAID_DONE = "said done"
    OUT_OF_STEPS = "out of steps"
    INTERRUPTED = "interrupted"


class ErrandView(Protocol):
    """Shows a run while its ``with`` block runs."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def show(self, step: ErrandStep) -> None:
        """Show what the agent is about to do."""

    def end(self, ending: Ending, steps: int) -> None:
        """Show how it ended, after so many steps."""


def words_of(ending: Ending, steps: int) -> str:
    """How it ended, as a sentence."""
    count = f"{steps} {'step' if steps == 1 else 'steps'}"
    match ending:
        case Ending.SAID_DONE:
            return f"the agent says that it has finished, at step {steps}"
        case Ending.OUT_OF_STEPS:
            return f"ended after {count}; the agent did not say that it has finished"
        case Ending.INTERRUPTED:
            return f"interrupted after {count}"


class _Lines:
    """What views that print line by line have in common."""

    def __init__(self, errand: Errand) -> None:
        self._errand = errand

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None: ...


class PlainErrandView(_Lines):
    """A line a step, on standard output."""

    def __enter__(self) -> Self:
        print(f"Instruction: {self._errand.instruction}", flush=True)
        return self

    def show(self, step: ErrandStep) -> None:
        skill = f"{step.skill} | " if step.skill else ""
        print(f"{step.number}. {skill}{step.action}", flush=True)

    def end(self, ending: Ending, steps: int) -> None:
        print(words_of(ending, steps), flush=True)


class JsonErrandView(_Lines):
    """A JSON object a line, on standard output."""

    def show(self, step: ErrandStep) -> None:
        self._write(
            {
                "type": "step",
                "step": step.number,
                "action": name_of(step.command),
                **step.command._asdict(),
                "skill": step.skill or None,
            }
        )

    def end(self, ending: Ending, steps: int) -> None:
        self._write(
            {
                "type": "run_finished",
                "instruction": self._errand.instruction,
                "said_done": ending is Ending.SAID_DONE,
                "interrupted": ending is Ending.INTERRUPTED,
                "steps": steps,
            }
        )

    def _write(self, content: dict[str, object]) -> None:
        print(json.dumps(content), flush=True)


class QuietErrandView(_Lines):
    """How it ended, in another view's words."""

    def __init__(self, errand: Errand, other: ErrandView) -> None:
        super().__init__(errand)
        self._other = other

    def show(self, step: ErrandStep) -> None: ...

    def end(self, ending: Ending, steps: int) -> None:
        self._other.end(ending, steps)


class LiveErrandView(_Lines):
    """The screen with the pointer, and what the agent makes of it; the last one stays.

    Args:
        errand: what is shown.
        console: a terminal.
        delay: seconds for which each screen is shown, at least.
    """

    def __init__(self, errand: Errand, console: Console, delay: float) -> None:
        super().__init__(errand)
        self._console, self._delay = console, delay
        self._live = Live(console=console, auto_refresh=False)
        self._step: ErrandStep | None = None

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._live.stop()

    def show(self, step: ErrandStep) -> None:
        self._step = step
        self._draw(Text("Ctrl-C ends it", style=_LABEL))
        time.sleep(self._delay)

    def end(self, ending: Ending, steps: int) -> None:
        style = "green" if ending is Ending.SAID_DONE else "yellow"
        self._draw(Text(words_of(ending, steps), style=style))

    def _draw(self, last_line: Text) -> None:
        console, errand = self._console, self._errand
        rows = console.height - _LINES_BELOW
        lines = [Text(f"“{errand.instruction}”", style="bold")]
        lines[0].truncate(2 * console.width - 2, overflow="ellipsis")
        if (step := self._step) is not None:
            count = (f"   step {step.number} of at most {errand.max_steps}", _LABEL)
            lines.append(Text.assemble(("skill  ", _LABEL), (step.skill or "-", "magenta"), count))
            lines.append(Text.assemble(("action ", _LABEL), (step.action, "cyan")))
            for line in lines[1:]:
                line.truncate(console.width, overflow="ellipsis")
        picture = desktop_picture(errand.desktop, console.width, rows)
        self._live.update(Group(picture, *lines, last_line), refresh=True)
