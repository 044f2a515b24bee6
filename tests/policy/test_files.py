"""Model files: whole or not at all, and nothing in them is run."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import torch

from hrlctl.errors import CheckpointError, StorageError
from hrlctl.policy.files import FORMAT, FORMAT_VERSION, read_model, write_model

CONTENT = {"weights": {"a": torch.arange(50_000, dtype=torch.float32)}, "steps": 7}


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """No file of this process can grow beyond ``size`` bytes."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "model.pt"
    write_model(path, CONTENT)
    content = read_model(path)
    assert torch.equal(content["weights"]["a"], CONTENT["weights"]["a"])  # type: ignore[index]
    assert (content["steps"], content["format_version"]) == (7, FORMAT_VERSION)
    assert [each.name for each in path.parent.iterdir()] == ["model.pt"]


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_full_disk_leaves_the_last_good_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "model.pt"
    write_model(path, CONTENT)
    before = path.read_bytes()
    with full_disk(size), pytest.raises(StorageError) as caught:
        write_model(path, CONTENT | {"steps": 8})
    assert caught.value.where == str(path)
    assert caught.value.hint
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["model.pt"]


def test_a_failing_last_moment_leaves_the_last_good_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model.pt"
    write_model(path, CONTENT)

    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(StorageError, match="No space left"):
        write_model(path, {"steps": 8})
    assert read_model(path)["steps"] == 7
    assert os.listdir(tmp_path) == ["model.pt"]


def test_a_folder_that_cannot_be_made_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        write_model(tmp_path / "file" / "model.pt", CONTENT)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such file"):
        read_model(tmp_path / "none.pt")
    with pytest.raises(CheckpointError, match="folder"):
        read_model(tmp_path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, share: float) -> None:
    path = tmp_path / "model.pt"
    write_model(path, CONTENT)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(CheckpointError) as caught:
        read_model(path)
    assert caught.value.where == str(path)
    assert caught.value.hint


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


def test_code_in_a_file_is_refused_and_not_run(tmp_path: Path) -> None:
    path, sprung = tmp_path / "model.pt", tmp_path / "sprung"
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, "weights": Trap(sprung)}
    torch.save(content, path)
    with pytest.raises(CheckpointError):
        read_model(path)
    path.write_bytes(pickle.dumps(content))
    with pytest.raises(CheckpointError):
        read_model(path)
    assert not sprung.exists()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(50), bytes(range(256))])
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(content)
    with pytest.raises(CheckpointError):
        read_model(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"model": torch.zeros(2)}, "not a checkpoint of hrlctl"),
        (torch.zeros(2), "not a checkpoint of hrlctl"),
        ({"format": FORMAT, "format_version": FORMAT_VERSION + 1}, "format version 2"),
        ({"format": FORMAT}, "format version None"),
    ],
)
def test_other_formats_are_told(tmp_path: Path, content: object, message: str) -> None:
    path = tmp_path / "model.pt"
    torch.save(content, path)
    with pytest.raises(CheckpointError, match=message):
        read_model(path)
