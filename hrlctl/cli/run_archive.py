"""The runs that ``hrlctl train`` has recorded, read from their folders."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from hrlctl.errors import StorageError, UnknownNameError
from hrlctl.schema.run_record import (
    CONFIG_NAME,
    CURVES_NAME,
    RECORD_NAME,
    STEPS_COLUMN,
    SUCCESS_COLUMN,
    TASK_PREFIX,
    RunRecord,
)

LOG_FOLDER: Final = Path("logs")

Curve = list[tuple[float, float]]
"""(steps, value), ascending."""


@dataclass(frozen=True)
class Run:
    """A recorded run; its configuration and its curves are read when they are asked for.

    Raises:
        StorageError: by its attributes, where a file is missing or damaged.
    """

    folder: Path
    record: RunRecord

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def state(self) -> str:
        """``finished``, ``interrupted``, or ``unfinished``: it still runs, or was killed."""
        return "unfinished" if self.record.end is None else self.record.end.state

    @cached_property
    def config(self) -> dict[str, Any]:
        """The values by key, for example ``training.gamma``."""
        path = self.folder / CONFIG_NAME
        try:
            sections = yaml.safe_load(path.read_text(encoding="utf-8"))
            return {
                f"{s}.{key}": value for s, keys in sections.items() for key, value in keys.items()
            }
        except (OSError, ValueError, AttributeError, yaml.YAMLError) as error:
            raise _damaged(path, error) from None

    @cached_property
    def curves(self) -> dict[str, Curve]:
        """The curves by name, as TensorBoard has them; empty before the first update."""
        path = self.folder / CURVES_NAME
        curves: dict[str, Curve] = {}
        try:
            if not path.exists():
                return curves
            with path.open(encoding="utf-8", newline="") as file:
                for row in csv.DictReader(file):
                    steps = float(row.pop(STEPS_COLUMN))
                    for name, text in row.items():
                        if text:
                            curves.setdefault(name, []).append((steps, float(text)))
        except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
            raise _damaged(path, error) from None
        return curves

    @property
    def steps(self) -> int:
        """How far it came."""
        if self.record.end is not None:
            return self.record.end.steps
        return max((int(curve[-1][0]) for curve in self.curves.values()), default=0)

    @property
    def seconds(self) -> float:
        """How long it took so far."""
        if self.record.end is not None:
            return self.record.end.seconds
        curve = self.curves.get("time/seconds")
        return curve[-1][1] if curve else 0.0

    def value(self, curve: str, steps: float | None = None) -> float | None:
        """The last value of a curve, at or before ``steps`` where they are given."""
        values = [y for x, y in self.curves.get(curve, []) if steps is None or x <= steps]
        return values[-1] if values else None

    @property
    def success_rate(self) -> float | None:
        """The last one in training."""
        return self.value(SUCCESS_COLUMN)

    @property
    def tasks(self) -> dict[str, Curve]:
        """The success of each task that has had an episode."""
        return {
            name.removeprefix(TASK_PREFIX): curve
            for name, curve in self.curves.items()
            if name.startswith(TASK_PREFIX)
        }


def find_runs(folder: Path) -> tuple[list[Run], list[StorageError]]:
    """The runs in ``folder``, the newest last, and what could not be read.

    Raises:
        StorageError: the folder cannot be read.
    """
    if not folder.exists():
        return [], []
    try:
        paths = sorted(folder.glob(f"*/{RECORD_NAME}"))
    except OSError as error:
        raise StorageError(f"cannot be read: {error.strerror}", where=str(folder)) from None
    runs, faults = [], []
    for path in paths:
        try:
            runs.append(read_run(path.parent))
        except StorageError as error:
            faults.append(error)
    return sorted(runs, key=lambda run: run.record.started), faults


def read_run(folder: Path) -> Run:
    """The run that is recorded in ``folder``.

    Raises:
        StorageError: its record is missing or damaged.
    """
    path = folder / RECORD_NAME
    try:
        return Run(folder, RunRecord.model_validate_json(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, UnicodeDecodeError) as error:
        raise _damaged(path, error) from None


def named_run(name: str, folder: Path) -> Run:
    """The run of this name in ``folder``, or the one whose folder ``name`` is.

    Raises:
        UnknownNameError: there is none.
        StorageError: its record is damaged.
    """
    for candidate in (Path(name), folder / name):
        if (candidate / RECORD_NAME).is_file():
            return read_run(candidate)
    known = [path.parent.name for path in folder.glob(f"*/{RECORD_NAME}")]
    raise UnknownNameError("run", name, known, where=str(folder))


def _damaged(path: Path, error: Exception) -> StorageError:
    if isinstance(error, OSError):
        return StorageError(f"cannot be read: {error.strerror}", where=str(path))
    return StorageError(
        "is damaged, or was written by another version of hrlctl",
        where=str(path),
        hint="move its folder away, or use the version that wrote it",
    )
