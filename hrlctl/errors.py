"""The error tree: every mistake a user can make has a class, a message and an exit code.

A ``HrlctlError`` is a message for a person: what happened, where, and what to do next. The command
line prints it without a traceback and exits with its ``exit_code``. Anything else that escapes is a
bug and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum
from functools import partial
from typing import Any


class ExitCode(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    TARGET_NOT_MET = 3
    PACK_INVALID = 4
    DESKTOP_UNAVAILABLE = 5
    INTERRUPTED = 130


class HrlctlError(Exception):
    """A problem that the user can do something about.

    Args:
        message: what happened, in one sentence.
        where: the place: a file with line, a task id, a key, an option.
        hint: what to do next.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n{self.hint}" if self.hint else text


class UsageError(HrlctlError):
    """An option or a value on the command line or in the environment that cannot be used."""

    exit_code = ExitCode.USAGE


class ConfigurationError(UsageError):
    """A configuration file that cannot be read, or a key or value in it that is wrong."""


class UnknownNameError(UsageError):
    """A task, pack, difficulty, encoder, device or key that does not exist.

    Args:
        kind: what was looked for, for example ``"task"``.
        name: what the user wrote.
        known: the names that exist; the nearest is suggested.
    """

    def __init__(
        self, kind: str, name: str, known: Iterable[str], *, where: str | None = None
    ) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        super().__init__(
            f"unknown {kind} {name!r}", where=where, hint=did_you_mean(name, self.known)
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Errors travel between processes."""
        return partial(type(self), where=self.where), (self.kind, self.name, self.known)


class TrainingDisabledError(UsageError):
    """``TRAINING_ENABLED`` is false."""


class PackError(HrlctlError):
    """A task pack that is broken: its file, its schema, its references or its entry point."""

    exit_code = ExitCode.PACK_INVALID


class TaskError(PackError):
    """A task whose instance cannot be drawn, set up or solved as it is written."""


class CheckpointError(HrlctlError):
    """A checkpoint that is missing, damaged, of another format version or architecture."""


class StorageError(HrlctlError):
    """A folder that cannot be written, or a disk that is full."""


class WorkerError(HrlctlError):
    """A worker process that ended before its work was done."""


class DesktopError(HrlctlError):
    """A fault of the machinery behind a desktop (not of the agent)."""


class DesktopUnavailableError(DesktopError):
    """The desktop backend cannot be used on this machine."""

    exit_code = ExitCode.DESKTOP_UNAVAILABLE


class TargetNotMetError(HrlctlError):
    """A model that succeeds less often than was demanded of it."""

    exit_code = ExitCode.TARGET_NOT_MET


def did_you_mean(name: str, known: Iterable[str]) -> str | None:
    """A hint with the nearest known names, or all of them when there are few, or ``None``."""
    names = sorted(known)
    if near := difflib.get_close_matches(name, names, n=3, cutoff=0.5):
        return f"did you mean {' or '.join(repr(n) for n in near)}?"
    if not names:
        return None
    if len(names) <= 12:
        return f"known: {', '.join(names)}"
    return f"{len(names)} are known, for example {', '.join(names[:5])}"
