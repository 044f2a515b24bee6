"""Files that a command was asked to write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hrlctl.errors import StorageError


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Report what goes wrong while ``path`` is written.

    Raises:
        StorageError: it cannot be written.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise StorageError(
            f"cannot be written: {reason}", where=str(path), hint="choose another file"
        ) from None


def write_text(path: Path, text: str) -> None:
    """Write ``text``, UTF-8, into the folders that it needs.

    Raises:
        StorageError: it cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
