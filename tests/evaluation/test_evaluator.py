"""Measuring a small policy: the same answer however it is computed, and clear refusals."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from hrlctl.errors import CheckpointError, UnknownNameError, UsageError, WorkerError
from hrlctl.evaluation import TaskSelection, evaluate
from hrlctl.evaluation.evaluator import plan
from hrlctl.evaluation.player import CHUNK
from hrlctl.packs import Task, draw_instance
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.files import write_model
from hrlctl.schema.base import Difficulty, Split
from hrlctl.schema.run import EnvironmentConfig, PolicyConfig, RunConfig

SMALL = PolicyConfig(width=16)


@pytest.fixture(scope="module")
def tasks() -> tuple[Task, ...]:
    return TaskSelection(difficulty=Difficulty.EASY, desktop="sim").load()


@pytest.fixture(scope="module")
def policy() -> HierarchicalPolicy:
    torch.manual_seed(0)
    return HierarchicalPolicy(SMALL)


@pytest.fixture(scope="module")
def checkpoint(policy: HierarchicalPolicy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoints") / "model.pt"
    policy.save(path)
    return path


@pytest.fixture
def task_file(tmp_path: Path) -> Path:
    path = tmp_path / "loose.json"
    task = {
        "id": 1,
        "instruction": "Open the calculator",
        "difficulty": "EASY",
        "num_steps": 5,
        "success_criteria": {"window_title": "Calculator"},
    }
    path.write_text(json.dumps([task]))
    return path


def test_episodes_are_spread_evenly_and_the_first_tasks_get_the_rest(
    tasks: tuple[Task, ...],
) -> None:
    played = [task for chunk in plan(tasks[:3], 100, seed=0) for task, _ in chunk.episodes]
    assert [played.count(index) for index in range(3)] == [34, 33, 33]


def test_no_instance_is_played_twice(tasks: tuple[Task, ...]) -> None:
    played = [episode for chunk in plan(tasks[:2], 500, seed=0) for episode in chunk.episodes]
    assert len(set(played)) == 500


def test_a_task_is_measured_on_the_same_instances_beside_other_tasks(
    tasks: tuple[Task, ...],
) -> None:
    alone = [seed for _, seed in plan(tasks[:1], 10, seed=3)[0].episodes]
    among = [seed for task, seed in plan(tasks[:2], 20, seed=3)[0].episodes if task == 0]
    assert alone == among


def test_another_seed_is_other_episodes(tasks: tuple[Task, ...]) -> None:
    assert plan(tasks[:1], 4, seed=0) != plan(tasks[:1], 4, seed=1)


@pytest.mark.parametrize("split", [Split.SEEDS, Split.WORDS, Split.THEMES])
def test_held_out_instances_are_none_of_training(tasks: tuple[Task, ...], split: Split) -> None:
    drawn = plan(tasks[:1], 50, seed=0)[0].episodes
    held_out = {draw_instance(tasks[0], seed, split).seed for _, seed in drawn}
    highest = draw_instance(tasks[0], 2**31 - 1, Split.TRAINING).seed
    assert min(held_out) > highest


def test_the_number_of_workers_changes_nothing(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    def measure(workers: int) -> dict[str, object]:
        report = evaluate(
            checkpoint,
            episodes=CHUNK + 4,  # two chunks
            workers=workers,
            tasks=[task.id for task in tasks[:2]],
            sampled=True,
            device="cpu",
        )
        return report.to_dict()

    here = measure(1)
    assert here["episodes"] == CHUNK + 4
    assert measure(2) == here


def test_a_seed_says_what_is_drawn(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    def measure(seed: int) -> dict[str, object]:
        task = tasks[0].id
        return evaluate(
            checkpoint, episodes=8, tasks=[task], seed=seed, sampled=True, device="cpu"
        ).to_dict()

    assert measure(1) == measure(1)


def test_torch_keeps_its_threads(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    before = torch.get_num_threads()
    evaluate(checkpoint, episodes=1, tasks=[tasks[0].id], device="cpu")
    assert torch.get_num_threads() == before


def _sure(checkpoint: Path, folder: Path, *, done: bool) -> Path:
    """A policy that is sure that any task is finished, or that none is."""
    policy = HierarchicalPolicy.load(checkpoint)
    last = policy.manager.done[-1]
    assert isinstance(last, torch.nn.Linear)
    torch.nn.init.constant_(last.bias, 100.0 if done else -100.0)
    policy.save(path := folder / "sure.pt")
    return path


def test_an_agent_that_says_done_at_once_ends_at_once_and_fails(
    checkpoint: Path, tasks: tuple[Task, ...], tmp_path: Path
) -> None:
    path = _sure(checkpoint, tmp_path, done=True)
    report = evaluate(
        path, episodes=4, tasks=[tasks[0].id], termination="agent", device="cpu"
    ).to_dict()
    assert (report["mean_steps"], report["success_rate"]) == (1.0, 0.0)


def test_an_agent_that_never_says_done_plays_to_the_last_step(
    checkpoint: Path, tasks: tuple[Task, ...], tmp_path: Path
) -> None:
    path = _sure(checkpoint, tmp_path, done=False)
    report = evaluate(
        path, episodes=4, tasks=[tasks[0].id], termination="agent", device="cpu"
    ).to_dict()
    assert (report["mean_steps"], report["success_rate"]) == (tasks[0].max_steps, 0.0)


def test_a_bare_policy_plays_all_easy_tasks(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    report = evaluate(checkpoint, episodes=len(tasks), device="cpu")
    assert list(report.by_task) == [task.id for task in tasks]


def _trained(
    policy: HierarchicalPolicy, folder: Path, tasks: list[str], environment: EnvironmentConfig
) -> Path:
    """A training checkpoint, as far as evaluation reads it."""
    config = RunConfig(environment=environment)
    training = {"config": config.model_dump(mode="json")}
    write_model(
        path := folder / "trained.pt", {**policy.content(), "tasks": tasks, "training": training}
    )
    return path


def test_a_checkpoint_plays_what_it_was_trained_on(
    policy: HierarchicalPolicy, tasks: tuple[Task, ...], task_file: Path, tmp_path: Path
) -> None:
    environment = EnvironmentConfig(task_file=task_file, screen_width=128, screen_height=96)
    names = [tasks[1].id, "loose/1"]
    path = _trained(policy, tmp_path, names, environment)
    assert list(evaluate(path, episodes=2, device="cpu").by_task) == names


def test_a_checkpoint_whose_tasks_are_gone(policy: HierarchicalPolicy, tmp_path: Path) -> None:
    path = _trained(policy, tmp_path, ["gone/task"], EnvironmentConfig())
    with pytest.raises(CheckpointError, match="gone/task"):
        evaluate(path, episodes=2, device="cpu")


def test_a_file_of_tasks_is_played_alone(checkpoint: Path, task_file: Path) -> None:
    report = evaluate(checkpoint, episodes=2, task_file=task_file, device="cpu")
    assert list(report.by_task) == ["loose/1"]


def test_a_missing_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError):
        evaluate(tmp_path / "none.pt", device="cpu")


def test_a_damaged_checkpoint(checkpoint: Path, tmp_path: Path) -> None:
    path = tmp_path / "half.pt"
    path.write_bytes(checkpoint.read_bytes()[:1000])
    with pytest.raises(CheckpointError):
        evaluate(path, device="cpu")


def test_a_configuration_of_another_version(policy: HierarchicalPolicy, tmp_path: Path) -> None:
    training = {"config": {"warp": {}}}
    write_model(tmp_path / "odd.pt", {**policy.content(), "tasks": [], "training": training})
    with pytest.raises(CheckpointError, match="warp"):
        evaluate(tmp_path / "odd.pt", device="cpu")


def test_the_training_set_is_refused(checkpoint: Path) -> None:
    with pytest.raises(UsageError):
        evaluate(checkpoint, split=Split.TRAINING, device="cpu")


def test_an_unknown_task_gets_a_suggestion(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    with pytest.raises(UnknownNameError) as caught:
        evaluate(checkpoint, tasks=[tasks[0].id + "x"], device="cpu")
    assert tasks[0].id in (caught.value.hint or "")


def test_nothing_to_play_is_refused(checkpoint: Path, task_file: Path) -> None:
    with pytest.raises(UsageError):
        evaluate(checkpoint, task_file=task_file, difficulty=Difficulty.HARD, device="cpu")


class _Death:
    """Reading it from a pickle ends the process."""

    def __reduce__(self) -> tuple[Callable[[int], object], tuple[int]]:
        return os._exit, (7,)


def test_a_worker_that_dies_is_reported(
    checkpoint: Path, tasks: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrlctl.evaluation.workers.serve", _Death())
    with pytest.raises(WorkerError, match="exit code 7"):
        evaluate(checkpoint, episodes=CHUNK + 1, workers=2, tasks=[tasks[0].id], device="cpu")
