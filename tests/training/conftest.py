"""Tasks and small networks that the tests of training share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch

from hrlctl.packs import Task, load_packs, load_task_file

TaskMaker = Callable[..., tuple[Task, ...]]


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are fastest so, and other tests may be running beside."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def basics() -> tuple[Task, ...]:
    return load_packs(["desktop_basics"]).tasks()


@pytest.fixture
def make_tasks(tmp_path: Path) -> TaskMaker:
    """Makes one task for each difficulty that is named; every first step succeeds in them."""

    def make(*difficulties: str) -> tuple[Task, ...]:
        steps = {"EASY": 2, "MEDIUM": 10, "HARD": 20}
        entries = [
            {
                "id": f"task-{number}",
                "instruction": "Look",
                "difficulty": difficulty,
                "num_steps": steps[difficulty],
                "success_criteria": {"not": {"window_title": "There is no such window"}},
            }
            for number, difficulty in enumerate(difficulties)
        ]
        path = tmp_path / "tasks.json"
        path.write_text(json.dumps(entries))
        return load_task_file(path)

    return make
