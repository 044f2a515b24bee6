"""An exported model answers as its checkpoint does, and refusals leave everything as it was."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import onnx
import pytest
import torch

from hrlctl.errors import CheckpointError, StorageError, UsageError
from hrlctl.export.agent import AgentInputs, GreedyAgent, state_tensor
from hrlctl.export.comparison import TOLERANCE, compare, policy_choices
from hrlctl.export.exporter import export_onnx, export_safetensors
from hrlctl.export.recording import record
from hrlctl.export.ties import margins
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy import HierarchicalPolicy, Observations
from hrlctl.policy.files import read_model, write_model
from hrlctl.runtime.model import ExportedModel
from hrlctl.schema.base import Difficulty
from hrlctl.schema.run import PolicyConfig, RunConfig

if TYPE_CHECKING:
    from tests.export.conftest import Export


@pytest.fixture(scope="module")
def recording(policy: HierarchicalPolicy) -> list[AgentInputs]:
    tasks = TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()
    return record(policy, tasks, 160, 120, 60)


def test_every_choice_is_the_same_and_the_heads_are_close(export: Export) -> None:
    comparison = export.models[0].comparison
    assert comparison is not None
    assert comparison.same_choices == comparison.observations == 200
    assert comparison.largest_difference <= TOLERANCE
    assert comparison.matches


def test_eight_bits_are_small_and_nearly_the_same(export: Export) -> None:
    exact, small = export.models
    assert small.bytes < 0.6 * exact.bytes  # a larger network comes below 0.3
    assert small.comparison is not None
    assert small.comparison.same_choices > 0.5 * small.comparison.observations


def test_another_policys_weights_are_noticed(export: Export, recording: list[AgentInputs]) -> None:
    torch.manual_seed(1)
    other = HierarchicalPolicy(PolicyConfig(width=16)).eval()
    comparison = compare(ExportedModel.load(export.folder / "model.onnx"), other, recording[:1])
    assert not comparison.matches
    assert comparison.largest_difference > TOLERANCE


def test_only_a_tie_excuses_a_difference(
    export: Export, recording: list[AgentInputs], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model that is wrong by a tenth in one head, which the second observation alone may be."""
    model = ExportedModel.load(export.folder / "model.onnx")

    class Off:
        def act(self, arrays: Any, state: Any) -> Any:
            answer = model.act(arrays, state)
            heads = {**answer.heads, "key_log_probs": answer.heads["key_log_probs"].copy()}
            heads["key_log_probs"][1:2, 3] += 0.1
            return answer._replace(heads=heads)

    off = cast(ExportedModel, Off())
    assert compare(off, export.policy, recording[:1]).largest_difference > 0.09
    nearest = torch.ones(len(recording[0].screen))
    nearest[1] = 1e-7
    monkeypatch.setattr("hrlctl.export.comparison.margins", lambda *_: nearest)
    comparison = compare(off, export.policy, recording[:1])
    assert comparison.ties == 1
    assert comparison.matches


def test_how_near_the_likeliest_two_are_is_seen(
    policy: HierarchicalPolicy, recording: list[AgentInputs]
) -> None:
    observations = Observations(*recording[0][:4])
    before = margins(policy, observations)
    assert (before > 0).all()
    tied = copy.deepcopy(policy)
    with torch.no_grad():
        tied.perception.look.weight.zero_()
        tied.perception.look.bias.zero_()
    assert (margins(tied, observations) == 0).all()


def test_one_episode_and_many_are_answered_alike(
    export: Export, recording: list[AgentInputs]
) -> None:
    model = ExportedModel.load(export.folder / "model.onnx")
    arrays = {name: part.numpy() for name, part in recording[0]._asdict().items()}
    state = arrays.pop("state")
    many = model.act(arrays, state)
    for row in range(3):
        one = model.act({k: v[row : row + 1] for k, v in arrays.items()}, state[row : row + 1])
        assert one.action.tolist() == many.action[row : row + 1].tolist()


def test_an_instruction_without_a_slot_is_answered(export: Export) -> None:
    model = ExportedModel.load(export.folder / "model.onnx")
    inputs = model.info.inputs
    empty = {
        name: np.zeros((1, *info.shape[1:]), info.dtype)  # type: ignore[arg-type]
        for name, info in inputs.items()
        if name != "state"
    }
    answer = model.act(empty, model.initial_state(1))
    assert np.isfinite(answer.heads["pointer_log_probs"]).all()


def test_a_flat_policy_is_put_together_as_it_acts(recording: list[AgentInputs]) -> None:
    flat = HierarchicalPolicy(PolicyConfig(kind="flat", width=16)).eval()
    with torch.no_grad():
        answer = GreedyAgent(flat)(*recording[0])
    action, state = policy_choices(flat, recording[0])
    assert answer.action.tolist() == action.tolist()
    assert answer.next_state.tolist() == state.tolist()


def test_the_recording_has_open_decisions_and_new_episodes(recording: list[AgentInputs]) -> None:
    states = torch.cat([inputs.state for inputs in recording])
    beginning = state_tensor(HierarchicalPolicy(PolicyConfig(width=16)).initial_state(1))
    is_new = (states == beginning).all(1)
    assert is_new.any()
    assert not is_new.all()
    assert len(torch.cat([i.screen for i in recording]).flatten(1).unique(dim=0)) > 20


def test_the_file_beside_it_describes_what_was_exported(export: Export) -> None:
    info = json.loads((export.folder / "model.json").read_text())
    assert info["parameters"] == sum(p.numel() for p in export.policy.parameters())
    assert info["policy"]["width"] == 16
    assert set(info["files"]) == {"model.onnx", "model.int8.onnx"}
    for name, described in info["files"].items():
        assert described["bytes"] == (export.folder / name).stat().st_size


def test_no_product_with_a_vector_is_in_the_model(export: Export) -> None:
    """ONNX Runtime would spend most of its time on it."""
    graph = onnx.load(export.folder / "model.onnx").graph
    vectors = {weights.name for weights in graph.initializer if len(weights.dims) == 1}
    products = [node for node in graph.node if node.op_type == "MatMul"]
    assert products
    assert not [node for node in products if vectors & {*node.input}]


def test_no_folder_of_this_machine_is_in_the_model(export: Export) -> None:
    assert str(Path.cwd()).encode() not in (export.folder / "model.onnx").read_bytes()


def test_safetensors_hold_the_policy_and_its_training(
    policy: HierarchicalPolicy, tmp_path: Path
) -> None:
    task = {"successes": [True, True, False, False]}
    training = {
        "config": RunConfig().model_dump(mode="json"),
        "position": (2048, 1, 10.0),
        "curriculum": {"tasks": {"a/b": task}},
    }
    content = {**policy.content(), "tasks": ["a/b"], "training": training, "hrlctl_version": "9"}
    write_model(tmp_path / "trained.pt", content)
    exported = export_safetensors(tmp_path / "trained.pt", tmp_path / "weights")
    again = HierarchicalPolicy.load(exported.path)
    assert again.config == policy.config
    for name, weight in policy.state_dict().items():
        assert torch.equal(again.state_dict()[name], weight)
    read = read_model(exported.path)
    assert (read["tasks"], read["hrlctl_version"]) == (["a/b"], "9")
    assert (read["summary"]["steps"], read["summary"]["success_rate"]) == (2048, 0.5)


def test_a_folder_with_an_export_is_left_alone(export: Export) -> None:
    before = (export.folder / "model.json").read_bytes()
    with pytest.raises(UsageError, match=r"model\.onnx"):
        export_onnx(export.checkpoint, export.folder)
    with pytest.raises(UsageError):
        export_safetensors(export.checkpoint, export.folder)
    assert (export.folder / "model.json").read_bytes() == before


def test_a_folder_that_exists_may_hold_other_files(export: Export, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    assert export_safetensors(export.checkpoint, tmp_path).path.exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_a_folder_that_cannot_be_written(export: Export, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        export_onnx(export.checkpoint, tmp_path / "file")


def test_a_full_disk_leaves_no_half_file(
    export: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(StorageError, match="No space left"):
        export_safetensors(export.checkpoint, tmp_path / "full")
    assert list((tmp_path / "full").iterdir()) == []


def test_what_is_no_checkpoint_is_refused_before_anything_is_written(
    export: Export, tmp_path: Path
) -> None:
    with pytest.raises(UsageError):
        export_onnx(export.folder / "model.onnx", tmp_path / "again")
    (tmp_path / "odd.pt").write_bytes(b"odd")
    with pytest.raises(CheckpointError):
        export_onnx(tmp_path / "odd.pt", tmp_path / "again")
    assert not (tmp_path / "again").exists()
