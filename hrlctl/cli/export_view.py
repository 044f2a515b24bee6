"""What ``hrlctl export`` found, for people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_export(report: Mapping[str, Any], console: Console) -> None:
    """Print the files, how they compare with the checkpoint, and what rounding costs.

    Args:
        report: as ``hrlctl export --json`` prints it.
        console: where to.
    """
    models = report["models"]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("")
    for model in models:
        table.add_column(Path(model["path"]).name, justify="right", overflow="fold")
    table.add_row("size", *(f"{model['bytes'] / 1e6:.2f} MB" for model in models))
    if comparisons := [model["comparison"] for model in models if model["comparison"]]:
        table.add_row(
            "same choices", *(f"{c['same_choices']} of {c['observations']}" for c in comparisons)
        )
        table.add_row(
            "largest difference", *(f"{c['largest_difference']:.1e}" for c in comparisons)
        )
        if any(c["ties"] for c in comparisons):
            table.add_row("without ties", *(str(c["ties"]) for c in comparisons), style="dim")
        table.add_row("between", *(c["worst_head"] for c in comparisons), style="dim")
        table.add_row("one step", *(f"{c['onnx_milliseconds']:.1f} ms" for c in comparisons))
        table.add_row("in torch", *(f"{c['torch_milliseconds']:.1f} ms" for c in comparisons))
    if "success" in report:
        table.add_row("success", *(f"{each['success_rate']:.1%}" for each in report["success"]))
    console.print(table)
    if "success" in report:
        exact, small = report["success"]
        change = 100 * (small["success_rate"] - exact["success_rate"])
        share = models[1]["bytes"] / models[0]["bytes"]
        console.print(
            f"\nint8: {share:.0%} of the size, success {change:+.1f} points on"
            f" {small['episodes']} held-out episodes",
            highlight=False,
        )
    console.print(Text.assemble("\nwrote ", (str(Path(models[0]["path"]).parent), "bold")))
