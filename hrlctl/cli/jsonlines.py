"""JSON lines: one object an event, for programs."""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Self, TextIO

from hrlctl.cli.renderer import announce_on_stderr
from hrlctl.events import Event, View


class JsonRenderer:
    """Writes one JSON object a line: ``type`` and the event's fields. Each is flushed at once."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stdout

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stream.flush()

    def announce_stop(self) -> None:
        announce_on_stderr()

    def show(self, event: Event) -> None:
        print(json.dumps(object_of(event)), file=self._stream, flush=True)


def object_of(event: Event) -> dict[str, object]:
    """An event as JSON has it: ``type`` in snake case, paths as text, no pixels.

    Numbers that JSON cannot write (nan, inf) become null.
    """
    kind = re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()
    return {"type": kind, **_fields(event)}


def _fields(record: object) -> dict[str, object]:
    return {
        field.name: _plain(getattr(record, field.name))
        for field in dataclasses.fields(record)  # type: ignore[arg-type]
        if not (isinstance(record, View) and field.name == "screen")
    }


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    return value
