"""``hrlctl --help``, drawn here: Typer's own help loads a Markdown parser, half of the start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from rich.box import ROUNDED
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text


def print_root_help(
    usage: str,
    summary: str,
    options: Iterable[tuple[str, str]],
    commands: Mapping[str, Iterable[tuple[str, str]]],
    examples: Iterable[str],
    exit_codes: str,
) -> None:
    """Print the root command's help; names with their help, ``commands`` by panel."""
    console = Console(highlight=False)
    console.print(Text(f"\n {usage}\n", style="bold"))
    console.print(Text(f" {summary}\n"))
    for title, rows in commands.items():
        console.print(_panel(title, [(Text(n, "bold cyan"), Text(h)) for n, h in rows]))
    console.print(_panel("Options", [(Text(n, "bold cyan"), Text(h)) for n, h in options]))
    console.print(_panel("Examples", [(Text(example, "cyan"),) for example in examples]))
    console.print(Text(f" {exit_codes}\n", style="dim"))


def _panel(title: str, rows: Sequence[tuple[Text, ...]]) -> Panel:
    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*row)
    return Panel(table, title=title, title_align="left", border_style="dim", box=ROUNDED)
