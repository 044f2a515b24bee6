"""The pack proves itself: every oracle solves its task, and nothing less does."""

from __future__ import annotations

from collections import Counter
from itertools import groupby, pairwise
from pathlib import Path

import pytest

import tasks_plugins.files_and_text as package
from hrlctl.desktop.sim.desktop import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.observation import INSTRUCTION_LENGTH, read_instruction
from hrlctl.evaluation.verification_play import Play, Script
from hrlctl.evaluation.verification_report import Result
from hrlctl.evaluation.verification_task import Thoroughness, verify_task
from hrlctl.packs import Task, draw_instance, load_task_file
from hrlctl.schema.base import Difficulty, Split
from hrlctl.schema.task import PressStep
from tests.tasks_plugins.phrasings import check_phrasings

TASKS = load_task_file(Path(package.__file__).parent / "pack.yaml")
HARD = [task for task in TASKS if task.difficulty is Difficulty.HARD]
ACTIONS = ActionSpace(160, 120)
MOST_BETWEEN_MILESTONES = 3
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.spec.id))
each_hard_task = pytest.mark.parametrize("task", HARD, ids=lambda task: str(task.spec.id))


@pytest.fixture(scope="module")
def desktop() -> SimDesktop:
    return SimDesktop(160, 120)


@each_task
def test_it_verifies(desktop: SimDesktop, task: Task) -> None:
    much = Thoroughness(instances=1, seed=100, tries=40)  # others than those of a usual run
    verdict = verify_task(task, desktop, ACTIONS, much)
    assert verdict.result is Result.VERIFIED, "\n".join(map(str, verdict.findings))
    assert verdict.steps == task.num_steps


@each_task
def test_milestones_are_few_actions_apart(desktop: SimDesktop, task: Task) -> None:
    """An agent that begins with nothing finds the next one by chance, or never."""
    for split in (Split.TRAINING, Split.WORDS):
        instance = draw_instance(task, 5, split)
        play = Play(instance, desktop, ACTIONS)
        script = Script(instance, ACTIONS)
        reached = [0]
        step = 0
        while (action := script.next_action(desktop)) is not None:
            step += 1
            play.act(action)
            reached += [step] * len(play.newly_reached())
        assert len(reached) == len(instance.milestones) + 1
        assert max(after - before for before, after in pairwise(reached)) < MOST_BETWEEN_MILESTONES


@each_task
def test_an_instruction_is_read_whole(task: Task) -> None:
    for split in Split:
        for seed in range(20):
            instance = draw_instance(task, seed, split)
            reading = read_instruction(instance.instruction)
            quoted = instance.instruction.split('"')[1::2]
            assert set(quoted) <= set(reading.texts)
            outside = "".join(instance.instruction.split('"')[::2])
            assert len(outside) + len(quoted) <= INSTRUCTION_LENGTH
            slots = {text.casefold() for text in reading.texts}
            assert all(m.about.casefold() in slots for m in instance.milestones if m.about)


@each_task
def test_held_out_phrasings_recombine_known_words(task: Task) -> None:
    check_phrasings(task, TASKS, at_least=4)


def test_there_is_something_to_learn_at_every_stage() -> None:
    stages = Counter(task.difficulty for task in TASKS)
    assert stages[Difficulty.EASY] >= 6
    assert stages[Difficulty.MEDIUM] >= 7
    assert stages[Difficulty.HARD] >= 4


@each_hard_task
def test_hard_means_long_and_in_several_windows(desktop: SimDesktop, task: Task) -> None:
    steps = [s.key if isinstance(s, PressStep) else id(s) for s in task.spec.oracle]
    assert sum(1 for _ in groupby(steps)) > 15  # the same key pressed again counts once
    assert len({(m.skill, str(m.criteria)) for m in task.spec.milestones}) >= 4
    instance = draw_instance(task, 0, Split.TRAINING)
    play, script = Play(instance, desktop, ACTIONS), Script(instance, ACTIONS)
    before = {window.title for window in desktop.state().windows}
    opened: set[str] = set()
    while (action := script.next_action(desktop)) is not None:
        play.act(action)
        opened |= {window.title for window in desktop.state().windows} - before
    assert len(opened) >= 2


@each_hard_task
def test_hard_tasks_combine_the_skills_of_shorter_ones(task: Task) -> None:
    shorter = {
        milestone.skill
        for other in TASKS
        if other.difficulty is not Difficulty.HARD
        for milestone in other.spec.milestones
    }
    assert {milestone.skill for milestone in task.spec.milestones} <= shorter
