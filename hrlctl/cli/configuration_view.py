"""``--dry-run``: every value with where it came from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from hrlctl.cli.terminal import fitted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hrlctl.config import Resolved
    from hrlctl.schema.run import RunConfig


def json_of(resolved: Resolved) -> dict[str, object]:
    """The configuration as nested sections, the source of every key, and the warnings."""
    return {
        "config": resolved.config.model_dump(mode="json"),
        "sources": {
            key: {"kind": source.kind.value, "name": source.name, "line": source.line}
            for key, source in resolved.sources.items()
        },
        "warnings": list(resolved.warnings),
    }


def rows_of(config: RunConfig) -> Iterator[tuple[str, str]]:
    """Every key and its value in words, in the order of the schema."""
    for section, values in config.model_dump(mode="json").items():
        for name, value in values.items():
            is_selection = name in ("packs", "tasks")  # of which none means all
            yield f"{section}.{name}", "all" if is_selection and not value else _shown(value)


def print_configuration(resolved: Resolved, console: Console) -> None:
    """Print a table of keys, values and sources; what was not left at its default stands out."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column("key", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("from", overflow="fold")
    section = ""
    values = dict(rows_of(resolved.config))
    for key, source in resolved.sources.items():
        if key.partition(".")[0] != section:
            if section:
                table.add_row("", "", "")
            section = key.partition(".")[0]
        style = "dim" if source.kind.value == "default" else "bold"
        table.add_row(Text(key), Text(values[key], style=style), Text(str(source), style=style))
    console.print(fitted(table, console, spare=(2,)))


def _shown(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(map(str, value)) if value else "none"
        case float():
            return f"{value:g}"
        case _:
            return str(value)
