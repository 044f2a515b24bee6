"""Tasks are chosen by the desktop that they are for."""

from __future__ import annotations

import pytest

from hrlctl.errors import UsageError
from hrlctl.packs.selection import TaskSelection


def test_a_desktop_leaves_out_the_tasks_of_others() -> None:
    everything = TaskSelection().load()
    simulated = TaskSelection(desktop="sim").load()
    real = TaskSelection(desktop="x11").load()
    assert {task.pack for task in real} == {"linux_apps"}
    assert set(simulated).isdisjoint(real)
    assert len(simulated) + len(real) == len(everything)


def test_a_named_task_of_another_desktop_is_refused() -> None:
    with pytest.raises(UsageError, match="open-calculator"):
        TaskSelection(ids=("linux_apps/open-calculator",), desktop="sim").load()
