"""Does it learn? From pixels and an instruction, within a fixed number of steps.

pytest -m slow tests/training/test_learning.py
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
import torch

from hrlctl.config.presets import PRESETS
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.events import UpdateFinished
from hrlctl.packs import load_task_file
from hrlctl.policy import HierarchicalPolicy
from hrlctl.training import PPOTrainer

STEPS = 36_864  # meant to take under 4 minutes on two idle cores
ENVS = 32
AT_FIRST, AT_LAST = 0.2, 0.8
TRAINING = {key.removeprefix("training."): value for key, value in PRESETS["fast"].items()} | {
    "num_envs": ENVS,
    "reading_steps": 4_096,
    "seed": 0,
}

# One scene, two requests: only who sees the window and reads the instruction does what is asked.
SETUP = {"windows": [{"title": "Notes"}], "distractors": [0, 0]}
TASKS = [
    {
        "id": "close",
        "instruction": "Close the window",
        "difficulty": "EASY",
        "num_steps": 1,
        "setup": SETUP,
        "success_criteria": {"window_closed": "Notes", "changed_only": "Notes"},
    },
    {
        "id": "maximize",
        "instruction": "Maximize it",
        "difficulty": "EASY",
        "num_steps": 1,
        "setup": SETUP,
        "success_criteria": {
            "window_state": {"title": "Notes", "state": "maximized"},
            "changed_only": "Notes",
        },
    },
]


@pytest.mark.slow
def test_two_tasks_are_learned_from_pixels(tmp_path: Path) -> None:
    path = tmp_path / "tasks.json"
    path.write_text(json.dumps(TASKS))
    tasks = load_task_file(path)
    torch.manual_seed(0)
    torch.set_num_threads(os.cpu_count() or 1)
    envs = [DesktopEnv(tasks, desktop=SimDesktop(128, 96)) for _ in range(ENVS)]
    trainer = PPOTrainer(HierarchicalPolicy(), envs, **TRAINING)
    updates = []
    for event in trainer.events(STEPS):
        if isinstance(event, UpdateFinished):
            updates.append(event)
            print(event.steps, event.seconds, [task.success_rate for task in event.tasks])
    # The first rollout is played before anything is learned.
    first, last = updates[0], updates[-1]
    assert first.success_rate is not None
    assert last.success_rate is not None
    assert first.success_rate < AT_FIRST
    assert last.success_rate >= AT_LAST
