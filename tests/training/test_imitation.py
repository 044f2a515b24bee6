"""Self-imitation: which steps are kept, and that what is rare is learned from them."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy

import numpy as np
import pytest
import torch

from hrlctl.desktop.contract import LOOKS
from hrlctl.env.action import ActionType
from hrlctl.env.arrays import UNLABELLED
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.manager import SKILLS
from hrlctl.training.collector import Collector
from hrlctl.training.imitation import FINISHED, Repertoire, done_loss, imitation_loss
from hrlctl.training.rollout import BONUS, Path, Rollout
from tests.training.test_rollout import ENVS, make_collector

GAMMA = 0.99


def make_repertoire(collector: Collector) -> Repertoire:
    return Repertoire(collector.seen.screens.shape[2:], GAMMA)


@torch.no_grad()
def expecting(bonus: float, collector: Collector) -> HierarchicalPolicy:
    """The policy with a critic that expects ``bonus`` everywhere."""
    policy = deepcopy(collector.policy)
    policy.worker.value.weight.zero_()
    policy.worker.value.bias.fill_(bonus)
    return policy


@torch.no_grad()
def imitate(policy: HierarchicalPolicy, repertoire: Repertoire) -> tuple[float, float]:
    """The loss, and how rare what was drawn still is."""
    moments = repertoire.batch(8, policy, np.random.default_rng(0))
    percept = policy.perception(moments.scene, moments.tokens, moments.slots)
    loss, rarity = imitation_loss(policy, repertoire, moments, percept)
    return loss.item(), rarity.item()


@pytest.fixture(scope="module")
def collector(basics: tuple[Task, ...]) -> Collector:
    return make_collector(basics, steps=48)


@pytest.fixture(scope="module")
def rollout(collector: Collector) -> Rollout:
    """A rollout in which some milestones were reached by chance."""
    for _ in range(8):
        rollout = collector.collect()
        if len(rollout.paths) >= 3:
            return rollout
        collector.advance()
    raise AssertionError("a random policy reaches some milestones")


def test_a_path_ends_where_a_milestone_was_reached(collector: Collector, rollout: Rollout) -> None:
    results, option = collector.results, rollout.taken.option
    for path in rollout.paths:
        t, env = divmod(path.rows[0], ENVS)
        assert results.reached_skill[t, env] == path.skill
        for earlier in path.rows[1:]:
            assert earlier % ENVS == env
            before = earlier // ENVS
            between = slice(before, t)
            assert not (results.terminated | results.truncated)[between, env].any()
            assert int(option.skill[earlier]) == path.skill
            assert collector.seen.is_fresh[before + 1, env]  # it changed something
        if path.arrival is not None:
            assert path.arrival == path.rows[0] + ENVS
            is_due = rollout.seen.aims[path.arrival, 0] != UNLABELLED
            assert is_due or rollout.is_finished[path.arrival]
    assert len(rollout.paths) == rollout.hits[0]
    assert any(path.arrival is not None for path in rollout.paths)


def test_a_path_leaves_out_what_was_tried_in_vain(basics: tuple[Task, ...]) -> None:
    collector = make_collector(basics[:3], steps=4)
    collector.collect()
    frame = np.arange(4 * ENVS).reshape(4, ENVS)
    results, seen = collector.results, collector.seen
    for array in (results.terminated, results.truncated):
        array[:] = False
    for array in (results.reached_skill, results.reached_slot):
        array[:] = -1
    results.reached_skill[3, 0], results.counts[:], seen.is_fresh[:] = (
        SKILLS.index("adjust"),
        True,
        True,
    )
    option, action = collector.taken.option, collector.taken.action
    option.skill[:4, 0], option.slot[:4, 0] = SKILLS.index("adjust"), 1
    slider, window = LOOKS.index("slider"), LOOKS.index("window")
    looks = seen.looks.reshape(5 + 1, ENVS, -1)
    looks[:] = window
    looks[:, 0, 10:20] = slider

    def rows_of(*done: tuple[ActionType, int, int]) -> list[int]:
        for t, (kind, pointer, key) in enumerate(done):
            action[t, 0] = torch.tensor([kind, pointer, 0, key, 0, 0])
        (path,) = collector._paths(frame)
        return [row // ENVS for row in path.rows]

    click, twice, press = ActionType.CLICK, ActionType.DOUBLE_CLICK, ActionType.PRESS
    # Two wrong places on the slider, a click beside it, and the right place.
    assert rows_of((click, 11, 0), (twice, 12, 0), (click, 40, 0), (click, 13, 0)) == [3, 2]
    # The same place again, as on a button that counts; and keys, of which each may be needed.
    assert rows_of((click, 13, 0), (press, 11, 3), (press, 12, 3), (click, 13, 0)) == [3, 2, 1, 0]
    looks[:] = UNLABELLED  # as on real programs
    assert rows_of((click, 11, 0), (twice, 12, 0), (click, 40, 0), (click, 13, 0)) == [3, 2, 1, 0]


def test_what_was_reached_under_another_decision_is_kept_as_if_it_had_been_meant(
    collector: Collector, rollout: Rollout
) -> None:
    row, skill = rollout.paths[0].rows[0], SKILLS.index("confirm")
    repertoire = make_repertoire(collector)
    repertoire.keep(rollout._replace(paths=[Path(0, skill, 2, (row,), None)]))
    _, (moment,) = repertoire.draw(1, np.random.default_rng(0))
    assert moment.option[:2].tolist() == [skill, 2]
    assert moment.action.tolist() == rollout.taken.action[row].tolist()
    place = rollout.place[row]
    np.testing.assert_array_equal(repertoire.screens([moment])[0], rollout.seen.screens[place])
    assert moment.target == BONUS


def test_what_was_due_after_a_milestone_is_kept_but_not_imitated(
    collector: Collector, rollout: Rollout
) -> None:
    path = next(
        path
        for path in rollout.paths
        if path.arrival is not None and not rollout.is_finished[path.arrival]
    )
    repertoire = make_repertoire(collector)
    repertoire.keep(rollout._replace(paths=[path._replace(rows=())]))
    goals, (moment,) = repertoire.draw(1, np.random.default_rng(0))
    due = rollout.seen.aims[path.arrival]
    assert goals == [(path.task, due[0])]
    assert moment.aim.tolist() == due.tolist()
    assert imitate(collector.policy, repertoire) == (0, 0)


def test_finished_screens_are_kept_until_the_agent_is_sure_of_them(
    collector: Collector, rollout: Rollout
) -> None:
    row = rollout.paths[0].rows[0] + ENVS
    rollout.seen.aims[rollout.place[row]] = UNLABELLED
    finished = rollout.is_finished.clone()
    finished[row] = True
    repertoire = make_repertoire(collector)
    path = rollout.paths[0]._replace(rows=(), arrival=row)
    repertoire.keep(rollout._replace(paths=[path], is_finished=finished))
    moments = repertoire.batch(4, collector.policy, np.random.default_rng(0))
    assert moments.goals == ((path.task, FINISHED),) * 4
    assert moments.is_finished.all()
    assert not moments.target.any()
    unsure = done_loss(repertoire, moments, torch.full((4,), -5.0))
    assert unsure > 4.9
    before = repertoire.state()["goals"][0][2]
    assert done_loss(repertoire, moments, torch.full((4,), 5.0)) < 0.1
    assert repertoire.state()["goals"][0][2] < 0.8 * before


def test_rare_goals_are_drawn_more_often(collector: Collector, rollout: Rollout) -> None:
    repertoire = make_repertoire(collector)
    row = rollout.paths[0].rows[0]
    paths = [Path(task, 1, None, (row,), None) for task in range(2)]
    repertoire.keep(rollout._replace(paths=paths))
    for _ in range(60):
        repertoire.judge([(0, 1), (1, 1)], [0.0, 0.9])
    drawn = Counter(repertoire.draw(2000, np.random.default_rng(0))[0])
    assert drawn[1, 1] > 10 * drawn[0, 1] > 0  # what is known well is not forgotten altogether


def test_imitated_steps_become_likelier(collector: Collector, rollout: Rollout) -> None:
    policy, repertoire = expecting(0.0, collector), make_repertoire(collector)
    repertoire.keep(rollout)
    optimizer = torch.optim.Adam(policy.worker.parameters(), lr=3e-3)
    losses = []
    for _ in range(25):
        moments = repertoire.batch(8, policy, np.random.default_rng(0))
        percept = policy.perception(moments.scene, moments.tokens, moments.slots)
        loss, rarity = imitation_loss(policy, repertoire, moments, percept)
        assert GAMMA**4 < rarity.item() <= 1
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.6 * losses[0]


def test_what_the_critic_expects_is_not_imitated(collector: Collector, rollout: Rollout) -> None:
    policy, repertoire = expecting(BONUS, collector), make_repertoire(collector)
    repertoire.keep(rollout)
    assert imitate(policy, repertoire) == (0, 0)


def test_a_repertoire_comes_back_as_it_was_saved(collector: Collector, rollout: Rollout) -> None:
    repertoire, copy = make_repertoire(collector), make_repertoire(collector)
    copy.restore(repertoire.state())
    assert len(copy) == 0
    repertoire.keep(rollout)
    goal = (rollout.paths[0].task, rollout.paths[0].skill)
    repertoire.judge([goal], [0.25])
    copy.restore(repertoire.state())
    drawn, again = (each.draw(20, np.random.default_rng(3)) for each in (repertoire, copy))
    assert drawn[0] == again[0]
    for mine, theirs in zip(drawn[1], again[1], strict=True):
        assert (mine.screen, mine.target) == (theirs.screen, theirs.target)
        for one, other in zip(mine[1:-1], theirs[1:-1], strict=True):
            np.testing.assert_array_equal(one, other)
