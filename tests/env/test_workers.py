"""Environments in worker processes: the same as in one process, and nothing that stops a run."""

from __future__ import annotations

import gc
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionType
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, DesktopVector, EnvironmentVector, Fault
from hrlctl.env.workers import WorkerVector
from hrlctl.errors import DesktopError, UsageError
from hrlctl.packs import Task, load_packs

COUNT = 5
WAIT = 7


@pytest.fixture(scope="module")
def tasks() -> tuple[Task, ...]:
    return load_packs(["desktop_basics"]).tasks()


class Assigner:
    """Draws from a seed, and remembers whom it was asked for."""

    def __init__(self, tasks: int) -> None:
        self.random, self.tasks = random.Random(11), tasks
        self.asked: list[int] = []

    def __call__(self, index: int) -> Assignment:
        self.asked.append(index)
        linger = self.random.randrange(3)
        return Assignment(self.random.randrange(self.tasks), self.random.randrange(10**6), linger)


def worker_vector(tasks: tuple[Task, ...], seconds: float = 60.0) -> WorkerVector:
    return WorkerVector(
        tasks,
        COUNT,
        partial(SimDesktop, 160, 120),
        EpisodeRules(),
        Assigner(len(tasks)),
        workers=2,
        seconds=seconds,
    )


@pytest.fixture(scope="module")
def vector(tasks: tuple[Task, ...]) -> Iterator[WorkerVector]:
    vector = worker_vector(tasks)
    yield vector
    vector.close()


def played(vector: EnvironmentVector, steps: int, seed: int = 5) -> list[Any]:
    """All that a vector wrote and told in ``steps`` random steps."""
    seen, results = vector.allocate(steps + 1), vector.allocate_results(steps)
    rng = np.random.default_rng(seed)
    vector.reset(seen.row(0))
    assert vector.faults == []
    finished = []
    for t in range(steps):
        actions = rng.integers(0, vector.actions.sizes, (COUNT, 6))
        vector.step(actions, seen.row(t), seen.row(t + 1), results.row(t))
        assert vector.faults == []
        finished.append(vector.finished)
    return [*seen, *results, finished, vector.state(), vector.view(COUNT - 1, seen.row(steps))]


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    if isinstance(one, tuple):
        return all(same(a, b) for a, b in zip(one, other, strict=True))
    return bool(one == other)


def wait_step(vector: WorkerVector, seen: Any, results: Any) -> None:
    actions = np.zeros((COUNT, 6), np.int64)
    actions[:, 0] = WAIT
    vector.step(actions, seen.row(0), seen.row(1), results.row(0))


def test_nothing_depends_on_the_number_of_processes(
    tasks: tuple[Task, ...], vector: WorkerVector
) -> None:
    alone = Assigner(len(tasks))
    inside = DesktopVector(tasks, [SimDesktop() for _ in range(COUNT)], EpisodeRules(), alone)
    expected = played(inside, 60)
    assert len(expected[-3]) == 60
    assert sum(map(len, expected[-3])) > 10
    for one, other in zip(expected, played(vector, 60), strict=True):
        assert same(one, other)
    assert isinstance(vector.assign, Assigner)
    assert vector.assign.asked == alone.asked

    # From there, one goes on where the other stood.
    vector.restore(inside.state())
    assert vector.faults == []
    seen, again = inside.allocate(1), vector.allocate(1)
    inside.observe(seen.row(0))
    vector.observe(again.row(0))
    assert vector.faults == []
    for one, other in zip(seen, again, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_killed_process_is_replaced_and_its_episodes_are_faults(vector: WorkerVector) -> None:
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    before = vector.state()
    victim = vector.processes[0]
    os.kill(victim.pid, signal.SIGSTOP)  # it gets no further than the middle of the step
    killer = threading.Timer(0.2, os.kill, (victim.pid, signal.SIGKILL))
    killer.start()
    wait_step(vector, seen, results)
    killer.join()
    assert [fault.worker for fault in vector.faults] == [0]
    assert "SIGKILL" in vector.faults[0].reason
    lost = [True, True, False, False, False]
    assert results.truncated[0].tolist() == lost
    assert (~results.counts[0]).tolist() == lost
    assert not results.terminated.any()
    assert vector.finished == []
    assert seen.is_fresh[1, :2].all()
    assert seen.screens[1, :2].any(axis=(1, 2, 3)).all()
    after = vector.state()
    for index in range(COUNT):
        assert (after[index].assignment == before[index].assignment) is not lost[index]
        assert len(after[index].history) == (not lost[index])

    wait_step(vector, seen, results)
    assert vector.faults == []
    assert results.counts.all()
    assert len(vector.state()[0].history) == 1


class Picky(SimDesktop):
    """Throws its first initial state away."""

    has_told = False

    def take_discarded(self) -> list[str]:
        told, self.has_told = self.has_told, True
        return [] if told else ["a window pops up"]


def test_first_screens_that_were_thrown_away_are_told_and_nothing_is_replaced(
    tasks: tuple[Task, ...],
) -> None:
    vector = WorkerVector(tasks, 2, Picky, EpisodeRules(), Assigner(len(tasks)), workers=2)
    try:
        pids = [process.pid for process in vector.processes]
        seen, results = vector.allocate(2), vector.allocate_results(1)
        vector.reset(seen.row(0))
        assert vector.faults == [Fault(n, "a window pops up", is_replaced=False) for n in (0, 1)]
        actions = np.tile(vector.actions.encode(ActionType.WAIT), (2, 1))
        vector.step(actions, seen.row(0), seen.row(1), results.row(0))
        assert vector.faults == []
        assert [process.pid for process in vector.processes] == pids
    finally:
        vector.close()


def test_a_hung_process_is_replaced_but_not_for_ever(
    tasks: tuple[Task, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    descriptors = len(os.listdir("/dev/fd"))
    vector = worker_vector(tasks, seconds=2.0)
    seen, results = vector.allocate(2), vector.allocate_results(1)
    vector.reset(seen.row(0))
    hung = vector.processes[1].pid
    os.kill(hung, signal.SIGSTOP)
    wait_step(vector, seen, results)
    assert [fault.worker for fault in vector.faults] == [1]
    assert results.truncated[0].tolist() == [False, False, True, True, True]
    pids = [process.pid for process in vector.processes]
    assert hung not in pids

    monkeypatch.setattr("hrlctl.env.workers.MAX_FAILURES", 0)
    vector.seconds = 0.1
    os.kill(pids[0], signal.SIGSTOP)
    with pytest.raises(DesktopError, match="in a row"):
        wait_step(vector, seen, results)

    # Whatever happened, closing leaves no process, no memory and no descriptor.
    vector.close()
    vector.close()
    assert not any(is_running(pid) for pid in [hung, *pids])
    assert seen.screens[0].any()  # what was written can still be read
    del vector, seen, results
    gc.collect()
    assert len(os.listdir("/dev/fd")) <= descriptors + 1  # multiprocessing keeps one of its own


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


PARENT = """
    import sys
    from functools import partial
    from hrlctl.desktop.sim import SimDesktop
    from hrlctl.env.episode import EpisodeRules
    from hrlctl.env.vector import Assignment
    from hrlctl.env.workers import WorkerVector
    from hrlctl.packs import load_packs

    if __name__ == "__main__":
        vector = WorkerVector(
            load_packs(["desktop_basics"]).tasks(),
            2,
            partial(SimDesktop, 160, 120),
            EpisodeRules(),
            lambda index: Assignment(0, 0, 0),
            workers=2,
        )
        vector.reset(vector.allocate(1).row(0))
        print(*[process.pid for process in vector.processes], flush=True)
        sys.stdin.read()
"""


def test_processes_end_with_a_killed_parent(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(textwrap.dedent(PARENT))
    left = shared_memory_names()
    parent = subprocess.Popen(
        [sys.executable, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert parent.stdout is not None
    pids = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(pids) == 2
    for pid in pids:  # Ctrl-C reaches the whole group: only the parent decides
        os.kill(pid, signal.SIGINT)
    parent.kill()
    # They share its standard output, which ends when the last of them has ended.
    assert parent.communicate(timeout=60) == ("", "")
    assert shared_memory_names() <= left


def shared_memory_names() -> set[Path]:
    folder = Path("/dev/shm")
    return set(folder.iterdir()) if folder.exists() else set()


def test_a_desktop_that_cannot_be_made_is_a_message(tasks: tuple[Task, ...]) -> None:
    with pytest.raises(UsageError, match="1x1"):
        WorkerVector(tasks, 2, partial(SimDesktop, 1, 1), EpisodeRules(), Assigner(1), workers=1)


def test_more_processes_than_environments_are_refused(tasks: tuple[Task, ...]) -> None:
    with pytest.raises(UsageError, match="share"):
        WorkerVector(tasks, 2, SimDesktop, EpisodeRules(), Assigner(1), workers=3)
