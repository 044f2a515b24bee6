"""Files below the home folder: which names a dialog accepts."""

from __future__ import annotations

from pathlib import PurePosixPath


def is_file_name(path: str) -> bool:
    """Whether ``path`` names a file below the home folder."""
    pure = PurePosixPath(path)
    return bool(path) and not pure.is_absolute() and pure.name != "" and ".." not in pure.parts
