"""Model files: written whole or not at all, and read without running anything in them."""

from __future__ import annotations

import os
import pickle
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Final

import torch

from hrlctl.errors import CheckpointError, StorageError
from hrlctl.policy.safetensors_file import SUFFIX, read_safetensors

FORMAT: Final = "hrlctl-checkpoint"
FORMAT_VERSION: Final = 1
INHERITED: Final = "inherited_demonstrations"
"""Key of a model file: how many demonstrations the weights that its run began with had seen."""
_DAMAGED: Final = (
    pickle.UnpicklingError,
    zipfile.BadZipFile,
    RuntimeError,
    EOFError,
    ValueError,  # UnicodeDecodeError among them
    LookupError,
    TypeError,
    AttributeError,
)


def write_model(path: Path, content: dict[str, Any]) -> None:
    """Write a model file atomically.

    Args:
        path: where; its folder is made.
        content: tensors, numbers, strings, and lists, tuples and dicts of them.

    Raises:
        StorageError: the folder cannot be written, or the disk is full.
    """
    whole = {"format": FORMAT, "format_version": FORMAT_VERSION, **content}
    write_atomically(path, lambda file: torch.save(whole, file))


def write_atomically(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a file that then takes the place of ``path``.

    ``path`` holds the old file or the new one, never half of one; its folder is made.

    Raises:
        StorageError: the folder cannot be written, or the disk is full.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".part"
        )
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except (OSError, RuntimeError) as error:  # torch reports a failed write as RuntimeError
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise StorageError(
            f"cannot be saved: {error}",
            where=str(path),
            hint="free some space or make the folder writable; what was saved before is untouched",
        ) from error


def read_model(path: Path) -> dict[str, Any]:
    """Read a model file (or one of safetensors, by its name); nothing in it is executed.

    Raises:
        CheckpointError: it is missing, damaged, not hrlctl's, or of another format version.
        HrlctlError: safetensors is needed and not installed.
    """
    where = str(path)
    try:
        content = read_safetensors(path) if path.suffix == SUFFIX else _read_pickle(path)
    except FileNotFoundError as error:
        raise CheckpointError("there is no such file", where=where) from error
    except IsADirectoryError as error:
        raise CheckpointError(
            "this is a folder", where=where, hint="name a .pt file inside it"
        ) from error
    except OSError as error:
        raise CheckpointError(f"cannot be read: {error}", where=where) from error
    if content is None:
        raise CheckpointError(
            "the file is damaged, truncated, or not a checkpoint",
            where=where,
            hint="use an older checkpoint of the run",
        )
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise CheckpointError("this is not a checkpoint of hrlctl", where=where)
    version = content.get("format_version")
    if version != FORMAT_VERSION:
        raise CheckpointError(
            f"the checkpoint has format version {version}, this hrlctl reads {FORMAT_VERSION}",
            where=where,
            hint="use the hrlctl that wrote it, or train anew",
        )
    return content


def _read_pickle(path: Path) -> Any:
    """What a file of torch holds, ``None`` where it is damaged or holds more than plain data."""
    with path.open("rb") as file:
        # Torch would take other files for those of its early versions, and warn of them.
        if not zipfile.is_zipfile(file):
            return None
        file.seek(0)
        try:
            return torch.load(file, map_location="cpu", weights_only=True)
        except _DAMAGED:
            return None
