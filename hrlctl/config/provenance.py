"""Where a value came from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The places that values come from, weakest first."""

    DEFAULT = "default"
    PRESET = "preset"
    CHECKPOINT = "checkpoint"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Source:
    """A place that a value came from.

    Args:
        kind: which kind of place.
        name: the preset, file, environment variable or option; empty for a default.
        line: the line of a file, from 1.
    """

    kind: SourceKind
    name: str = ""
    line: int | None = None

    def __str__(self) -> str:
        match self.kind:
            case SourceKind.DEFAULT:
                return "default"
            case SourceKind.PRESET | SourceKind.CHECKPOINT:
                return f"{self.kind} {self.name}"
            case SourceKind.FILE if self.line is not None:
                return f"{self.name}:{self.line}"
            case _:
                return self.name


@dataclass(frozen=True, slots=True)
class Entry:
    """A value that was given for a key, and where."""

    value: object
    source: Source
