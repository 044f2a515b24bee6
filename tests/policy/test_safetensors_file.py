"""Weights as safetensors: read as a checkpoint is, and refused where they are damaged."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from hrlctl.errors import CheckpointError
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.files import FORMAT, FORMAT_VERSION
from hrlctl.policy.safetensors_file import to_safetensors
from hrlctl.schema.run import PolicyConfig


@pytest.fixture(scope="module")
def policy() -> HierarchicalPolicy:
    return HierarchicalPolicy(PolicyConfig(width=16))


@pytest.fixture
def path(policy: HierarchicalPolicy, tmp_path: Path) -> Path:
    content = {"format": FORMAT, "format_version": FORMAT_VERSION, **policy.content()}
    (file := tmp_path / "model.safetensors").write_bytes(to_safetensors(content))
    return file


def test_a_policy_comes_back_with_every_weight(policy: HierarchicalPolicy, path: Path) -> None:
    again = HierarchicalPolicy.load(path)
    assert again.config == policy.config
    for name, weight in policy.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.99])
def test_a_truncated_file_is_refused(path: Path, share: float) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(CheckpointError, match="damaged, truncated"):
        HierarchicalPolicy.load(path)


def test_a_pickle_under_this_name_is_refused(path: Path) -> None:
    path.write_bytes(pickle.dumps({"weights": print}))
    with pytest.raises(CheckpointError):
        HierarchicalPolicy.load(path)


def test_somebody_elses_tensors_are_refused(path: Path) -> None:
    save_file({"a": torch.zeros(3)}, path)
    with pytest.raises(CheckpointError):
        HierarchicalPolicy.load(path)


def test_another_version_is_named(policy: HierarchicalPolicy, path: Path) -> None:
    content = {"format": FORMAT, "format_version": FORMAT_VERSION + 1, **policy.content()}
    path.write_bytes(to_safetensors(content))
    with pytest.raises(CheckpointError, match="format version 2"):
        HierarchicalPolicy.load(path)


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such file"):
        HierarchicalPolicy.load(tmp_path / "none.safetensors")
    (tmp_path / "folder.safetensors").mkdir()
    with pytest.raises(CheckpointError, match="folder"):
        HierarchicalPolicy.load(tmp_path / "folder.safetensors")
