"""Workers on a real Ray cluster: what they play, that they may die, and what is refused."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from hrlctl.errors import CheckpointError, ConfigurationError, UsageError
from hrlctl.events import EpisodeFinished, RunFinished, UpdateFinished, WorkerRestarted
from hrlctl.packs import Task
from hrlctl.schema.run import RunConfig
from hrlctl.training import ray_source
from hrlctl.training.checkpoint import read_checkpoint
from hrlctl.training.ray_source import RaySource
from hrlctl.training.run import compose, train
from hrlctl.training.transfer import merged, packed
from tests.training.test_rollout import make_collector, second_rollout

ray = pytest.importorskip("ray")


def make_config(folder: Path, **training: Any) -> RunConfig:
    values: dict[str, Any] = {
        "training": {
            "engine": "ray", "workers": 2, "num_envs": 4, "buffer_size": 64, "minibatches": 2,
            "update_epochs": 1, "total_timesteps": 192, "mixed_precision": "off", **training,
        },
        "policy": {"width": 16},
        "curriculum": {"enabled": False},
        "environment": {"tasks": ["desktop_basics/open-icon", "desktop_basics/close-window"]},
        "output": {"save_dir": folder / "checkpoints", "log_dir": folder / "logs"},
    }  # fmt: skip
    return RunConfig.model_validate(values)


def test_a_run_survives_the_death_of_its_workers_and_goes_on_from_its_checkpoint(
    tmp_path: Path,
) -> None:
    config = make_config(tmp_path)
    trainer = compose(config)
    source = trainer.source
    assert isinstance(source, RaySource)
    events = []
    try:
        for event in trainer.events():
            events.append(event)
            if isinstance(event, UpdateFinished) and event.update == 1:
                os.kill(source.processes[1], signal.SIGKILL)
    finally:
        source.close()
    assert not ray.is_initialized()
    (restarted,) = [event for event in events if isinstance(event, WorkerRestarted)]
    assert restarted.worker == 1
    assert [e.steps for e in events if isinstance(e, UpdateFinished)] == [64, 128, 192]
    assert isinstance(events[-1], RunFinished)
    assert any(isinstance(event, EpisodeFinished) for event in events)
    update = next(event for event in events if isinstance(event, UpdateFinished))
    assert update.view is not None
    assert set(update.phases) == {"act", "simulate", "transfer", "learn"}

    path = tmp_path / "checkpoints" / "final_model.pt"
    workers = read_checkpoint(path)["training"]["collector"]["workers"]
    assert [len(worker["environments"]["environments"]) for worker in workers] == [2, 2]
    longer = config.training.model_copy(update={"total_timesteps": 256})
    config = config.model_copy(update={"training": longer})
    (*_, finished) = train(config, resume=path)
    assert isinstance(finished, RunFinished)
    assert finished.steps == 256
    local = longer.model_copy(update={"engine": "local", "workers": 0})
    with pytest.raises(CheckpointError, match="workers on a Ray cluster"):
        compose(config.model_copy(update={"training": local}), resume=path)


def test_a_rollout_that_was_sent_in_parts_says_the_same(basics: tuple[Task, ...]) -> None:
    rollout = second_rollout(make_collector(basics))
    parts = packed(rollout)
    assert len(parts.seen[0]) == len(rollout.frames) < len(rollout.place)
    both = merged([parts, parts])
    rows = len(rollout.place)
    for half in (slice(None, rows), slice(rows, None)):
        for name in ("screens", "tokens", "slots", "looks", "letters"):
            expected = getattr(rollout.seen, name)[rollout.frame]
            np.testing.assert_array_equal(getattr(both.seen, name)[both.frame[half]], expected)
        for name in ("context", "aims", "is_finished"):
            expected = getattr(rollout.seen, name)[rollout.place]
            np.testing.assert_array_equal(getattr(both.seen, name)[both.place[half]], expected)
        frames = torch.from_numpy(both.frame[half])
        for part, expected in zip(both.scene, rollout.scene, strict=True):
            assert torch.equal(part[frames], expected[torch.from_numpy(rollout.frame)])
        assert torch.equal(both.advantage[half], rollout.advantage)
        assert torch.equal(both.taken.option.skill[half], rollout.taken.option.skill)
    assert len(both.episodes) == 2 * len(rollout.episodes)
    assert both.hits == tuple(2 * count for count in rollout.hits)
    assert torch.equal(both.skill_counts, 2 * rollout.skill_counts)
    first, second = both.paths[: len(rollout.paths)], both.paths[len(rollout.paths) :]
    for path, shifted in zip(first, second, strict=True):
        assert [row + rows for row in path.rows] == list(shifted.rows)
        assert (path.arrival is None) == (shifted.arrival is None)


def test_what_the_cluster_cannot_do_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ConfigurationError, match="4 environments"):
        compose(make_config(tmp_path, workers=3))
    assert not ray.is_initialized()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UsageError, match="no Ray cluster answers") as caught:
        compose(make_config(tmp_path, ray_address=address))
    assert caught.value.where == f"--ray-address {address}"
    other = {**ray_source.versions(), "pack_versions": {"desktop_basics": "9"}}
    monkeypatch.setattr(ray_source, "versions", lambda: other)
    with pytest.raises(UsageError, match="differ in pack_versions"):
        compose(make_config(tmp_path))
    assert not ray.is_initialized()
