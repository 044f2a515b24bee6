"""Environments side by side in one process: what they write, whom they ask, going on exactly."""

from __future__ import annotations

import random

import numpy as np
import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionType
from hrlctl.env.arrays import IS_UNCHANGED, LAST_TYPE, UNLABELLED, ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.packs import Task, load_packs
from hrlctl.schema.base import Skill

COUNT = 4


@pytest.fixture(scope="module")
def tasks() -> tuple[Task, ...]:
    return load_packs(["desktop_basics"]).tasks()


class Assigner:
    """Draws from a seed, and remembers whom it was asked for."""

    def __init__(self, tasks: int, linger: int = 0) -> None:
        self.random, self.tasks, self.linger = random.Random(7), tasks, linger
        self.asked: list[int] = []

    def __call__(self, index: int) -> Assignment:
        self.asked.append(index)
        return Assignment(
            self.random.randrange(self.tasks), self.random.randrange(10**6), self.linger
        )


def vector_of(tasks: tuple[Task, ...], linger: int = 0) -> tuple[DesktopVector, Assigner]:
    assigner = Assigner(len(tasks), linger)
    desktops = [SimDesktop() for _ in range(COUNT)]
    return DesktopVector(tasks, desktops, EpisodeRules(), assigner), assigner


def random_actions(rng: np.random.Generator, vector: DesktopVector) -> np.ndarray:
    actions = rng.integers(0, vector.actions.sizes, (COUNT, 6))
    actions[:, 0] = rng.choice([0, 1, 2, 3, 4, 5, 6, 7], COUNT)  # not done: episodes last a while
    return actions


def oracle_actions(vector: DesktopVector, oracles: dict[int, Oracle]) -> np.ndarray:
    """What the oracles do; waiting at their ends."""
    wait = vector.actions.encode(ActionType.WAIT)
    actions = []
    for index in range(COUNT):
        episode = vector.episode(index)
        if episode.length == 0 and not episode.succeeded:
            oracles[index] = Oracle(episode.instance, vector.actions)
        action = None if episode.succeeded else oracles[index].next_action(episode.desktop)
        actions.append(wait if action is None else action)
    return np.stack(actions)


def test_rows_hold_what_their_episodes_show(tasks: tuple[Task, ...]) -> None:
    vector, assigner = vector_of(tasks)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    assert assigner.asked == list(range(COUNT))
    assert seen.is_fresh[0].all()
    rng = np.random.default_rng(1)
    vector.step(random_actions(rng, vector), seen.row(0), seen.row(1), results.row(0))
    for index in range(COUNT):
        episode = vector.episode(index)
        np.testing.assert_array_equal(seen.screens[1, index], episode.desktop.capture())
        np.testing.assert_array_equal(seen.tokens[1, index], episode.reading.tokens)
        np.testing.assert_array_equal(seen.slots[1, index], episode.reading.slots)
        assert seen.context[1, index, 0] == pytest.approx(episode.time_left)
        pointer = seen.context[1, index, 1:3] * (160, 120)
        assert pointer == pytest.approx(episode.desktop.cursor, abs=1e-3)
        assert episode.last_action is not None
        is_same = (seen.screens[1, index] == seen.screens[0, index]).all()
        assert seen.context[1, index, IS_UNCHANGED] == is_same
        last_type = np.flatnonzero(seen.context[1, index, LAST_TYPE:])
        assert last_type.tolist() == [episode.last_action[0]]


def test_a_screen_is_fresh_where_it_changed_and_labelled_there(tasks: tuple[Task, ...]) -> None:
    vector, _ = vector_of(tasks)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    assert seen.looks[0].any()
    assert seen.looks[0].shape == (COUNT, 15, 20)
    assert seen.letters[0].shape == (COUNT, 15, 40)
    assert seen.letters[0].any(axis=(1, 2)).all()
    wait = np.tile(vector.actions.encode(ActionType.WAIT), (COUNT, 1))
    vector.step(wait, seen.row(0), seen.row(1), results.row(0))
    assert not seen.is_fresh[1].any()
    assert not seen.context[0, :, IS_UNCHANGED].any()
    assert seen.context[1, :, IS_UNCHANGED].all()
    np.testing.assert_array_equal(seen.screens[1], seen.screens[0])


def test_the_aim_is_the_first_open_milestone(tasks: tuple[Task, ...]) -> None:
    vector, _ = vector_of(tasks)
    seen = vector.allocate(1).row(0)
    vector.reset(seen)
    for index in range(COUNT):
        first = vector.episode(index).instance.milestones[0]
        texts = vector.episode(index).reading.texts
        skill, slot = seen.aims[index].tolist()
        assert list(Skill)[skill] is first.skill
        if first.about in texts:
            assert texts[slot] == first.about
        else:
            assert slot == UNLABELLED


def test_an_ended_episode_is_recorded_and_the_next_one_shown(tasks: tuple[Task, ...]) -> None:
    vector, assigner = vector_of(tasks)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    actions = np.tile(vector.actions.encode(ActionType.WAIT), (COUNT, 1))
    actions[1] = actions[3] = vector.actions.encode(ActionType.DONE)
    vector.step(actions, seen.row(0), seen.row(1), results.row(0))
    assert [record.env for record in vector.finished] == [1, 3]
    assert not any(record.success or record.truncated for record in vector.finished)
    assert all(record.length == 1 for record in vector.finished)
    assert assigner.asked == [0, 1, 2, 3, 1, 3]
    assert results.terminated[0].tolist() == [False, True, False, True]
    assert results.counts.all()
    assert seen.is_fresh[1].tolist() == [False, True, False, True]
    assert seen.context[1, 1, 0] == 1.0  # all of the next one's time is left
    assert not seen.context[1, 1, IS_UNCHANGED:].any()
    vector.step(actions[[0, 0, 0, 0]], seen.row(1), seen.row(0), results.row(0))
    assert vector.finished == []


def test_success_is_followed_by_steps_that_do_not_count(tasks: tuple[Task, ...]) -> None:
    vector, _ = vector_of(tasks, linger=2)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    oracles: dict[int, Oracle] = {}
    lingered = 0
    for t in range(25):
        before, into = seen.row(t % 2), seen.row((t + 1) % 2)
        lingering = before.is_finished.copy()
        vector.step(oracle_actions(vector, oracles), before, into, results.row(0))
        np.testing.assert_array_equal(results.counts[0], ~lingering)
        assert not results.rewards[0][lingering].any()
        assert results.terminated[0][lingering].all()
        succeeded = [record.env for record in vector.finished if record.success]
        assert into.is_finished[succeeded].all()
        lingered += int(lingering.sum())
    assert lingered >= 4


def test_reached_milestones_are_told_as_labels(tasks: tuple[Task, ...]) -> None:
    vector, _ = vector_of(tasks)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    oracles: dict[int, Oracle] = {}
    reached = 0
    for t in range(20):
        rows = seen.row(t % 2), seen.row((t + 1) % 2)
        vector.step(oracle_actions(vector, oracles), *rows, results.row(0))
        reached += int((results.reached_skill[0] >= 0).sum())
        assert (results.reached_skill >= -1).all()
    assert reached >= 5


@pytest.mark.parametrize("linger", [0, 3])
def test_a_restored_vector_goes_on_exactly(tasks: tuple[Task, ...], linger: int) -> None:
    first, assigner = vector_of(tasks, linger)
    second, twin = vector_of(tasks, linger)
    seen, results = first.allocate(2), first.allocate_results(1)
    first.reset(seen.row(0))
    oracles: dict[int, Oracle] = {}
    for t in range(9):
        rows = seen.row(t % 2), seen.row((t + 1) % 2)
        first.step(oracle_actions(first, oracles), *rows, results.row(0))
    twin.random.setstate(assigner.random.getstate())
    second.restore(first.state())
    assert second.state() == first.state()
    seen_again = ObservationArrays.allocate((2, COUNT), first.actions)
    results_again = second.allocate_results(1)
    second.observe(seen_again.row(1))
    np.testing.assert_array_equal(seen_again.screens[1], seen.screens[1])
    np.testing.assert_array_equal(seen_again.context[1], seen.context[1])
    np.testing.assert_array_equal(seen_again.is_finished[1], seen.is_finished[1])
    rng = np.random.default_rng(3)
    for t in range(9, 30):
        actions = random_actions(rng, first)
        for vector, arrays, into in ((first, seen, results), (second, seen_again, results_again)):
            vector.step(actions, arrays.row(t % 2), arrays.row((t + 1) % 2), into.row(0))
        np.testing.assert_array_equal(seen_again.screens, seen.screens)
        for one, other in zip(results, results_again, strict=True):
            np.testing.assert_array_equal(one, other)
        assert first.finished == second.finished


def test_a_view_shows_an_episode_to_a_person(tasks: tuple[Task, ...]) -> None:
    vector, _ = vector_of(tasks)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    assert vector.view(2, seen.row(0)).action == ""
    click = vector.actions.encode(ActionType.CLICK, pointer=47)
    vector.step(np.tile(click, (COUNT, 1)), seen.row(0), seen.row(1), results.row(0))
    for index in range(COUNT):
        episode, view = vector.episode(index), vector.view(index, seen.row(1))
        if episode.length == 0:  # the click ended one, and the next began
            continue
        assert view.instruction == episode.instance.instruction
        assert view.task_id == episode.instance.task_id
        assert view.slots == episode.reading.texts
        assert view.pointer == vector.actions.centre(47)
        assert view.action.startswith("click")
        np.testing.assert_array_equal(view.screen, episode.desktop.capture())
