"""Tasks are chosen by the desktop that they are for."""

from __future__ import annotations

import pytest

from hrlctl.errors import UsageError
from hrlctl.packs.selection import TaskSelection


def test_a_desktop_leaves_out_the_tasks_of_others() -> None:
    everything = {task.id for task in TaskSelection().load()}
    simulated = {task.id for task in TaskSelection(desktop="sim").load()}
    real = {task.id for task in TaskSelection(desktop="x11").load()}
    assert all(name.startswith("linux_apps/") for name in real)
    assert simulated | real == everything
    assert "linux_apps/write-text" in simulated & real
    assert "linux_apps/open-from-menu" not in simulated


def test_a_named_task_of_another_desktop_is_refused() -> None:
    with pytest.raises(UsageError, match="open-from-menu"):
        TaskSelection(ids=("linux_apps/open-from-menu",), desktop="sim").load()
