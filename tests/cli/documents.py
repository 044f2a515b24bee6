"""The README and the documentation, and what stands in their blocks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
README: Final = ROOT / "README.md"
DOCUMENTS: Final = (README, *sorted((ROOT / "docs").glob("*.md")))


class Block(NamedTuple):
    """A fenced block of a Markdown file."""

    language: str  # as its fence names it, or nothing
    line: int
    text: str


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks, in order."""
    language, begin, lines = None, 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("```"):
            lines.append(line)
        elif language is None:
            language, begin, lines = line.removeprefix("```").strip(), number, []
        else:
            yield Block(language, begin, "\n".join(lines) + "\n")
            language = None
    assert language is None, f"the block of line {begin} has no end"
