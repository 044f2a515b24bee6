"""What the live panel shows while demonstrations are played and cloned."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from hrlctl.cli.charts import bar, duration
from hrlctl.cli.figures import LABEL, bars, figures
from hrlctl.events import CloningProgressed, DemonstrationsPlayed

_NAMES = {
    "actions_right": "actions known",
    "skills_right": "skills known",
    "letters_read": "letters read",
}


def progress_line(event: DemonstrationsPlayed | CloningProgressed, width: int) -> Text:
    """How far the warm start is, with a bar."""
    match event:
        case DemonstrationsPlayed():
            done, count, what = event.played, event.count, "demonstrations played"
        case CloningProgressed():
            done, count, what = event.round, event.rounds, "rounds of cloning"
    words = f" {done:,}/{count:,} {what}  {duration(event.seconds)} "
    cells = max(width - len(words) - 1, 8)
    return Text.assemble(" ", bar(done / count, cells, "cyan"), (words, "bold"), no_wrap=True)


def progress_body(event: DemonstrationsPlayed | CloningProgressed, width: int) -> RenderableType:
    """What is known so far, in ``width`` cells."""
    if isinstance(event, DemonstrationsPlayed):
        return Text(f"{event.demonstrated_steps:,} steps of oracles to learn from", style=LABEL)
    known = {_NAMES[name]: share for name, share in event.shares.items()}
    losses = [(name, f"{loss:.4f}") for name, loss in event.losses.items()]
    return Group(
        bars(known, width, "green", "{:.0%}"), Text(), Text("Losses", style="bold"), figures(losses)
    )
