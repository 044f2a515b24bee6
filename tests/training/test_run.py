"""Runs composed from their configuration: going on exactly, starting from weights, bad input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from hrlctl.errors import CheckpointError, ConfigurationError, StorageError, UsageError
from hrlctl.events import Event, RunFinished, RunStarted, UpdateFinished
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.files import read_model
from hrlctl.schema.run import RunConfig
from hrlctl.training.checkpoint import stored_config
from hrlctl.training.run import train


def make_config(folder: Path, **sections: dict[str, Any]) -> RunConfig:
    training = {
        "total_timesteps": 128,
        "buffer_size": 64,
        "minibatches": 2,
        "update_epochs": 1,
        "num_envs": 4,
        "device": "cpu",
        "mixed_precision": "off",
    }
    return RunConfig.model_validate(
        {
            "training": training | sections.get("training", {}),
            "curriculum": {"enabled": False} | sections.get("curriculum", {}),
            "policy": {"width": 16} | sections.get("policy", {}),
            "environment": {"packs": ("desktop_basics",)} | sections.get("environment", {}),
            "output": {"save_dir": folder},
        }
    )


def finish(events: list[Event]) -> RunFinished:
    assert isinstance(events[-1], RunFinished)
    return events[-1]


def assert_same(one: Any, two: Any, where: str = "") -> None:
    """Bit for bit, through dicts and sequences."""
    if isinstance(one, dict):
        assert one.keys() == two.keys(), where
        for key in one:
            assert_same(one[key], two[key], f"{where}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(two), where
        for index, pair in enumerate(zip(one, two, strict=True)):
            assert_same(*pair, f"{where}/{index}")
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, two), where
    else:
        assert one == two, where


def test_an_interrupted_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    training = {
        "total_timesteps": 6_000,
        "buffer_size": 512,
        "num_envs": 16,
        "learning_rate": 1e-3,
        "checkpoint_every": 100_000,
    }
    screen = {"screen_width": 128, "screen_height": 96}  # the smallest, which is the fastest
    straight, broken = tmp_path / "straight", tmp_path / "broken"
    list(train(make_config(straight, training=training, environment=screen)))

    updates = 0

    def is_interrupted() -> bool:
        return updates == 6

    events = []
    config = make_config(broken, training=training, environment=screen)
    for event in train(config, stop=is_interrupted):
        updates += isinstance(event, UpdateFinished)
        events.append(event)
    path = finish(events).resume_from
    assert path is not None
    events = list(train(stored_config(path), resume=path))
    assert isinstance(events[0], RunStarted)
    assert (events[0].steps, events[0].resumed_from) == (6 * 512, path)
    assert finish(events).steps == 6_144

    one, two = (read_model(folder / "final_model.pt") for folder in (straight, broken))
    assert_same(one["weights"], two["weights"])
    for key in ("optimizer", "curriculum", "random", "collector"):
        assert_same(one["training"][key], two["training"][key], key)


def test_the_seed_decides_the_run(tmp_path: Path) -> None:
    weights = []
    for number, seed in enumerate((0, 0, 1)):
        folder = tmp_path / str(number)
        list(train(make_config(folder, training={"seed": seed})))
        weights.append(read_model(folder / "final_model.pt")["weights"])
    assert_same(weights[0], weights[1])
    assert not torch.equal(weights[0]["worker.kind.weight"], weights[2]["worker.kind.weight"])


def test_a_run_starts_from_other_weights(tmp_path: Path) -> None:
    policy = HierarchicalPolicy(make_config(tmp_path).policy)
    source = tmp_path / "pretrained.pt"
    policy.save(source)
    config = make_config(tmp_path, training={"learning_rate": 1e-12, "reading_rate": 0.0})
    events = list(train(config, init_from=source))
    assert isinstance(events[0], RunStarted)
    assert events[0].steps == 0
    loaded = HierarchicalPolicy.load(tmp_path / "final_model.pt").state_dict()
    for name, tensor in policy.state_dict().items():
        torch.testing.assert_close(loaded[name], tensor)


def test_another_network_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "flat.pt"
    flat = make_config(tmp_path, policy={"kind": "flat"}).policy
    HierarchicalPolicy(flat).save(source)
    with pytest.raises(CheckpointError) as caught:
        next(train(make_config(tmp_path), init_from=source))
    assert "kind" in caught.value.message
    assert caught.value.where == str(source)


def test_a_file_that_cannot_be_resumed_says_so(tmp_path: Path) -> None:
    config = make_config(tmp_path)
    with pytest.raises(CheckpointError):
        next(train(config, resume=tmp_path / "none.pt"))
    policy = tmp_path / "policy.pt"
    HierarchicalPolicy(config.policy).save(policy)
    with pytest.raises(CheckpointError) as caught:
        next(train(config, resume=policy))
    assert "--init-from" in (caught.value.hint or "")
    with pytest.raises(CheckpointError):
        stored_config(policy)


def test_a_difficulty_without_tasks_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        next(train(make_config(tmp_path, curriculum={"difficulty": "HARD"})))
    assert "EASY" in (caught.value.hint or "")


def test_failing_never_pays_more_than_succeeding(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="late success"):
        next(train(make_config(tmp_path, environment={"milestone_reward": 0.95})))


def test_a_folder_that_cannot_be_made_is_told_before_the_run(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError):
        next(train(make_config(tmp_path / "file" / "folder")))


def test_a_profile_names_phases_and_functions(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    events = list(train(make_config(tmp_path / "run"), profile=path))
    assert finish(events).steps == 128
    profile = json.loads(path.read_text())
    assert {"act", "simulate", "learn"} <= profile["phases"].keys()
    assert all(seconds > 0 for seconds in profile["phases"].values())
    own = [each["own"] for each in profile["functions"]]
    assert own == sorted(own, reverse=True)
    assert any("hrlctl" in each["function"] for each in profile["functions"])
