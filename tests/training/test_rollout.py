"""Rollouts and the update: which rows there are, what they show, and what counts."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

import numpy as np
import pytest
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy, Observations
from hrlctl.policy.manager import NOTHING_YET
from hrlctl.schema.run import PolicyConfig, TrainingConfig
from hrlctl.training.collector import Collector, changed_cells
from hrlctl.training.minibatches import minibatches
from hrlctl.training.ppo import Learner, schedule
from hrlctl.training.rollout import Rollout

ENVS, STEPS = 6, 24


def make_collector(
    tasks: Sequence[Task], *, kind: str = "hierarchical", linger: int = 0, steps: int = STEPS
) -> Collector:
    torch.manual_seed(0)
    policy = HierarchicalPolicy(PolicyConfig.model_validate({"kind": kind, "width": 16}))
    rng = random.Random(1)

    def assign(index: int) -> Assignment:
        return Assignment(rng.randrange(len(tasks)), rng.randrange(10**6), linger)

    desktops = [SimDesktop() for _ in range(ENVS)]
    vector = DesktopVector(tasks, desktops, EpisodeRules(), assign)
    generator = torch.Generator().manual_seed(2)
    collector = Collector(policy, vector, steps, generator, 0.99, 0.95)
    collector.begin()
    return collector


def second_rollout(collector: Collector) -> Rollout:
    """The first has no decisions that were carried into it."""
    collector.collect()
    collector.advance()
    return collector.collect()


def test_minibatches_hold_each_row_once_and_show_what_it_saw(basics: tuple[Task, ...]) -> None:
    rollout = second_rollout(make_collector(basics))
    rows = len(rollout.place)
    assert rows > ENVS * STEPS  # with decisions of the first rollout
    assert len(np.unique(rollout.frame)) < 0.9 * rows  # some screens did not change
    batches = list(minibatches(rollout, 2, 0.25, np.random.default_rng(0)))
    assert sorted(np.concatenate([batch.rows.numpy() for batch in batches])) == list(range(rows))
    for batch in batches:
        shown = batch.frames[batch.frame_of_row.numpy()]
        acted_on = rollout.place[batch.rows.numpy()]
        for array in (rollout.seen.screens, rollout.seen.tokens, rollout.seen.slots):
            np.testing.assert_array_equal(array[shown], array[acted_on])
        assert len(np.unique(batch.encoded)) == len(batch.encoded)
        assert 0.25 * len(batch.frames) <= len(batch.encoded) < len(batch.frames)
    again = list(minibatches(rollout, 2, 0.25, np.random.default_rng(1)))
    assert not torch.equal(batches[0].rows, again[0].rows)


@pytest.mark.parametrize("kind", ["hierarchical", "flat"])
def test_before_the_first_step_the_policy_is_the_one_that_acted(
    basics: tuple[Task, ...], kind: str
) -> None:
    collector = make_collector(basics, kind=kind)
    rollout = second_rollout(collector)
    config = TrainingConfig(update_epochs=1, minibatches=1, mixed_precision="off")
    learner = Learner(collector.policy, config)
    statistics = learner.update(rollout, schedule(config, 0.0), np.random.default_rng(0))
    assert abs(statistics.diagnostics["approximate_kl"]) < 1e-5
    assert abs(statistics.diagnostics["manager_approximate_kl"]) < 1e-5
    assert statistics.diagnostics["clip_fraction"] == 0
    assert all(np.isfinite(value) for value in statistics.losses.values())
    statistics = learner.update(rollout, schedule(config, 0.0), np.random.default_rng(0))
    assert statistics.diagnostics["approximate_kl"] > 1e-7  # the weights have moved


def test_a_large_step_ends_the_epochs_early(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics)
    rollout = collector.collect()
    stopped = []
    for target_kl in (1e-9, None):
        config = TrainingConfig(
            update_epochs=3, minibatches=2, mixed_precision="off", target_kl=target_kl
        )
        learner = Learner(collector.policy, config)
        statistics = learner.update(rollout, schedule(config, 0.0), np.random.default_rng(0))
        stopped.append(statistics.diagnostics["stopped_early"])
    assert stopped == [1.0, 0.0]


def test_steps_after_success_teach_only_what_a_finished_screen_is(
    make_tasks: Callable[..., tuple[Task, ...]],
) -> None:
    collector = make_collector(make_tasks("EASY"), linger=2)
    rollout = second_rollout(collector)
    # Each episode is one step that succeeds, and two that go on.
    steps = np.tile(np.arange(STEPS, 2 * STEPS) % 3, (ENVS, 1)).T.reshape(-1)
    counts = torch.from_numpy(steps == 0)
    assert len(rollout.counts) == len(counts)  # no decision outlives an episode
    assert torch.equal(rollout.counts, counts)
    assert torch.equal(rollout.is_finished, ~counts)
    # What tells a finished task is on the screen, not that the agent has lost its memory.
    assert torch.equal(rollout.taken.memory.skill == NOTHING_YET, counts)
    assert torch.equal(rollout.decided, counts)  # the first step of each decides
    assert not rollout.may_stop.any()
    assert len(rollout.episodes) == int(counts.sum())
    assert all(episode.success and episode.length == 1 for episode in rollout.episodes)
    torch.testing.assert_close(rollout.returns[counts], torch.ones(int(counts.sum())))

    config = TrainingConfig(update_epochs=1, minibatches=1, mixed_precision="off")
    learner = Learner(collector.policy, config)
    seen = []
    for garbage in (0.0, 1e6):
        torch.manual_seed(0)
        fresh = HierarchicalPolicy(collector.policy.config)
        learner = Learner(fresh, config)
        spoiled = rollout._replace(
            **{
                name: torch.where(counts, getattr(rollout, name), torch.tensor(garbage))
                for name in ("advantage", "returns", "manager_advantage", "manager_returns")
            }
        )
        seen.append(learner.update(spoiled, schedule(config, 0.0), np.random.default_rng(0)))
    assert seen[0] == seen[1]


def seen_at(rollout: Rollout, row: int) -> tuple[np.ndarray, ...]:
    """Screen, roles and letters of a row."""
    place, frame = rollout.place[row], rollout.frame[row]
    seen = rollout.seen
    return seen.screens[place].copy(), seen.looks[frame].copy(), seen.letters[frame].copy()


def test_a_carried_decision_is_learned_from_where_it_was_taken(basics: tuple[Task, ...]) -> None:
    steps = 5
    collector = make_collector(basics, steps=steps)
    earlier: dict[int, tuple[np.ndarray, ...]] = {}  # by environment: where it last decided
    found = 0
    for _ in range(8):
        rollout = collector.collect()
        for row in range(ENVS * steps, len(rollout.place)):
            assert rollout.decided[row]
            assert not rollout.counts[row]
            assert rollout.manager_returns[row].isfinite()
            expected = earlier[int(rollout.place[row]) % ENVS]
            for got, wanted in zip(seen_at(rollout, row), expected, strict=True):
                np.testing.assert_array_equal(got, wanted)
            found += 1
        for row in range(ENVS * steps):
            if not rollout.may_stop[row]:
                earlier[row % ENVS] = seen_at(rollout, row)
        collector.advance()
    assert found > 5


def test_labels_follow_the_screen_from_rollout_to_rollout(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics, steps=5)
    now = collector.vector.allocate(1).row(0)
    unchanged = 0
    for _ in range(6):
        collector.collect()
        unchanged += int((~collector.seen.is_fresh[5]).sum())
        collector.advance()
        collector.vector.observe(now)
        for array, expected in zip(collector.seen[:4], now[:4], strict=True):
            np.testing.assert_array_equal(array[0], expected)
        np.testing.assert_array_equal(collector.seen.looks[0], now.looks)
        np.testing.assert_array_equal(collector.seen.letters[0], now.letters)
    assert unchanged > 3


def test_what_has_not_changed_is_not_read_again(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics, steps=12)
    collector.collect()
    partly = 0
    for t in range(1, 12):
        changed = changed_cells(collector.seen.screens[t - 1], collector.seen.screens[t])
        fresh = collector.seen.is_fresh[t]
        assert not changed[~fresh].any()
        partly += int((changed.any((1, 2)) & ~changed.all((1, 2)) & fresh).sum())
        whole = collector.policy.see(Observations.of(collector.seen.row(t), torch.device("cpu")))[0]
        torch.testing.assert_close(collector.scene.match[t, fresh], whole.match[fresh])
        assert torch.equal(collector.scene.letters[t, fresh], whole.letters[fresh])
    assert partly > 5


def test_only_perception_learns_while_reading_comes_first(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics)
    rollout = collector.collect()
    policy, config = collector.policy, TrainingConfig(mixed_precision="off")
    before = {name: tensor.clone() for name, tensor in policy.state_dict().items()}
    learner, now = Learner(policy, config), schedule(config, 0.0)
    rng = np.random.default_rng(0)
    first = learner.update_perception(rollout, now, rng)
    for _ in range(3):
        last = learner.update_perception(rollout, now, rng)
    assert last.losses["reading"] < first.losses["reading"]
    assert last.losses["look"] < first.losses["look"]
    moved = {
        name.split(".")[0]
        for name, tensor in policy.state_dict().items()
        if not torch.equal(tensor, before[name])
    }
    assert moved == {"perception", "manager"}


def test_only_the_critics_learn_where_they_come_first(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics)
    rollout = collector.collect()
    policy = collector.policy
    config = TrainingConfig(mixed_precision="off", critic_steps=10_000, total_timesteps=20_000)
    before = {name: tensor.clone() for name, tensor in policy.state_dict().items()}
    learner, rng = Learner(policy, config), np.random.default_rng(0)
    first = learner.update(rollout, schedule(config, 0.0), rng)
    for _ in range(3):
        last = learner.update(rollout, schedule(config, 0.49), rng)
    assert last.losses["value"] < first.losses["value"]

    def moved() -> set[str]:
        state = policy.state_dict().items()
        return {name for name, tensor in state if not torch.equal(tensor, before[name])}

    heads = {
        f"{level}.value.{part}" for level in ("worker", "manager") for part in ("weight", "bias")
    }
    assert moved() == heads
    learner.update(rollout, schedule(config, 0.5), rng)
    assert moved() > heads


def test_the_schedule_falls_to_its_end() -> None:
    config = TrainingConfig(learning_rate=1e-3, entropy_coefficient=0.01, entropy_final=0.002)
    start, middle, end = (schedule(config, at) for at in (0.0, 0.5, 1.0))
    assert (start.learning_rate, start.entropy_coefficient) == (1e-3, 0.01)
    assert middle.learning_rate == pytest.approx(5e-4)
    assert middle.entropy_coefficient == pytest.approx(0.006)
    assert 0 < end.learning_rate < 1e-4
    assert end.entropy_coefficient == pytest.approx(0.002)
    constant = TrainingConfig(learning_rate=1e-3, learning_rate_schedule="constant")
    assert schedule(constant, 0.9).learning_rate == 1e-3
