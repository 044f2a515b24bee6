"""Figures of an update as lines and tables, for the foot of the live panel."""

from __future__ import annotations

from collections.abc import Mapping

from rich.table import Table
from rich.text import Text

from hrlctl.cli.charts import bar
from hrlctl.events import UpdateFinished

LABEL = "bright_black"  # the style of names


def learning(update: UpdateFinished) -> list[tuple[str, str]]:
    """Names and values of what says how learning goes, the most telling first."""

    def shown(value: float | None, form: str) -> str:
        return "n/a" if value is None else format(value, form)

    pairs = [
        ("reward", shown(update.mean_reward, ".2f")),
        ("length", shown(update.mean_length, ".1f")),
        ("policy", shown(update.losses.get("policy"), ".4f")),
        ("value", shown(update.losses.get("value"), ".4f")),
        ("KL", shown(update.diagnostics.get("approximate_kl"), ".4f")),
        ("clipped", shown(update.diagnostics.get("clip_fraction"), ".2f")),
        ("explained", shown(update.diagnostics.get("explained_variance"), ".2f")),
    ]
    rest = {name: loss for name, loss in update.losses.items() if name not in ("policy", "value")}
    return [*pairs, *((name, f"{loss:.4f}") for name, loss in rest.items())]


def pairs(values: list[tuple[str, str]], title: str = "") -> Text:
    """Names and values in one line."""
    text = Text(f" {title}" if title else " ", style="bold")
    for name, value in values:
        text.append(f"{name} ", f"not bold {LABEL}")
        text.append(f"{value}  ", "not bold")
    return text


def figures(values: list[tuple[str, str]]) -> Table:
    """Names and values, one a row, at most eight."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(style=LABEL)
    grid.add_column(justify="right")
    for name, value in values[:8]:
        grid.add_row(name, value)
    return grid


def bars(values: Mapping[str, float], width: int, color: str, form: str) -> Table:
    """Names, bars and values, the largest eight; values are shares of one."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style=LABEL, no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(justify="right")
    ranked = largest(values, 8)
    names = max((len(name) for name, _ in ranked), default=0)
    for name, share in ranked:
        grid.add_row(name, bar(share, max(width - names - 7, 3), color), form.format(share))
    return grid


def shares(phases: Mapping[str, float]) -> Text:
    """The two longest phases by their share of the time, in one line."""
    total = sum(phases.values()) or 1.0
    return pairs([(name, f"{v / total:.0%}") for name, v in largest(phases, 2)], "time ")


def largest(values: Mapping[str, float], count: int) -> list[tuple[str, float]]:
    """The largest values with their names, in order."""
    return sorted(values.items(), key=lambda item: -item[1])[:count]
