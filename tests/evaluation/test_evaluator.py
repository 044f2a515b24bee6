"""Measuring a small policy: the same answer however it is computed, and clear refusals."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from hrlctl.errors import CheckpointError, UnknownNameError, UsageError, WorkerError
from hrlctl.evaluation import Ablation, Target, TaskSelection, evaluate
from hrlctl.evaluation.plan import CHUNK
from hrlctl.evaluation.trial import Trial
from hrlctl.packs import Task
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


def test_films_of_real_programs_are_refused_before_anything_is_played(checkpoint: Path) -> None:
    played: list[int] = []
    with pytest.raises(UsageError, match="real programs"):
        evaluate(checkpoint, desktop="x11", is_replayed=True, played=played.append)
    assert played == []


def test_the_number_of_workers_changes_nothing(
    checkpoint: Path, tasks: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hrlctl.evaluation.plan.CHUNK", 4)

    def measure(workers: int) -> dict[str, object]:
        report = evaluate(
            checkpoint,
            episodes=6,  # two chunks of each pass
            workers=workers,
            tasks=[task.id for task in tasks[:2]],
            sampled=True,
            repeats=2,
            ablations=[Ablation.INSTRUCTION],
            device="cpu",
        )
        return {**report.to_dict(), "results": report.results}

    here = measure(1)
    assert here["episodes"] == 6
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


def test_the_same_agent_is_compared_with_itself_on_the_same_instances(
    checkpoint: Path, tasks: tuple[Task, ...]
) -> None:
    report = evaluate(
        checkpoint,
        episodes=4,
        tasks=[task.id for task in tasks[:2]],
        compare_with=checkpoint,
        device="cpu",
    )
    assert report.comparison is not None
    assert report.comparison.figures == report.overall
    assert report.comparison.test.p_value == 1.0


def test_greedy_repeats_end_the_same_way(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    report = evaluate(checkpoint, episodes=4, tasks=[tasks[0].id], repeats=2, device="cpu")
    assert report.flakiness is not None
    assert (report.flakiness.repeats, report.flakiness.flaky_tasks) == (2, {})


def test_black_screens_are_the_same_for_every_agent(
    checkpoint: Path, tasks: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    brightest: list[int] = []
    see = HierarchicalPolicy.see

    def watch(self: HierarchicalPolicy, observations: Any, *rest: Any) -> Any:
        brightest.append(int(observations.screens.max()))
        return see(self, observations, *rest)

    monkeypatch.setattr(HierarchicalPolicy, "see", watch)
    report = evaluate(
        checkpoint, episodes=2, tasks=[tasks[0].id], ablations=[Ablation.SCREEN], device="cpu"
    )
    assert report.ablations.keys() == {Ablation.SCREEN}
    assert brightest[0] > 0
    assert brightest[-1] == 0


def test_a_shuffled_instruction_is_judged_by_the_tasks_own_criteria(
    checkpoint: Path, tasks: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    instances: list[Any] = []
    monkeypatch.setattr(
        "hrlctl.evaluation.player.Trial",
        lambda episode, *rest: instances.append(episode.instance) or Trial(episode, *rest),
    )
    evaluate(
        checkpoint, episodes=4, tasks=[tasks[0].id], ablations=[Ablation.INSTRUCTION], device="cpu"
    )
    own, told = instances[:4], instances[4:]
    assert [instance.success for instance in own] == [instance.success for instance in told]
    assert sorted(i.instruction for i in own) == sorted(i.instruction for i in told)
    assert own != told


def test_a_target_for_a_task_that_is_not_played_is_refused_before_anything_is_played(
    checkpoint: Path, tasks: tuple[Task, ...]
) -> None:
    with pytest.raises(UnknownNameError):
        evaluate(
            checkpoint,
            tasks=[tasks[0].id],
            targets=[Target(0.5, tasks[1].id)],
            device="cpu",
            played=lambda episodes: pytest.fail("it was played"),
        )


def test_what_was_played_is_told(checkpoint: Path, tasks: tuple[Task, ...]) -> None:
    told: list[int] = []
    evaluate(checkpoint, episodes=CHUNK + 2, tasks=[tasks[0].id], device="cpu", played=told.append)
    assert told == [CHUNK, 2]


def test_a_single_instruction_cannot_be_shuffled(checkpoint: Path) -> None:
    with pytest.raises(UsageError):
        evaluate(checkpoint, episodes=1, ablations=[Ablation.INSTRUCTION], device="cpu")


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
