"""The environment as Gymnasium and its users see it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env

from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.env.oracle import Oracle
from hrlctl.env.reward import RewardScale
from hrlctl.errors import ConfigurationError, UsageError
from hrlctl.packs import load_packs
from hrlctl.schema.base import Split


@pytest.fixture
def env() -> Iterator[DesktopEnv]:
    env = DesktopEnv()
    yield env
    env.close()


def test_gymnasium_finds_and_accepts_it() -> None:
    made = gymnasium.make("hrlctl:Desktop-v0", render_mode="rgb_array")
    assert isinstance(made.unwrapped, DesktopEnv)
    check_env(made.unwrapped)
    made.close()


@pytest.mark.parametrize("first", ["import hrlctl.env", "import gymnasium, hrlctl", ""])
def test_it_is_found_whatever_was_imported_before(first: str) -> None:
    code = f"{first}\nimport gymnasium\ngymnasium.make('hrlctl:Desktop-v0').close()"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_same_seed_gives_the_same_episodes(env: DesktopEnv) -> None:
    def trace() -> list[object]:
        env.action_space.seed(1)
        seen: list[object] = []
        for seed in (5, None, None):
            observation, info = env.reset(seed=seed)
            seen += [info["task"], info["instruction"], observation["screen"].tobytes()]
            for _ in range(5):
                observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
                seen += [observation["screen"].tobytes(), reward, terminated, truncated]
        return seen

    assert trace() == trace()


def test_one_task_and_one_instance_can_be_asked_for(env: DesktopEnv) -> None:
    task = env.tasks[-1].id
    first, info = env.reset(options={"task": task, "instance": 12})
    assert info["task"] == task
    again, repeated = env.reset(options={"task": task, "instance": 12})
    assert repeated["instruction"] == info["instruction"]
    np.testing.assert_array_equal(first["screen"], again["screen"])
    with pytest.raises(UsageError, match="nonsense"):
        env.reset(options={"task": "nonsense"})


def test_an_oracle_solves_it_through_its_actions(env: DesktopEnv) -> None:
    for task in env.tasks:
        observation, info = env.reset(options={"task": task.id, "instance": 1})
        oracle = Oracle(env.episode.instance, env.actions)
        terminated = False
        while not terminated:
            action = oracle.next_action(env.desktop)
            assert action is not None, task.id
            assert info["action_types"][action[0]]
            observation, _, terminated, truncated, info = env.step(action)
            assert observation["last_action"].tolist() == action.tolist()
            assert not truncated
        assert info["success"]


def test_observations_are_the_callers_to_keep(env: DesktopEnv) -> None:
    first, _ = env.reset(seed=1)
    kept = first["screen"].copy()
    for _ in range(5):
        env.step(env.action_space.sample())
    np.testing.assert_array_equal(first["screen"], kept)


def test_the_screen_after_the_last_action_is_seen(env: DesktopEnv) -> None:
    env.reset(seed=1)
    observation, _, terminated, _, _ = env.step(env.actions.encode(ActionType.DONE))
    assert terminated
    np.testing.assert_array_equal(observation["screen"], env.desktop.capture())
    assert observation["last_action"][0] == ActionType.DONE


def test_held_out_instances_are_others() -> None:
    task = load_packs(["desktop_basics"]).tasks()[:1]
    screens = []
    for split in (Split.TRAINING, "words"):
        env = DesktopEnv(task, split=split)
        screens.append(env.reset(options={"instance": 3})[0]["screen"])
        env.close()
    assert (screens[0] != screens[1]).any()


def test_without_tasks_or_with_a_scale_that_pays_failures_it_is_refused() -> None:
    with pytest.raises(UsageError, match="no tasks"):
        DesktopEnv([])
    with pytest.raises(ConfigurationError):
        DesktopEnv(scale=RewardScale(milestones=2.0))


def test_a_step_before_the_first_reset_is_refused(env: DesktopEnv) -> None:
    with pytest.raises(gymnasium.error.ResetNeeded):
        env.step(ActionSpace(160, 120).encode(ActionType.WAIT))


def test_the_picture_for_people_shows_the_pointer() -> None:
    env = DesktopEnv(render_mode="rgb_array")
    observation, _ = env.reset(seed=2)
    picture = env.render()
    assert picture is not None
    assert picture.shape == (480, 640, 3)
    enlarged = observation["screen"].repeat(4, axis=0).repeat(4, axis=1)
    differs = (picture != enlarged).any(axis=2)
    assert 0 < differs.sum() < 4000  # the pointer and nothing else
    env.close()
