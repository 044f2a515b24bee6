"""Loading exported models: what cannot be trusted is refused, with a reason and a way out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from onnx import TensorProto, helper

from hrlctl.errors import CheckpointError
from hrlctl.export.manifest import describe, describe_file
from hrlctl.policy import HierarchicalPolicy
from hrlctl.runtime.model import ExportedModel
from hrlctl.schema.run import PolicyConfig


def _graph() -> bytes:
    """A model that ONNX Runtime takes; what it computes does not matter here."""
    value = helper.make_tensor_value_info("state", TensorProto.INT64, ["batch", 3])
    answer = helper.make_tensor_value_info("next_state", TensorProto.INT64, ["batch", 3])
    node = helper.make_node("Identity", ["state"], ["next_state"])
    graph = helper.make_graph([node], "same", [value], [answer])
    opset = helper.make_opsetid("", 20)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=10)
    return bytes(model.SerializeToString())


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model and its ``model.json``."""
    path, content = tmp_path / "model.onnx", _graph()
    policy = HierarchicalPolicy(PolicyConfig(width=16))
    files = {path.name: describe_file(content, "float32")}
    info = describe(policy, {}, None, 160, 120, files)
    path.write_bytes(content)
    path.with_name("model.json").write_text(info.model_dump_json())
    return path


def _edit(model: Path, change: Callable[[dict[str, Any]], object]) -> None:
    path = model.with_name("model.json")
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def test_what_was_described_is_loaded(model: Path) -> None:
    loaded = ExportedModel.load(model)
    assert loaded.initial_state(2).shape == (2, 3)
    assert loaded.info.screen.width == 160


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_model_is_refused(model: Path, share: float) -> None:
    whole = model.read_bytes()
    model.write_bytes(whole[: int(share * len(whole))])
    with pytest.raises(CheckpointError, match="damaged, truncated"):
        ExportedModel.load(model)


def test_what_is_not_onnx_is_refused_even_if_it_is_described(model: Path) -> None:
    model.write_bytes(b"not a model")
    digest = hashlib.sha256(b"not a model").hexdigest()
    _edit(model, lambda info: info["files"]["model.onnx"].update(sha256=digest))
    with pytest.raises(CheckpointError, match="cannot load it") as caught:
        ExportedModel.load(model)
    assert "\n" not in caught.value.message


def test_a_newer_version_is_named(model: Path) -> None:
    _edit(model, lambda info: info.update(format_version=2, invented="later"))
    with pytest.raises(CheckpointError, match="format version 2"):
        ExportedModel.load(model)


def test_a_model_that_reads_in_another_way_is_refused(model: Path) -> None:
    _edit(model, lambda info: info["instruction"].update(buckets=5))
    with pytest.raises(CheckpointError, match="another way"):
        ExportedModel.load(model)


def test_an_unknown_key_is_named(model: Path) -> None:
    _edit(model, lambda info: info["screen"].update(depth=3))
    with pytest.raises(CheckpointError, match=r"screen\.depth"):
        ExportedModel.load(model)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format": "else"}', "[" * 100_000])
def test_another_file_in_its_place_is_refused(model: Path, text: str) -> None:
    model.with_name("model.json").write_text(text)
    with pytest.raises(CheckpointError):
        ExportedModel.load(model)


def test_what_is_missing_is_said(model: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="no such file"):
        ExportedModel.load(tmp_path / "none.onnx")
    (tmp_path / "other.onnx").write_bytes(model.read_bytes())
    with pytest.raises(CheckpointError, match=r"model\.onnx"):
        ExportedModel.load(tmp_path / "other.onnx")
    model.with_name("model.json").unlink()
    with pytest.raises(CheckpointError, match=r"no model\.json beside it"):
        ExportedModel.load(model)


def test_a_folder_is_no_model(model: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.onnx").mkdir()
    with pytest.raises(CheckpointError, match="folder"):
        ExportedModel.load(tmp_path / "folder.onnx")
