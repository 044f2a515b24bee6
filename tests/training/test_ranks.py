"""Several processes that train one policy: the same weights, nothing lost, clear faults."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
import torch

from hrlctl.errors import CheckpointError, ConfigurationError, UsageError
from hrlctl.schema.run import RunConfig
from hrlctl.training.checkpoint import RandomStreams, read_checkpoint
from hrlctl.training.ranks import Ranks, joined
from hrlctl.training.run import compose, train
from tests.training.rank_program import gradient

T = TypeVar("T")
PROGRAM = Path(__file__).with_name("rank_program.py")
TASKS = ("desktop_basics/open-icon", "desktop_basics/close-window")


def run_ranks(*arguments: str) -> None:
    """Run the program in two processes, as torchrun would."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    environment = os.environ | {
        "WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, str(PROGRAM), *arguments]
    processes = [
        subprocess.Popen(command, env=environment | {"RANK": str(rank)}) for rank in range(2)
    ]
    assert [process.wait(120) for process in processes] == [0, 0]


def test_averaged_gradients_are_those_of_one_process_with_all_rows(tmp_path: Path) -> None:
    run_ranks("gradient", str(tmp_path / "gradient"))
    first, second = (torch.load(tmp_path / f"gradient.{rank}") for rank in range(2))
    alone = gradient(Ranks())
    assert any(part.abs().max() > 1e-3 for part in alone.values())
    torch.testing.assert_close(first, second, rtol=0, atol=0)
    torch.testing.assert_close(first, alone, rtol=0, atol=1e-6)


def test_a_rank_that_has_ended_is_told_to_the_others(tmp_path: Path) -> None:
    run_ranks("lost", str(tmp_path / "message"))
    message = (tmp_path / "message").read_text()
    assert "another process of this run has ended" in message
    assert "--resume" in message


def torchrun(folder: Path, steps: int, *more: str) -> list[dict[str, Any]]:
    """Train with two processes; the events that the run prints."""
    command = [
        *(sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"),
        *("-m", "hrlctl", "train", "--json", "--no-curriculum", "--mixed-precision", "off"),
        *("--total-timesteps", str(steps), "--rollout-steps", "64", "--num-envs", "4"),
        *(argument for task in TASKS for argument in ("--task", task)),
        *("--save-dir", str(folder / "checkpoints"), "--log-dir", str(folder / "logs"), *more),
    ]
    environment = os.environ | {
        "OMP_NUM_THREADS": "1", "HRLCTL_TRAINING_READING_STEPS": "64",
        "HRLCTL_TRAINING_CHECKPOINT_EVERY": "64", "HRLCTL_POLICY_WIDTH": "16",
    }  # fmt: skip
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_two_processes_train_save_and_resume_as_one_run(tmp_path: Path) -> None:
    events = torchrun(tmp_path, 192)
    started = next(event for event in events if event["type"] == "run_started")
    assert (started["num_envs"], started["rollout_steps"]) == (4, 64)
    assert [e["steps"] for e in events if e["type"] == "update_finished"] == [64, 128, 192]
    assert sum(event["type"] == "run_finished" for event in events) == 1  # of the first alone
    assert len(list((tmp_path / "logs").iterdir())) == 1
    whole = read_checkpoint(tmp_path / "checkpoints" / "final_model.pt")
    (other,) = whole["training"]["other_ranks"]
    assert other["random"]["tasks"] != whole["training"]["random"]["tasks"]
    episodes = sum(event["type"] == "episode_finished" for event in events)
    assert episodes == sum(t["episodes"] for t in other["curriculum"]["tasks"].values())

    checkpoint = tmp_path / "checkpoints" / "checkpoint_128.pt"
    torchrun(tmp_path / "resumed", 192, "--resume", str(checkpoint))
    resumed = read_checkpoint(tmp_path / "resumed" / "checkpoints" / "final_model.pt")
    for name, weight in whole["weights"].items():
        assert torch.equal(weight, resumed["weights"][name]), name

    config = RunConfig.model_validate(whole["training"]["config"])
    with pytest.raises(CheckpointError, match=r"2 process\(es\), not 1") as caught:
        compose(config, resume=checkpoint)
    assert "--nproc-per-node" in (caught.value.hint or "")


class Two(Ranks):
    """Two ranks, of which the other one has what it is given."""

    def __init__(self, others: Sequence[Any] = ()) -> None:
        super().__init__(0, 2)
        self.others = list(others)

    def gather(self, value: T) -> list[T]:
        return [value, self.others.pop(0)]


def test_ranks_with_other_packs_are_refused() -> None:
    ranks = Two([{"packs": "{'basics': '2.0'}", "version": "1"}])
    with pytest.raises(UsageError, match=r"differ in packs: rank 0 has .*1\.0.*rank 1 has .*2\.0"):
        ranks.require_same({"packs": {"basics": "1.0"}, "version": "1"})


def test_what_cannot_be_shared_is_refused(tmp_path: Path) -> None:
    values: dict[str, Any] = {"output": {"save_dir": tmp_path}, "environment": {"tasks": TASKS}}

    class Agreeing(Two):
        def gather(self, value: T) -> list[T]:
            return [value, value]

    config = RunConfig.model_validate(values | {"training": {"num_envs": 3}})
    with pytest.raises(ConfigurationError, match="3 environments") as caught:
        compose(config, ranks=Agreeing())
    assert "2" in (caught.value.hint or "")
    config = RunConfig.model_validate(values | {"training": {"num_envs": 4, "demonstrations": 5}})
    with pytest.raises(UsageError, match="one process") as refused:
        compose(config, ranks=Agreeing())
    assert "cloned.pt" in (refused.value.hint or "")


def test_half_a_torchrun_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="MASTER_PORT"), joined({"WORLD_SIZE": "2", "RANK": "0"}):
        pass
    complete = {"WORLD_SIZE": "two", "RANK": "0", "MASTER_ADDR": "here", "MASTER_PORT": "1"}
    with pytest.raises(UsageError, match="'two' is no number"), joined(complete):
        pass
    with joined({}) as ranks:
        assert (ranks.rank, ranks.count) == (0, 1)
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(UsageError, match="RANK, MASTER_ADDR, MASTER_PORT is not set"):
        next(train(RunConfig.model_validate({"output": {"save_dir": tmp_path}})))


def test_each_rank_plays_instances_of_its_own() -> None:
    first, same, other = (RandomStreams.of_seed(7, rank) for rank in (0, 0, 1))
    drawn = [streams.tasks.random() for streams in (first, same, other)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert RandomStreams.of_seed(7).tasks.getstate() != other.tasks.getstate()
