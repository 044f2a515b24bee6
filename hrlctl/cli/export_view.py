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
    table.add_column("file", overflow="fold")
    compared = models[0]["comparison"] is not None
    headings = ["size"]
    headings += ["same choices", "largest difference", "latency", "in torch"] if compared else []
    headings += ["success"] if "success" in report else []
    for heading in headings:
        table.add_column(heading, justify="right")
    for index, model in enumerate(models):
        cells = [Path(model["path"]).name, f"{model['bytes'] / 1e6:.2f} MB"]
        if comparison := model["comparison"]:
            cells += [
                f"{comparison['same_choices']} of {comparison['observations']}",
                f"{comparison['largest_difference']:.1e} ({comparison['worst_head']})",
                f"{comparison['onnx_milliseconds']:.1f} ms",
                f"{comparison['torch_milliseconds']:.1f} ms",
            ]
        if "success" in report:
            cells.append(f"{report['success'][index]['success_rate']:.1%}")
        table.add_row(*cells)
    console.print(table)
    if "success" in report:
        exact, small = report["success"]
        loss = 100 * (exact["success_rate"] - small["success_rate"])
        share = models[1]["bytes"] / models[0]["bytes"]
        console.print(
            f"\nint8: {share:.0%} of the size, {loss:+.1f} points of success lost on"
            f" {small['episodes']} held-out episodes",
            highlight=False,
        )
    console.print(Text.assemble("\nwrote ", (str(Path(models[0]["path"]).parent), "bold")))
