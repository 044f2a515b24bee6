"""Which episodes an evaluation plays."""

from __future__ import annotations

import pytest

from hrlctl.evaluation import TaskSelection
from hrlctl.evaluation.plan import plan
from hrlctl.packs import Task, draw_instance
from hrlctl.schema.base import Difficulty, Split


@pytest.fixture(scope="module")
def tasks() -> tuple[Task, ...]:
    return TaskSelection(difficulty=Difficulty.EASY).load()


def test_episodes_are_spread_evenly_and_the_first_tasks_get_the_rest(
    tasks: tuple[Task, ...],
) -> None:
    played = [p.draw.task for chunk in plan(tasks[:3], 100, seed=0) for p in chunk.episodes]
    assert [played.count(index) for index in range(3)] == [34, 33, 33]


def test_no_instance_is_played_twice(tasks: tuple[Task, ...]) -> None:
    played = [episode for chunk in plan(tasks[:2], 500, seed=0) for episode in chunk.episodes]
    assert len(set(played)) == 500


def test_a_task_is_measured_on_the_same_instances_beside_other_tasks(
    tasks: tuple[Task, ...],
) -> None:
    alone = [p.draw.seed for p in plan(tasks[:1], 10, seed=3)[0].episodes]
    among = [p.draw.seed for p in plan(tasks[:2], 20, seed=3)[0].episodes if p.draw.task == 0]
    assert alone == among


def test_another_seed_is_other_episodes(tasks: tuple[Task, ...]) -> None:
    assert plan(tasks[:1], 4, seed=0) != plan(tasks[:1], 4, seed=1)


@pytest.mark.parametrize("split", [Split.SEEDS, Split.WORDS, Split.THEMES])
def test_held_out_instances_are_none_of_training(tasks: tuple[Task, ...], split: Split) -> None:
    drawn = plan(tasks[:1], 50, seed=0)[0].episodes
    held_out = {draw_instance(tasks[0], planned.draw.seed, split).seed for planned in drawn}
    highest = draw_instance(tasks[0], 2**31 - 1, Split.TRAINING).seed
    assert min(held_out) > highest


def test_a_repeat_is_the_same_episodes_with_other_draws(tasks: tuple[Task, ...]) -> None:
    first, second = plan(tasks, 50, seed=1), plan(tasks, 50, seed=1, repeat=1)
    assert [chunk.episodes for chunk in first] == [chunk.episodes for chunk in second]
    assert not {chunk.seed for chunk in first} & {chunk.seed for chunk in second}


def test_shuffled_instructions_are_those_of_other_episodes(tasks: tuple[Task, ...]) -> None:
    planned = [p for chunk in plan(tasks, 50, seed=1, shuffled=True) for p in chunk.episodes]
    assert all(p.told != p.draw for p in planned)
    assert {p.told for p in planned} == {p.draw for p in planned}
    plain = [p.draw for chunk in plan(tasks, 50, seed=1) for p in chunk.episodes]
    assert [p.draw for p in planned] == plain
