"""Behaviour cloning: what is asked of both levels, and that they learn it."""

from __future__ import annotations

import itertools
import random
from typing import Any

import numpy as np
import pytest
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionType, Part
from hrlctl.env.arrays import UNLABELLED, ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.manager import DURATIONS, NOTHING_YET, SKILLS
from hrlctl.schema.base import Skill
from hrlctl.schema.run import PolicyConfig
from hrlctl.training.cloning import CloningLosses, Exercise, cloning_losses, perceive
from hrlctl.training.demonstrations import Demonstrations, Demonstrator, Lessons

GAMMA = 0.99


@pytest.fixture(scope="module")
def steps(basics: tuple[Task, ...]) -> tuple[ObservationArrays, Lessons]:
    demonstrator = Demonstrator(basics, SimDesktop(128, 96), EpisodeRules(), seed=0)
    found = Demonstrations(basics, demonstrator.actions)
    for turn in found.turns(len(basics)):
        found.add(demonstrator.play(turn))
    return found.take(np.arange(len(found)))


def exercise_of(steps: Any, *, hierarchical: bool = True, seed: int = 0) -> Exercise:
    rng = np.random.default_rng(seed)
    return Exercise.of(*steps, GAMMA, rng, hierarchical=hierarchical)


def small_policy(kind: str = "hierarchical") -> HierarchicalPolicy:
    torch.manual_seed(0)
    return HierarchicalPolicy(PolicyConfig.model_validate({"kind": kind, "width": 16}))


def losses_of(policy: HierarchicalPolicy, steps: Any, exercise: Exercise) -> CloningLosses:
    return cloning_losses(policy, perceive(policy, steps[0], len(steps[0].screens) // 2), exercise)


def test_the_worker_is_told_what_is_due_for_no_longer_than_it_takes(steps: Any) -> None:
    seen, lessons = steps
    exercise = exercise_of(steps)
    acts = ~seen.is_finished
    assert (exercise.option.skill.numpy() == lessons.aim[:, 0])[acts].all()
    slots = exercise.option.slot.numpy()
    is_about = lessons.aim[:, 1] != UNLABELLED
    assert (slots == lessons.aim[:, 1])[is_about].all()
    filled = (seen.slots[:, :, 0] > 0).sum(1)
    assert (slots < np.maximum(filled, 1)).all()  # a slot that the instruction has
    lengths = np.array(DURATIONS)[exercise.decision.duration.numpy()]
    assert (lengths <= lessons.steps_left)[acts].all()
    assert (2 * lengths > np.minimum(lessons.steps_left, DURATIONS[-1]))[acts].all()
    remaining = exercise.option.remaining.numpy()
    assert ((remaining >= 1) & (remaining <= lengths)).all()


def test_a_text_that_the_decision_is_not_about_is_typed_in_sight_of_the_instruction(
    steps: Any,
) -> None:
    seen, lessons = steps
    typed = lessons.action[:, Part.TYPE] == ActionType.TYPE_TEXT
    assert typed.any()
    other = lessons.aim.copy()
    other[typed, 1] = (lessons.action[typed, Part.SLOT] + 1) % 6
    exercise = exercise_of((seen, lessons._replace(aim=other)))
    assert exercise.option.sees_instruction.numpy()[typed].all()
    hidden = ~exercise_of(steps).option.sees_instruction.numpy()
    assert 0.3 < hidden.mean() < 0.7


def test_memory_and_clock_are_not_to_be_trusted(steps: Any) -> None:
    seen, lessons = steps
    exercise = exercise_of(steps)
    remembered = exercise.memory.skill.numpy()
    assert (remembered == NOTHING_YET).any()
    again = (lessons.before[:, 0] != lessons.aim[:, 0]) & ~exercise.is_over.numpy()
    assert again.any()  # what is due was tried before, and is still due
    late = exercise.context[:, 0].numpy() < seen.context[:, 0]
    assert 0.2 < late.mean() < 0.8
    assert (exercise.context[:, 1:].numpy() == seen.context[:, 1:]).all()


def test_the_flat_control_is_asked_for_the_actions_alone(steps: Any) -> None:
    exercise = exercise_of(steps, hierarchical=False)
    assert (exercise.option.skill == SKILLS.index(Skill.TASK)).all()
    assert exercise.option.sees_instruction.all()
    found = losses_of(small_policy("flat"), steps, exercise)
    assert found.manager == found.stop == 0
    assert found.worker > 0


def test_what_cannot_be_done_is_not_taught(steps: Any) -> None:
    _, lessons = steps
    exercise, policy = exercise_of(steps), small_policy()
    typed = torch.from_numpy(lessons.action[:, Part.TYPE] == ActionType.TYPE_TEXT)
    action = exercise.action.clone()
    action[typed, Part.SLOT] = 5  # an empty slot
    found = losses_of(policy, steps, exercise._replace(action=action))
    assert found.worker < 100


def test_any_cell_of_the_target_will_do(steps: Any) -> None:
    policy, exercise = small_policy(), exercise_of(steps)
    any_cell = losses_of(policy, steps, exercise).worker
    own = torch.zeros_like(exercise.cells)
    own.scatter_(2, exercise.action[:, Part.POINTER : Part.TARGET + 1].unsqueeze(2), True)
    one_cell = losses_of(policy, steps, exercise._replace(cells=own)).worker
    assert any_cell < one_cell - 0.1
    everywhere = torch.ones_like(exercise.cells)
    kinds_alone = losses_of(policy, steps, exercise._replace(cells=everywhere)).worker
    assert kinds_alone < any_cell - 0.5


def test_both_levels_learn_what_was_demonstrated(steps: Any) -> None:
    rows = np.arange(12)
    some = tuple(type(part)(*(array[rows] for array in part)) for part in steps)
    policy = small_policy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)
    exercise = exercise_of(some)
    before = losses_of(policy, some, exercise)
    for _ in range(30):
        found = losses_of(policy, some, exercise)
        optimizer.zero_grad()
        sum(found[:6]).backward()  # type: ignore[union-attr]
        optimizer.step()
    after = losses_of(policy, some, exercise)
    for name in ("worker", "manager", "stop", "done", "aim", "value"):
        assert getattr(after, name) < 0.6 * getattr(before, name), name
    assert after.actions_right > before.actions_right


def test_the_worker_does_what_it_is_told(steps: Any) -> None:
    """Each screen is shown with two skills, and with the action that belongs to either."""
    lessons = steps[1]
    acts = np.isin(lessons.action[:, Part.TYPE], (ActionType.CLICK, ActionType.PRESS))
    pairs = [
        (here, there)
        for here, there in itertools.combinations(np.flatnonzero(acts), 2)
        if lessons.aim[here, 0] != lessons.aim[there, 0]
    ]
    here, there = np.array(random.Random(0).sample(pairs, 12)).T
    screens, told = np.concatenate([here, here]), np.concatenate([here, there])
    seen = type(steps[0])(*(array[screens] for array in steps[0]))
    some = seen, type(lessons)(*(array[told] for array in lessons))
    exercise = exercise_of(some)
    exercise.option.sees_instruction.fill_(False)
    exercise.option.slot.zero_()

    policy = small_policy()
    optimizer = torch.optim.Adam(policy.parameters(), lr=3e-3)
    for _ in range(60):
        optimizer.zero_grad()
        losses_of(policy, some, exercise).worker.backward()
        optimizer.step()
    swapped = exercise.option._replace(skill=exercise.option.skill.roll(12))
    as_told = losses_of(policy, some, exercise).worker
    assert losses_of(policy, some, exercise._replace(option=swapped)).worker > 2 * as_told
