"""Rewards for single steps: what they pay, and that failing never pays more than succeeding."""

from __future__ import annotations

import pytest

from hrlctl.desktop.contract import Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.env.reward import RewardScale
from hrlctl.env.step_rewards import StepRewards
from hrlctl.errors import ConfigurationError
from hrlctl.packs import Task, draw_instance, load_packs
from hrlctl.packs.reward_terms import OWN_TERMS
from hrlctl.schema.base import Split
from hrlctl.schema.run import EnvironmentConfig

ACTIONS = ActionSpace(160, 120)
WAIT, DONE = ACTIONS.encode(ActionType.WAIT), ACTIONS.encode(ActionType.DONE)


@pytest.fixture(scope="module")
def task() -> Task:
    (found,) = load_packs(["desktop_basics"]).tasks(ids=["desktop_basics/pick-option"])
    return found


def episode_of(task: Task, **weights: float) -> Episode:
    scale = RewardScale(shaping=0.0, steps=StepRewards(**weights))
    instance = draw_instance(task, 3, Split.TRAINING)
    return Episode(instance, SimDesktop(), ACTIONS, EpisodeRules(scale, gamma=1.0))


def test_a_configuration_names_them_all(task: Task) -> None:
    entries = [f"{name}=0.0{index}" for index, name in enumerate(OWN_TERMS, start=1)]
    environment = EnvironmentConfig.model_validate({"reward_terms": entries})
    scale = RewardScale.of(environment)
    assert scale.steps == StepRewards(0.01, 0.02, 0.03)
    assert scale.terms == ()
    scale.check([task], 0.99)


def test_time_costs_at_every_step(task: Task) -> None:
    episode = episode_of(task, time=0.01)
    assert [episode.step(action).reward for action in (WAIT, WAIT, DONE)] == [-0.01] * 3


def test_an_action_that_changes_the_screen_is_paid(task: Task) -> None:
    episode = episode_of(task, action_successful=0.01)
    start = next(
        cell
        for cell in range(ACTIONS.rows * ACTIONS.columns)
        if (rect := episode.desktop.locate(Locator("start_button"))) is not None
        and rect.contains(*ACTIONS.centre(cell))
    )
    actions = (WAIT, ACTIONS.encode(ActionType.CLICK, pointer=start), WAIT, DONE)
    assert [episode.step(action).reward for action in actions] == [0, 0.01, 0, 0]


def test_the_pointer_is_led_to_what_the_next_milestone_is_about(task: Task) -> None:
    episode = episode_of(task, cursor_moved_towards_target=0.1)
    oracle = Oracle(episode.instance, ACTIONS)
    towards = oracle.next_action(episode.desktop)
    assert towards is not None
    nearer = ACTIONS.encode(ActionType.RIGHT_CLICK, pointer=int(towards[1]))
    corner = ACTIONS.rows * ACTIONS.columns - 1
    farther = ACTIONS.encode(ActionType.RIGHT_CLICK, pointer=corner)
    rewards = [episode.step(action).reward for action in (nearer, farther, nearer, DONE)]
    assert rewards[0] == pytest.approx(0.1)
    assert rewards[1] < 0 < rewards[2]
    assert sum(rewards) == pytest.approx(0.0)


@pytest.mark.parametrize("weights", [{"time": 0.05}, {"action_successful": 0.05}])
def test_weights_by_which_failing_could_pay_more_are_refused(
    task: Task, weights: dict[str, float]
) -> None:
    RewardScale(steps=StepRewards(**{name: 0.01 for name in weights})).check([task], 0.99)
    with pytest.raises(ConfigurationError, match="no more than a failure") as caught:
        RewardScale(steps=StepRewards(**weights)).check([task], 0.99)
    assert caught.value.where == "environment.reward_terms"


def test_the_latest_success_is_worth_more_than_a_failure_that_never_rests(task: Task) -> None:
    gamma = 0.99
    scale = RewardScale(steps=StepRewards(action_successful=0.01, time=0.01))
    scale.check([task], gamma)

    def played(*, waits_first: bool) -> tuple[bool, float]:
        instance = draw_instance(task, 3, Split.TRAINING)
        episode = Episode(instance, SimDesktop(), ACTIONS, EpisodeRules(scale, gamma))
        oracle, total = Oracle(instance, ACTIONS), 0.0
        steps = len(instance.oracle)
        for step in range(instance.max_steps):
            if waits_first:
                acts = step >= instance.max_steps - steps
                action = oracle.next_action(episode.desktop) if acts else WAIT
            elif step < steps - 1:  # all milestones but the last one
                action = oracle.next_action(episode.desktop)
            else:
                action = ACTIONS.encode(ActionType.PRESS, key="super")
            assert action is not None
            total += gamma**step * episode.step(action).reward
        return episode.succeeded, total

    (late, worth), (failed, paid) = played(waits_first=True), played(waits_first=False)
    assert late
    assert not failed
    assert worth > paid > 0
