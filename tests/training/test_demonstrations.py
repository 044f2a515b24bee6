"""Demonstrations: what is kept of oracle episodes, and what is said where there are none."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env import vector
from hrlctl.env.action import ActionSpace, ActionType, Part
from hrlctl.env.arrays import UNLABELLED
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.errors import TaskError, UsageError
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.policy.manager import NOTHING_YET
from hrlctl.schema.base import Split
from hrlctl.training import demonstrations
from hrlctl.training.demonstrations import Demonstrations, Lessons, solvable
from hrlctl.training.slips import slip

RULES = EpisodeRules()


def played(tasks: tuple[Task, ...], count: int, seed: int = 0) -> Demonstrations:
    found = Demonstrations(tasks, SimDesktop(128, 96), RULES, seed)
    for _ in range(count):
        found.play()
    return found


def everything(found: Demonstrations) -> tuple[Any, Lessons]:
    return found.take(np.arange(len(found)))


def test_the_tasks_take_turns_in_training_instances(
    basics: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Instance] = []
    draw = vector.draw_instance

    def noted(task: Task, seed: int, split: Split) -> Instance:
        drawn.append(draw(task, seed, split))
        return drawn[-1]

    monkeypatch.setattr(vector, "draw_instance", noted)
    found = played(basics[:3], 6)
    assert Counter(instance.task_id for instance in drawn) == {task.id: 2 for task in basics[:3]}
    assert {instance.split for instance in drawn} == {Split.TRAINING}
    assert len({instance.seed for instance in drawn}) == 6
    seen, _ = everything(found)
    assert found.played == seen.is_finished.sum() == 6


def test_a_demonstration_ends_in_success_and_says_what_each_step_was_for(
    basics: tuple[Task, ...],
) -> None:
    seen, lessons = everything(played(basics, len(basics)))
    acts = ~seen.is_finished
    assert (lessons.aim[acts, 0] != UNLABELLED).all()
    assert (lessons.aim[~acts] == UNLABELLED).all()
    assert (lessons.steps_left[acts] > 0).all()
    assert (lessons.steps_left[~acts] == 0).all()
    assert (lessons.value[~acts] == 0).all()
    assert (lessons.value[acts] > 0.8).all()  # success is near at every step
    starts = np.concatenate([[True], ~acts[:-1]])
    assert (lessons.before[starts, 0] == NOTHING_YET).all()
    follows = np.flatnonzero(~starts)
    np.testing.assert_array_equal(lessons.before[follows], lessons.aim[follows - 1])
    last = np.flatnonzero(~acts) - 1
    assert (lessons.value[last] >= RULES.scale.success).all()
    assert (lessons.steps_left[last] == 1).all()
    assert (seen.letters != UNLABELLED).all()  # labels for reading
    assert seen.screens.shape[1:] == (96, 128, 3)
    assert seen.screens.std() > 10


def test_the_seed_decides_what_is_demonstrated(basics: tuple[Task, ...]) -> None:
    one, two, three = (everything(played(basics[:4], 4, seed)) for seed in (1, 1, 2))
    for first, second in zip((*one[0], *one[1]), (*two[0], *two[1]), strict=True):
        np.testing.assert_array_equal(first, second)
    assert (
        one[0].screens.shape != three[0].screens.shape or (one[0].screens != three[0].screens).any()
    )


def test_an_oracle_that_fails_teaches_nothing(
    basics: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    advise = demonstrations.Oracle.advise

    def sometimes(self: Any, desktop: Any) -> Any:
        if self._instance.task_id == basics[0].id:
            raise TaskError("its target is not on the screen", where=basics[0].id)
        return advise(self, desktop)

    monkeypatch.setattr(demonstrations.Oracle, "advise", sometimes)
    found = played(basics[:2], 4)
    assert found.played == 4
    assert found.faults == {basics[0].id: "its target is not on the screen"}
    assert everything(found)[0].is_finished.sum() == 2


def test_every_other_turn_slips_and_makes_up_for_it(basics: tuple[Task, ...]) -> None:
    """What is learned is the oracle's action, on screens that it alone would not have seen."""
    tasks = basics[:6]
    found = played(tasks, len(tasks) * 8, seed=3)
    seen, lessons = everything(found)
    assert not found.faults
    assert seen.is_finished.sum() == found.played
    ends = np.flatnonzero(seen.is_finished)
    lengths = np.diff(ends, prepend=-1).reshape(8, len(tasks)) - 1
    assert (lengths[1::2].mean(0) >= lengths[::2].mean(0)).mean() > 0.6
    assert lengths[1::2].sum() > lengths[::2].sum()
    cells = np.unpackbits(lessons.cells, axis=2, count=16 * 12)
    for part, index in ((Part.POINTER, 0), (Part.TARGET, 1)):
        own = np.take_along_axis(cells[:, index], lessons.action[:, [part]], axis=1)
        assert own[~seen.is_finished].all()
    assert cells[:, 0].sum(1).max() > 1


def test_a_slip_is_never_what_is_advised(basics: tuple[Task, ...]) -> None:
    desktop = SimDesktop(128, 96)
    actions = ActionSpace(128, 96)
    rng = random.Random(0)
    kinds = set()
    for task in basics:
        instance = draw_instance(task, 1, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        advice = Oracle(instance, actions).advise(desktop)
        assert advice is not None
        for _ in range(50):
            drawn = slip(advice, advice.action, actions, rng)
            assert drawn is None or not advice.allows(drawn)
            if drawn is not None:
                kinds.add(ActionType(int(drawn[Part.TYPE])))
    assert kinds >= {ActionType.CLICK, ActionType.DOUBLE_CLICK}
    assert ActionType.DONE not in kinds


def test_tasks_without_an_oracle_are_left_out(
    basics: tuple[Task, ...], make_tasks: Callable[..., tuple[Task, ...]]
) -> None:
    without = make_tasks("EASY")
    assert solvable((*without, *basics[:2])) == basics[:2]
    with pytest.raises(UsageError) as caught:
        solvable(without)
    assert caught.value.where == without[0].id
