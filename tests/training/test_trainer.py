"""``PPOTrainer`` from Python: what it accepts, what it tells, what it leaves on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.errors import CheckpointError, ConfigurationError, StorageError, UsageError
from hrlctl.events import (
    CheckpointSaved,
    EpisodeFinished,
    RunFinished,
    RunStarted,
    UpdateFinished,
    WarningRaised,
)
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.manager import SKILLS
from hrlctl.schema.base import Skill
from hrlctl.schema.run import CurriculumConfig, PolicyConfig, RunConfig, TrainingConfig
from hrlctl.training import alarms, saving
from hrlctl.training.checkpoint import read_checkpoint
from hrlctl.training.trainer import PPOTrainer

SMALL = {"buffer_size": 64, "minibatches": 2, "update_epochs": 1, "mixed_precision": "off"}


def small_policy(kind: str = "hierarchical") -> HierarchicalPolicy:
    torch.manual_seed(0)
    return HierarchicalPolicy(PolicyConfig.model_validate({"kind": kind, "width": 16}))


def make_trainer(tasks: tuple[Task, ...], save_dir: Path | None = None, **more: Any) -> PPOTrainer:
    envs = [DesktopEnv(tasks) for _ in range(4)]
    return PPOTrainer(small_policy(), envs, save_dir=save_dir, **SMALL | more)


def one_env(tasks: tuple[Task, ...]) -> Any:
    return DesktopEnv(tasks)


def wrapped_env(tasks: tuple[Task, ...]) -> Any:
    return gymnasium.make("hrlctl:Desktop-v0", tasks=tasks)


def several_envs(tasks: tuple[Task, ...]) -> Any:
    return [DesktopEnv(tasks), DesktopEnv(tasks)]


def gymnasium_vector(tasks: tuple[Task, ...]) -> Any:
    return gymnasium.vector.SyncVectorEnv([lambda: DesktopEnv(tasks)] * 2)


@pytest.mark.parametrize("make", [one_env, wrapped_env, several_envs, gymnasium_vector])
def test_it_trains_in_what_gymnasium_makes(make: Callable[..., Any], basics: Any) -> None:
    policy = small_policy()
    before = {name: tensor.clone() for name, tensor in policy.state_dict().items()}
    env = make(basics)
    finished = PPOTrainer(policy, env, learning_rate=1e-4, **SMALL).train(total_timesteps=100)
    assert (finished.steps, finished.interrupted, finished.final_model) == (128, False, None)
    after = policy.state_dict()
    assert all(tensor.isfinite().all() for tensor in after.values())
    assert any(not torch.equal(after[name], before[name]) for name in before)


def test_the_flat_control_trains_too(basics: tuple[Task, ...]) -> None:
    events = list(PPOTrainer(small_policy("flat"), DesktopEnv(basics), **SMALL).events(128))
    updates = [event for event in events if isinstance(event, UpdateFinished)]
    assert len(updates) == 2
    assert updates[0].skill_usage == {}
    assert updates[0].losses["manager"] == 0


def test_the_configuration_is_the_one_that_was_asked_for(basics: tuple[Task, ...]) -> None:
    trainer = make_trainer(basics, learning_rate=2e-4)
    trainer.train(64)
    assert trainer.config.training.learning_rate == 2e-4
    assert trainer.config.training.total_timesteps == 64
    config = RunConfig(
        training=TrainingConfig(gamma=0.9, mixed_precision="off"),
        curriculum=CurriculumConfig(easy_threshold=0.7),
    )
    trainer = PPOTrainer(small_policy(), DesktopEnv(basics), config=config, clip_epsilon=0.1)
    assert trainer.config.training.gamma == 0.9
    assert trainer.config.training.clip_epsilon == 0.1
    assert trainer.curriculum.threshold is None  # there is no other stage


def test_environments_that_do_not_fit_are_refused(basics: tuple[Task, ...]) -> None:
    with pytest.raises(ConfigurationError):
        PPOTrainer(small_policy(), several_envs(basics), buffer_size=65)
    with pytest.raises(UsageError):
        PPOTrainer(small_policy(), gymnasium.make("CartPole-v1"))  # type: ignore[arg-type]
    with pytest.raises(UsageError):
        PPOTrainer(small_policy(), [])
    with pytest.raises(UsageError):
        PPOTrainer(small_policy(), [DesktopEnv(basics), 3])  # type: ignore[list-item]


def test_the_screen_s_size_is_the_environment_s(basics: tuple[Task, ...]) -> None:
    env = DesktopEnv(basics, desktop=SimDesktop(192, 144))
    assert PPOTrainer(small_policy(), env, **SMALL).train(64).steps == 64


def test_events_tell_the_whole_run(make_tasks: Callable[..., tuple[Task, ...]]) -> None:
    events = list(make_trainer(make_tasks("EASY")).events(128))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    started, finished = events[0], events[-1]
    assert (started.total_steps, started.updates, started.num_envs) == (128, 2, 4)
    episodes = [event for event in events if isinstance(event, EpisodeFinished)]
    assert episodes
    assert all(e.success and e.length == 1 and e.episode_return == 1.0 for e in episodes)
    updates = [event for event in events if isinstance(event, UpdateFinished)]
    assert [(event.update, event.steps) for event in updates] == [(1, 64), (2, 128)]
    last = updates[-1]
    assert (last.success_rate, last.mean_reward, last.mean_length) == (1.0, 1.0, 1.0)
    assert last.stage.steps_by_stage["EASY"] == 128
    assert sum(last.skill_usage.values()) == pytest.approx(1)
    assert {"act", "simulate", "learn"} <= last.phases.keys()
    assert {"policy", "value", "entropy", "manager", "total"} <= last.losses.keys()
    assert all(np.isfinite(v) for v in (*last.losses.values(), *last.diagnostics.values()))
    assert all(0 <= value <= 1.0001 for value in last.entropies.values())
    assert last.view is not None
    assert last.view.screen.shape == (120, 160, 3)
    assert last.view.instruction == "Look"
    assert finished.success_rate == 1.0


def test_a_manager_that_has_collapsed_is_told(
    basics: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "_WINDOW", 2)
    trainer = make_trainer(basics, learning_rate=1e-12)
    assert not [e for e in trainer.events(128) if isinstance(e, WarningRaised)]
    trainer = make_trainer(basics, learning_rate=1e-12)
    with torch.no_grad():
        trainer.policy.manager.skill.bias[SKILLS.index(Skill.CLOSE)] = 30.0
    (warning,) = [e for e in trainer.events(192) if isinstance(e, WarningRaised)]
    assert "collapsed" in warning.message
    assert "'close'" in warning.message


def test_a_checkpoint_follows_each_multiple_and_the_newest_stay(
    basics: tuple[Task, ...], tmp_path: Path
) -> None:
    trainer = make_trainer(basics, tmp_path, checkpoint_every=100, keep=2)
    saved = [e for e in trainer.events(448) if isinstance(e, CheckpointSaved)]
    assert [(event.path.name, event.steps) for event in saved] == [
        ("checkpoint_100.pt", 128),
        ("checkpoint_200.pt", 256),
        ("checkpoint_300.pt", 320),
        ("checkpoint_400.pt", 448),
        ("final_model.pt", 448),
    ]
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"checkpoint_300.pt", "checkpoint_400.pt", "final_model.pt"}
    assert HierarchicalPolicy.load(tmp_path / "final_model.pt").config.width == 16


def test_a_full_disk_loses_a_checkpoint_not_the_run(
    basics: tuple[Task, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, attempts = saving.write_model, []

    def sometimes(path: Path, content: dict[str, Any]) -> None:
        attempts.append(path.name)
        if path.name == "checkpoint_128.pt":
            raise StorageError("the disk is full", where=str(path), hint="free some space")
        write(path, content)

    monkeypatch.setattr(saving, "write_model", sometimes)
    events = list(make_trainer(basics, tmp_path, checkpoint_every=64).events(192))
    warnings = [event for event in events if isinstance(event, WarningRaised)]
    assert len(warnings) == 1
    assert "the disk is full" in warnings[0].message
    written = [event.path.name for event in events if isinstance(event, CheckpointSaved)]
    assert written == ["checkpoint_64.pt", "checkpoint_192.pt", "final_model.pt"]
    assert read_checkpoint(tmp_path / "checkpoint_64.pt")["training"]["position"][0] == 64


def test_an_interrupted_run_can_be_resumed(basics: tuple[Task, ...], tmp_path: Path) -> None:
    trainer = make_trainer(basics, tmp_path)
    (*_, finished) = trainer.events(320, stop=lambda: trainer.position.update == 2)
    assert isinstance(finished, RunFinished)
    assert (finished.steps, finished.interrupted) == (128, True)
    assert finished.resume_from == tmp_path / "interrupted.pt"
    assert finished.final_model is None
    again = make_trainer(basics, tmp_path)
    content = read_checkpoint(tmp_path / "interrupted.pt")
    again.policy.load_state_dict(content["weights"])
    again.restore(content, where="interrupted.pt")
    events = list(again.events(320))
    assert isinstance(events[0], RunStarted)
    assert events[0].steps == 128
    updates = [event.update for event in events if isinstance(event, UpdateFinished)]
    assert updates == [3, 4, 5]


def test_a_checkpoint_that_does_not_fit_is_refused(
    basics: tuple[Task, ...], tmp_path: Path
) -> None:
    trainer = make_trainer(basics, tmp_path)
    trainer.train(64)
    path = tmp_path / "final_model.pt"
    content = read_checkpoint(path)
    with pytest.raises(CheckpointError, match=basics[0].id) as caught:
        make_trainer(basics[1:]).restore(content, where=str(path))
    assert caught.value.where == str(path)
    fewer = PPOTrainer(small_policy(), several_envs(basics), **SMALL)
    with pytest.raises(CheckpointError):
        fewer.restore(content, where=str(path))
    trainer.policy.save(tmp_path / "policy.pt")
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(tmp_path / "policy.pt")
    assert "--init-from" in (caught.value.hint or "")
