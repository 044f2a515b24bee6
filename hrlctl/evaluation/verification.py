"""Verifying tasks by playing them: every oracle solves its task, and nothing less does.

What a task's text says by itself is for ``hrlctl tasks validate``. This plays the tasks on a
desktop, on instances of the training split and of each held-out one, in several processes.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import get_context
from typing import NamedTuple

from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.errors import UsageError, WorkerError
from hrlctl.evaluation.verification_report import TaskVerdict
from hrlctl.evaluation.verification_task import Thoroughness, verify_task
from hrlctl.packs import Task
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.setup import SCREEN_SIZES, DesktopKind


class _Job(NamedTuple):
    """A task by name: a loaded one cannot be sent to another process."""

    selection: TaskSelection
    task_id: str
    much: Thoroughness
    desktop: DesktopKind


def verify(
    selections: Sequence[TaskSelection],
    *,
    instances: int = 20,
    seed: int = 0,
    workers: int = 0,
    desktop: DesktopKind = "sim",
) -> Iterator[TaskVerdict]:
    """Verify all selected tasks; each verdict comes as soon as it is known.

    A verdict depends on ``instances`` and ``seed``, not on ``workers`` or on the other tasks.

    Args:
        selections: packs and files; the tasks of each are verified.
        instances: of each task and split.
        seed: of the first instance; the others follow it.
        workers: processes; 0 and 1 play in this one.
        desktop: what they are played on. Tasks that are not for it are left unverified; on real
            programs, which take milliseconds a step, agents that cannot read try less.

    Raises:
        UsageError: ``instances`` is less than one.
        UnknownNameError: a pack or a task does not exist.
        PackError: a pack or a file is broken.
        WorkerError: a worker process died.
        DesktopUnavailableError: the desktop, or a program on it, is not there.
    """
    if instances < 1:
        raise UsageError(f"{instances} instances verify nothing", hint="ask for at least one")
    much = Thoroughness(instances, seed, desktop)
    found = [(selection, task) for selection in selections for task in selection.load()]
    setups = [task.spec.setup for _, task in found if desktop in task.spec.desktops]
    check_available(desktop, (setup for setup in setups if setup is not None))
    workers = min(workers, len(found))
    if workers > 1:
        return _in_workers(
            [_Job(selection, task.id, much, desktop) for selection, task in found], workers
        )
    return _verified_here([task for _, task in found], desktop, much)


def _verified_here(
    tasks: Sequence[Task], kind: DesktopKind, much: Thoroughness
) -> Iterator[TaskVerdict]:
    desktop = _desktop(kind)
    try:
        for task in tasks:
            yield _verified(task, desktop, much)
    finally:
        desktop.close()


def _in_workers(jobs: Sequence[_Job], workers: int) -> Iterator[TaskVerdict]:
    # Forked processes and the threads of a library that is loaded do not go together.
    executor = ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupts)
    try:
        for future in as_completed([executor.submit(_carry_out, job) for job in jobs]):
            yield future.result()
    except BrokenProcessPool as error:
        raise WorkerError(
            "a worker process ended before its work was done",
            hint="it may have run out of memory: try --workers 1",
        ) from error
    finally:
        executor.shutdown(cancel_futures=True)  # waits for the tasks that are being played


def _ignore_interrupts() -> None:
    """Ctrl-C reaches the whole group of processes; the one that started the others ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _verified(task: Task, desktop: Desktop, much: Thoroughness) -> TaskVerdict:
    return verify_task(task, desktop, ActionSpace(desktop.width, desktop.height), much)


def _desktop(kind: DesktopKind) -> Desktop:
    """One of the size that agents are trained at."""
    return make_desktop(kind, *SCREEN_SIZES[kind])


# In a worker process, which lives as long as one call of ``verify``:


def _carry_out(job: _Job) -> TaskVerdict:
    return _verified(_tasks_of(job.selection)[job.task_id], _own_desktop(job.desktop), job.much)


_own_desktop = cache(_desktop)


@cache
def _tasks_of(selection: TaskSelection) -> Mapping[str, Task]:
    return {task.id: task for task in selection.load()}
