"""The report of ``hrlctl eval`` for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hrlctl.cli.charts import bar, success_style


def print_report(report: Mapping[str, Any], console: Console) -> None:
    """Print the headline, a table of tasks from worst to best, and the worst task.

    Args:
        report: what ``EvaluationReport.to_dict`` returns.
        console: where to.
    """
    low, high = report["success_ci95"]
    rate = report["success_rate"]
    headline = Text.assemble(
        "success ",
        (f"{rate:.1%}", f"bold {success_style(rate)}"),
        (f"  95% interval {low:.1%} to {high:.1%}", "dim"),
    )
    console.print(headline)
    console.print(
        f"{report['episodes']} held-out episodes, set {report['set']}, seed {report['seed']}, "
        f"{'sampled' if report['sampled'] else 'greedy'} actions, "
        f"termination {report['termination']}, mean return {report['mean_return']:.2f}, "
        f"mean length {report['mean_steps']:.1f} steps\n",
        style="dim",
        highlight=False,
    )
    ranked = sorted(report["by_task"].items(), key=lambda item: item[1]["success_rate"])
    console.print(_table("task", ranked))
    if len(report["by_difficulty"]) > 1:
        console.print()
        console.print(_table("difficulty", list(report["by_difficulty"].items())))
    worst = report["worst_task"]
    rate = report["by_task"][worst]["success_rate"]
    console.print(Text.assemble("\nworst task ", (worst, "bold"), f" {rate:.1%}"))


def _table(name: str, rows: list[tuple[str, Mapping[str, Any]]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(name, overflow="fold")
    for heading in ("episodes", "success", "95%", "steps"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for label, figures in rows:
        rate, interval = figures["success_rate"], figures.get("success_ci95")
        steps = figures.get("mean_steps")
        table.add_row(
            label,
            str(figures["episodes"]),
            Text(f"{rate:.1%}", style=success_style(rate)),
            f"{interval[0]:.0%} to {interval[1]:.0%}" if interval else "",
            f"{steps:.1f}" if steps is not None else "",
            bar(rate, 8, success_style(rate)),
        )
    return table
