"""What the shipped packs offer together, for the simulator."""

from __future__ import annotations

import pytest

from hrlctl.packs import load_packs

PACKS = ("desktop_basics", "files_and_text", "workflows")
TASKS = [task for task in load_packs(PACKS).tasks() if "sim" in task.spec.desktops]


@pytest.mark.parametrize(("difficulty", "least"), [("EASY", 20), ("MEDIUM", 16), ("HARD", 12)])
def test_there_is_enough_to_learn_at_every_stage(difficulty: str, least: int) -> None:
    assert sum(task.difficulty == difficulty for task in TASKS) >= least


def test_every_task_can_be_verified_and_ends_in_time() -> None:
    for task in TASKS:
        assert task.spec.oracle, task.id
        assert len(task.spec.instruction.training) >= 2, task.id
        assert task.spec.instruction.held_out, task.id
        assert task.max_steps <= max(10, 3 * task.num_steps), task.id
