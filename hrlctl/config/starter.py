"""The files that a working folder starts with: ``config/config.yaml`` and ``config/tasks.json``."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from hrlctl.config.resolution import DEFAULT_FILE, DEFAULT_TASK_FILE
from hrlctl.errors import StorageError, UsageError


def write_starter_files(folder: Path) -> list[Path]:
    """Write both files into ``folder``, or neither; what they are called there.

    Raises:
        UsageError: one of them exists.
        StorageError: they cannot be written.
    """
    paths = [folder / DEFAULT_FILE, folder / DEFAULT_TASK_FILE]
    for path in paths:
        if path.exists():
            raise UsageError(
                "the file exists already, and nothing was written",
                where=str(path),
                hint="move it away, or work in another folder",
            )
    for path in paths:
        text = files("hrlctl.config").joinpath("templates", path.name).read_text("utf-8")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise StorageError(
                f"cannot be written: {error.strerror}",
                where=str(path),
                hint="choose another folder",
            ) from None
    return paths
