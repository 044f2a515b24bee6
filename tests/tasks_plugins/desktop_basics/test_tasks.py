"""The pack proves itself: every oracle solves its task, and nothing less does."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

import tasks_plugins.desktop_basics as package
from hrlctl.desktop.commands import Click, Press, Wait
from hrlctl.desktop.contract import Locator
from hrlctl.desktop.sim.desktop import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.criteria import Verdict, baseline, check
from hrlctl.env.observation import read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.errors import TaskError
from hrlctl.packs import Instance, Task, draw_instance, load_task_file
from hrlctl.schema.base import Difficulty, Split
from tests.tasks_plugins.phrasings import check_phrasings

TASKS = load_task_file(Path(package.__file__).parent / "pack.yaml")
ACTIONS = ActionSpace(160, 120)
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.spec.id))

BUTTONS = {"apply", "close", "discard", "ok", "save"}
"""What milestones are about although some phrasings do not name it."""


@pytest.fixture(scope="module")
def desktop() -> SimDesktop:
    return SimDesktop(160, 120)


def succeeds(desktop: SimDesktop, instance: Instance, leave_out: int | None = None) -> bool:
    """Play the oracle, without one of its actions, and say whether the task is solved."""
    desktop.reset(instance.setup, instance.seed)
    start = baseline(desktop.state())
    texts = read_instruction(instance.instruction).texts
    oracle = Oracle(instance, ACTIONS)
    count = 0
    while (action := oracle.next_action(desktop)) is not None:
        if count != leave_out:
            desktop.perform(ACTIONS.decode(action, texts))
        count += 1
    return check(instance.success, desktop.state(), start) is Verdict.PASS


@each_task
@pytest.mark.parametrize("split", list(Split))
def test_the_oracle_solves_it_in_the_stated_steps(
    desktop: SimDesktop, task: Task, split: Split
) -> None:
    for seed in range(8):
        instance = draw_instance(task, seed, split)
        desktop.reset(instance.setup, instance.seed)
        start = baseline(desktop.state())
        reading = read_instruction(instance.instruction)
        facts = [instance.success, *(milestone.criterion for milestone in instance.milestones)]
        assert all(check(fact, desktop.state(), start) is Verdict.FAIL for fact in facts)
        slots = {text.casefold() for text in reading.texts}
        about = {m.about.casefold() for m in instance.milestones if m.about}
        assert about - slots <= BUTTONS

        oracle, steps, reached = Oracle(instance, ACTIONS), 0, []
        while (action := oracle.next_action(desktop)) is not None:
            assert check(instance.success, desktop.state(), start) is Verdict.FAIL
            desktop.perform(ACTIONS.decode(action, reading.texts))
            steps += 1
            for index, milestone in enumerate(instance.milestones):
                is_new = index not in reached
                if is_new and check(milestone.criterion, desktop.state(), start) is Verdict.PASS:
                    reached.append(index)
        assert check(instance.success, desktop.state(), start) is Verdict.PASS
        assert reached == list(range(len(instance.milestones)))
        turns = sum(getattr(step, "until", None) is not None for step in instance.oracle)
        assert task.num_steps - turns <= steps <= task.num_steps + turns


@each_task
def test_no_step_of_the_oracle_can_be_left_out(desktop: SimDesktop, task: Task) -> None:
    for left_out in range(task.num_steps):
        solved = []
        for seed in range(4):
            instance = draw_instance(task, seed, Split.TRAINING)
            if any(getattr(step, "until", None) is not None for step in instance.oracle):
                continue  # a turn of the wheel is needed only where the item is out of view
            try:
                solved.append(succeeds(desktop, instance, left_out))
            except TaskError:  # without it the next target is not there
                solved.append(False)
        assert not any(solved)


@each_task
def test_doing_nothing_or_everything_does_not_solve_it(desktop: SimDesktop, task: Task) -> None:
    for seed in range(3):
        instance = draw_instance(task, seed, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        start = baseline(desktop.state())
        desktop.perform(Wait())
        assert check(instance.success, desktop.state(), start) is Verdict.FAIL
        for role in ("close_button", "maximize_button", "minimize_button"):
            for _ in range(8):
                rect = desktop.locate(Locator(role))  # type: ignore[arg-type]
                if rect is None:
                    break
                desktop.perform(Click(rect.x + rect.width // 2, rect.y + rect.height // 2))
        for cell in range(ACTIONS.rows * ACTIONS.columns):
            desktop.perform(Click(*ACTIONS.centre(cell)))
        desktop.perform(Press("escape"))
        assert check(instance.success, desktop.state(), start) is not Verdict.PASS


@each_task
def test_a_random_agent_rarely_solves_it(desktop: SimDesktop, task: Task) -> None:
    rng = np.random.default_rng(0)
    solved, tries = 0, 40
    for seed in range(tries):
        instance = draw_instance(task, seed, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        start = baseline(desktop.state())
        texts = read_instruction(instance.instruction).texts
        for _ in range(instance.max_steps):
            desktop.perform(ACTIONS.decode(rng.integers(ACTIONS.sizes), texts))
            if check(instance.success, desktop.state(), start) is Verdict.PASS:
                solved += 1
                break
    assert solved <= 0.1 * tries


def test_the_pack_is_what_its_readers_expect() -> None:
    assert len(TASKS) >= 14
    assert all(task.difficulty is Difficulty.EASY for task in TASKS)
    assert all(Difficulty.of_steps(task.num_steps) is task.difficulty for task in TASKS)
    assert all(task.max_steps <= max(10, 3 * task.num_steps) for task in TASKS)
    assert sum(task.num_steps <= 2 for task in TASKS) <= len(TASKS) / 3
    assert all(task.spec.milestones and task.spec.oracle for task in TASKS)


@each_task
def test_held_out_phrasings_recombine_known_words(task: Task) -> None:
    check_phrasings(task, TASKS, at_least=3)


def test_the_same_seed_gives_the_same_picture(desktop: SimDesktop) -> None:
    for task in random.Random(0).sample(TASKS, 4):
        instance = draw_instance(task, 11, Split.TRAINING)
        desktop.reset(instance.setup, instance.seed)
        first = desktop.capture().copy()
        desktop.reset(draw_instance(task, 12, Split.TRAINING).setup, 12)
        desktop.reset(instance.setup, instance.seed)
        assert (desktop.capture() == first).all()
