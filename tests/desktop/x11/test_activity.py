"""Programs that compute are told from those that sleep, however much time each of them gets."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hrlctl.desktop.x11.activity import Activity, Work
from hrlctl.desktop.x11.tree import ProcessTree

from .test_processes import ENVIRONMENT, wait_for

pytestmark = pytest.mark.x11


@pytest.fixture
def tree() -> Iterator[ProcessTree]:
    made = ProcessTree()
    yield made
    made.close()


def start(tree: ProcessTree, script: str, *, keep: bool = False) -> int:
    return tree.start(["sh", "-c", script], ENVIRONMENT, Path("/"), tree.folder / "log", keep=keep)


def test_programs_that_sleep_are_idle_and_one_that_computes_is_not(tree: ProcessTree) -> None:
    activity = Activity(tree)
    assert activity.is_idle()
    start(tree, "(setsid sleep 60 &); sleep 60")
    assert wait_for(activity.is_idle)
    start(tree, "(setsid sh -c 'while :; do :; done' &)")  # its parent has ended
    assert not any(activity.is_idle() for _ in range(20))
    tree.sweep()
    assert activity.is_idle()


def test_work_without_an_end_is_waited_for_within_reason(tree: ProcessTree) -> None:
    work = Work(Activity(tree))
    start(tree, "while :; do :; done")
    assert work.goes_on()
    assert wait_for(lambda: not work.goes_on())


def test_a_program_that_had_its_turn_shows_unless_the_display_consists_of_it(
    tree: ProcessTree,
) -> None:
    activity = Activity(tree)
    pipes = [tree.folder / name for name in ("part", "program")]
    for pipe in pipes:
        os.mkfifo(pipe)
    for pipe, keep in zip(pipes, (True, False), strict=True):
        start(tree, f"exec 3<>{pipe}; while read line <&3; do :; done", keep=keep)
    assert wait_for(lambda: activity.is_idle() and len(activity.turns()) == 1)
    before = activity.turns()
    pipes[0].write_text("wake\n")
    assert wait_for(activity.is_idle)
    assert activity.turns() == before
    pipes[1].write_text("wake\n")
    assert wait_for(lambda: activity.turns() != before)
