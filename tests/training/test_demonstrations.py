"""Demonstrations: what is kept of oracle episodes, and what is said where there are none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env import vector
from hrlctl.env.action import Action, ActionSpace, ActionType, Part
from hrlctl.env.arrays import LAST_TYPE, UNLABELLED, ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Advice, Oracle
from hrlctl.errors import TaskError, UsageError
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.policy import HierarchicalPolicy
from hrlctl.policy.manager import NOTHING_YET
from hrlctl.schema.base import Split
from hrlctl.schema.run import PolicyConfig
from hrlctl.training import demonstrations
from hrlctl.training.demonstrations import (
    AT_A_TIME,
    Demonstrations,
    Demonstrator,
    Lessons,
    solvable,
)
from hrlctl.training.hands import AgentsHand, Hand, SlippingHand

RULES = EpisodeRules()


def played(
    tasks: tuple[Task, ...], count: int, seed: int = 0, hand: Hand | None = None
) -> Demonstrations:
    demonstrator = Demonstrator(tasks, SimDesktop(128, 96), RULES, seed, hand)
    found = Demonstrations(tasks, demonstrator.actions)
    while turns := found.turns(count):
        for turn in turns:
            found.add(demonstrator.play(turn))
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


def test_a_skill_about_nothing_keeps_the_slot_in_mind(basics: tuple[Task, ...]) -> None:
    seen, lessons = everything(played(basics, 2 * len(basics)))
    starts = np.concatenate([[True], seen.is_finished[:-1]])
    told = seen.aims[:, 1] != UNLABELLED
    follows = ~starts & ~seen.is_finished
    open_before = np.concatenate([[False], lessons.aim[:-1, 1] != UNLABELLED])
    kept = follows & ~told & open_before
    assert kept.sum() > 5
    rows = np.flatnonzero(kept)
    np.testing.assert_array_equal(lessons.aim[rows, 1], lessons.aim[rows - 1, 1])


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


def by_hand(seen: Any) -> Any:
    """Which steps are of episodes in which the hand acted: every other one."""
    episode = np.cumsum(np.concatenate([[False], seen.is_finished[:-1]]))
    return episode % 2 == 1


def test_every_other_turn_slips_and_makes_up_for_it(basics: tuple[Task, ...]) -> None:
    """What is learned is the oracle's action, on screens that it alone would not have seen."""
    longer = ("save-word", "calculator-add", "toggle-setting", "discard-changes")
    found = played(tuple(task for task in basics if task.id.endswith(longer)), 60, seed=3)
    seen, lessons = everything(found)
    assert not found.faults
    assert seen.is_finished.sum() == found.played
    later = np.flatnonzero(by_hand(seen) & ~seen.is_finished)[1:]
    types = seen.context[:, LAST_TYPE:].argmax(1)
    slipped = (types[later] != lessons.action[later - 1, Part.TYPE]) & by_hand(seen)[later - 1]
    assert slipped.sum() > 2
    cells = np.unpackbits(lessons.cells, axis=2, count=16 * 12)
    for part, index in ((Part.POINTER, 0), (Part.TARGET, 1)):
        own = np.take_along_axis(cells[:, index], lessons.action[:, [part]], axis=1)
        assert own[~seen.is_finished].all()
    assert cells[:, 0].sum(1).max() > 1


def test_a_hand_slips_as_an_agent_would(basics: tuple[Task, ...]) -> None:
    desktop, actions = SimDesktop(128, 96), ActionSpace(128, 96)
    seen = ObservationArrays.allocate((1,), actions)
    hand, kinds, slips, steps = SlippingHand(actions), set(), 0, 0
    for number, task in enumerate(basics * 5):
        instance = draw_instance(task, number, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        advice = Oracle(instance, actions).advise(desktop)
        assert advice is not None
        drawn = []
        for _ in range(2):
            hand.begin(number)
            drawn.append([hand.act(seen, advice) for _ in range(10)])
        np.testing.assert_array_equal(*drawn)
        for action in drawn[0]:
            steps += 1
            if not advice.allows(action):
                slips += 1
                kinds.add(ActionType(int(action[Part.TYPE])))
    assert 0.05 < slips / steps < 0.16
    assert kinds >= {ActionType.CLICK, ActionType.DOUBLE_CLICK}
    assert ActionType.DONE not in kinds


class Wanderer:
    """An agent that does nothing but wait, and remembers the second slot."""

    memory = (3, 1)

    def begin(self, seed: int) -> None:
        self.acted = 0

    def act(self, seen: ObservationArrays, advice: Advice) -> Action:
        self.acted += 1
        if self.acted % 2:
            return advice.action
        wait = np.zeros_like(advice.action)
        wait[Part.TYPE] = ActionType.WAIT
        return wait


def test_what_the_hand_does_is_seen_and_what_is_advised_is_learned(
    basics: tuple[Task, ...],
) -> None:
    tasks = basics[:4]
    found = played(tasks, 8, hand=Wanderer())
    seen, lessons = everything(found)
    assert not found.faults
    assert (lessons.action[:, Part.TYPE] != ActionType.WAIT).all()
    theirs = by_hand(seen)
    assert (lessons.before[theirs] == (3, 1)).all()
    waited = seen.context[:, LAST_TYPE + ActionType.WAIT] == 1
    assert waited[theirs].any()
    assert not waited[~theirs].any()


class Vandal(Wanderer):
    """Closes whatever is open, which no oracle makes up for."""

    def act(self, seen: ObservationArrays, advice: Advice) -> Action:
        self.acted += 1
        if self.acted < 2:
            return advice.action
        return ActionSpace(128, 96).encode(ActionType.PRESS, key="alt+f4")


def test_a_hand_acts_up_to_what_cannot_be_made_up_for(basics: tuple[Task, ...]) -> None:
    tasks = tuple(task for task in basics if task.id.endswith(("save-word", "calculator-add")))
    found = played(tasks, 4, hand=Vandal())
    seen, lessons = everything(found)
    assert not found.faults
    assert seen.is_finished.sum() == 4
    # The vandal's first step stands, and the oracle goes on from there.
    theirs = by_hand(seen)
    begins = np.concatenate([[True], seen.is_finished[:-1]]) & theirs
    assert begins.sum() == 2
    assert (lessons.before[begins] == (3, 1)).all()
    later = lessons.action[theirs & ~begins]
    assert len(later) > 4
    assert (later[:, Part.TYPE] != ActionType.WAIT).all()


def test_tasks_in_which_the_hand_errs_come_up_more_often(
    basics: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    draw = vector.draw_instance

    def noted(task: Task, seed: int, split: Split) -> Instance:
        drawn.append(task.id)
        return draw(task, seed, split)

    class Sometimes(Wanderer):
        """Errs in one task only."""

        def act(self, seen: ObservationArrays, advice: Advice) -> Action:
            return super().act(seen, advice) if drawn[-1] == basics[1].id else advice.action

    monkeypatch.setattr(vector, "draw_instance", noted)
    demonstrator = Demonstrator(basics[:2], SimDesktop(128, 96), RULES, 0, Sometimes())
    found = Demonstrations(basics[:2], demonstrator.actions)
    counts = Counter[str]()
    while turns := found.turns(4 * AT_A_TIME):
        for turn in turns:
            found.add(demonstrator.play(turn))
            counts[drawn[-1]] += turn.by_hand
    assert counts[basics[1].id] > 2 * counts[basics[0].id] > 0


def test_an_agent_acts_until_it_errs_too_often(basics: tuple[Task, ...]) -> None:
    torch.manual_seed(0)
    hand = AgentsHand(HierarchicalPolicy(PolicyConfig(width=16)).eval())
    actions = ActionSpace(128, 96)
    seen = ObservationArrays.allocate((1,), actions)
    advice = Advice(actions.encode(ActionType.PRESS, key="f2"), *np.zeros((2, 16 * 12), dtype=bool))
    hand.begin(0)
    assert hand.memory[0] == NOTHING_YET
    allowed = [advice.allows(hand.act(seen, advice)) for _ in range(9)]
    assert allowed == [False, False, True] * 3
    assert hand.memory[0] != NOTHING_YET


def test_tasks_without_an_oracle_are_left_out(
    basics: tuple[Task, ...], make_tasks: Callable[..., tuple[Task, ...]]
) -> None:
    without = make_tasks("EASY")
    assert solvable((*without, *basics[:2])) == basics[:2]
    with pytest.raises(UsageError) as caught:
        solvable(without)
    assert caught.value.where == without[0].id
