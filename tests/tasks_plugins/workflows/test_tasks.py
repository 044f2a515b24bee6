"""The pack proves itself, and its long tasks are long for a reason."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

import tasks_plugins.desktop_basics as desktop_basics
import tasks_plugins.workflows as package
from hrlctl.desktop.sim.desktop import SimDesktop
from hrlctl.env.action import NUM_SLOTS, ActionSpace
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH, read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.env.reward import RewardScale
from hrlctl.evaluation.verification_agents import check_blind_agents
from hrlctl.evaluation.verification_oracle import check_instance, check_necessity, check_steps
from hrlctl.evaluation.verification_play import Play, play_oracle
from hrlctl.packs import Task, draw_instance, load_task_file
from hrlctl.schema.base import Difficulty, Skill, Split
from hrlctl.schema.task import PressStep
from tests.tasks_plugins.phrasings import check_phrasings

TASKS = load_task_file(Path(package.__file__).parent / "pack.yaml")
LEARNED = load_task_file(Path(desktop_basics.__file__).parent / "pack.yaml")
EASY = [task for task in TASKS if task.difficulty is Difficulty.EASY]
HARD = [task for task in TASKS if task.difficulty is Difficulty.HARD]
ACTIONS = ActionSpace(160, 120)
LONGEST_GAP = 3  # actions from one milestone to the next
DEFAULT_GAMMA = 0.99
each_task = pytest.mark.parametrize("task", TASKS, ids=lambda task: str(task.spec.id))
each_easy_task = pytest.mark.parametrize("task", EASY, ids=lambda task: str(task.spec.id))
each_hard_task = pytest.mark.parametrize("task", HARD, ids=lambda task: str(task.spec.id))


@pytest.fixture(scope="module")
def desktop() -> SimDesktop:
    return SimDesktop(160, 120)


@each_task
@pytest.mark.parametrize("split", list(Split))
def test_the_oracle_solves_it_in_the_stated_steps(
    desktop: SimDesktop, task: Task, split: Split
) -> None:
    instance = draw_instance(task, 40, split)
    run, faults = check_instance(task, instance, desktop, ACTIONS)
    assert faults == []
    assert run is not None
    assert run.steps == task.num_steps
    assert list(check_steps(task, run.steps)) == []


@each_task
def test_no_step_of_the_oracle_can_be_left_out(desktop: SimDesktop, task: Task) -> None:
    instance = draw_instance(task, 41, Split.TRAINING)
    run = play_oracle(Play(instance, desktop, ACTIONS))
    assert list(check_necessity(instance, run, desktop, ACTIONS)) == []


@each_easy_task
def test_doing_everything_does_not_solve_it(desktop: SimDesktop, task: Task) -> None:
    instance = draw_instance(task, 42, Split.TRAINING)
    assert list(check_blind_agents(instance, desktop, ACTIONS)) == []


@each_task
def test_the_next_milestone_is_never_far(desktop: SimDesktop, task: Task) -> None:
    instance = draw_instance(task, 3, Split.TRAINING)
    play, oracle = Play(instance, desktop, ACTIONS), Oracle(instance, ACTIONS)
    taken, reached_at = 0, [0]
    while (action := oracle.next_action(desktop)) is not None:
        play.act(action)
        taken += 1
        if play.newly_reached():
            reached_at.append(taken)
    gaps = [later - earlier for earlier, later in pairwise(reached_at)]
    assert max(gaps) <= LONGEST_GAP
    assert reached_at[-1] == taken


@each_task
def test_an_agent_can_read_all_of_it(task: Task) -> None:
    for split in Split:
        for seed in range(20):
            instance = draw_instance(task, seed, split)
            reading = read_instruction(instance.instruction)
            assert reading.tokens[INSTRUCTION_LENGTH - 1] == 0
            assert instance.instruction.count('"') / 2 <= NUM_SLOTS
            slots = {text.casefold() for text in reading.texts}
            quoted = instance.instruction.split('"')[1::2]
            assert all(len(text) <= SLOT_LENGTH for text in quoted)
            assert {m.about.casefold() for m in instance.milestones if m.about} <= slots


@each_task
def test_held_out_phrasings_recombine_known_words(task: Task) -> None:
    check_phrasings(task, TASKS, at_least=3)


def test_the_pack_has_all_stages() -> None:
    counts = {d: sum(task.difficulty is d for task in TASKS) for d in Difficulty}
    assert counts[Difficulty.EASY] >= 4
    assert counts[Difficulty.MEDIUM] >= 9
    assert counts[Difficulty.HARD] >= 8
    RewardScale().check(TASKS, DEFAULT_GAMMA)  # success always pays more than any failure


@each_hard_task
def test_a_long_task_is_no_repetition(desktop: SimDesktop, task: Task) -> None:
    keys = [step.key for step in task.spec.oracle if isinstance(step, PressStep)]
    assert len(task.spec.oracle) - (len(keys) - len(set(keys))) > 15
    instance = draw_instance(task, 5, Split.TRAINING)
    assert len({(m.skill, m.criterion) for m in instance.milestones}) >= 4
    play, oracle = Play(instance, desktop, ACTIONS), Oracle(instance, ACTIONS)
    used = set()
    while (action := oracle.next_action(desktop)) is not None:
        play.act(action)
        used |= {w.program for w in desktop.state().windows if w.is_focused and not w.is_dialog}
    assert len(used) >= 2


@each_hard_task
def test_a_long_task_combines_what_short_ones_teach(task: Task) -> None:
    short = [t for t in (*TASKS, *LEARNED) if t.difficulty is Difficulty.EASY]
    taught: set[Skill] = {m.skill for t in short for m in t.spec.milestones}
    asked = {m.skill for m in task.spec.milestones}
    assert asked <= taught
    assert len(asked) >= 4
