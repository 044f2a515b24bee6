"""Many episodes on two displays, and what of them is left over: ``real_desktop.py --soak``.

The tasks of linux_apps are played by their oracles, one after another with new seeds. What a
display holds is looked at between two episodes: once every task has been played, and at the end.
What is left of it all is looked at when both displays have been closed. On a machine that does
other things as well, their shared memory may be counted.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

from hrlctl.desktop.x11.desktop import X11Desktop
from hrlctl.env.demonstration import measured_steps
from hrlctl.errors import DesktopError, TaskError
from hrlctl.packs import Task, draw_instance, load_packs
from hrlctl.schema.base import Split
from hrlctl.schema.setup import Setup

_DISPLAYS = 2
_MEBIBYTE = 2**20


class _Held(NamedTuple):
    """What a display, with the process that acts on it, holds between two episodes."""

    processes: int
    file_handles: int
    x_clients: int
    memory: int  # bytes, as in every field of the name


class _Played(NamedTuple):
    """What one display has to tell."""

    folder: Path
    before: _Held
    after: _Held
    oracle_failures: Counter[str]  # by task
    faults: list[str]


def soak(episodes: int) -> dict[str, Any]:
    """Play ``episodes`` on two displays; returns what is left, as numbers by what they count."""
    shared, folders = _shared_memory(), _folders()
    began = time.perf_counter()
    with ProcessPoolExecutor(_DISPLAYS, get_context("spawn")) as pool:
        share = episodes // _DISPLAYS
        played = list(pool.map(_play, [share] * _DISPLAYS, range(0, episodes, share)))
    failures = sum((each.oracle_failures for each in played), Counter[str]())
    return {
        "episodes": share * _DISPLAYS,
        "seconds": round(time.perf_counter() - began),
        "oracle_failures": dict(failures),
        "faults": [fault for each in played for fault in each.faults],
        "processes_left": sum(_processes_of(each.folder) for each in played),
        "shared_memory_left": len(_shared_memory() - shared),
        "folders_left": len(_folders() - folders),
        "gained_by_each_display": {
            name: [getattr(each.after, name) - getattr(each.before, name) for each in played]
            for name in ("processes", "file_handles", "x_clients")
        },
        "memory_before_mib": [round(each.before.memory / _MEBIBYTE, 1) for each in played],
        "memory_after_mib": [round(each.after.memory / _MEBIBYTE, 1) for each in played],
    }


def _play(episodes: int, seed: int) -> _Played:
    """On a display of this process's own; each task once more, before anything is counted."""
    tasks = load_packs(["linux_apps"]).tasks()
    failures: Counter[str] = Counter()
    faults: list[str] = []
    desktop = X11Desktop()
    try:
        for number in range(-len(tasks), episodes):
            if number == 0:
                before = _held(desktop)
            _play_one(desktop, tasks[number % len(tasks)], seed + number, failures, faults)
        after = _held(desktop)
    finally:
        desktop.close()
    return _Played(desktop.tree.folder, before, after, failures, faults)


def _play_one(
    desktop: X11Desktop, task: Task, seed: int, failures: Counter[str], faults: list[str]
) -> None:
    try:
        measured_steps(draw_instance(task, max(0, seed), Split.TRAINING), desktop)
    except TaskError:
        failures[task.id] += 1
    except DesktopError as error:
        faults.append(str(error))


def _held(desktop: X11Desktop) -> _Held:
    desktop.reset(Setup(), 0)
    parts = [os.getpid(), desktop.tree.supervisor, *desktop.tree.kept]
    return _Held(
        processes=len(desktop.tree.running()),
        file_handles=sum(len(os.listdir(f"/proc/{pid}/fd")) for pid in parts),
        x_clients=len(desktop.session.x.res_query_clients().clients),
        memory=sum(map(_memory, parts)),
    )


def _memory(pid: int) -> int:
    """Bytes that are this process's own."""
    pages = Path(f"/proc/{pid}/statm").read_text().split()
    return (int(pages[1]) - int(pages[2])) * os.sysconf("SC_PAGE_SIZE")


def _processes_of(folder: Path) -> int:
    """How many processes know the folder of a display that is closed."""
    return sum(
        any(str(folder).encode() in _read(process / part) for part in ("environ", "cmdline"))
        for process in Path("/proc").iterdir()
        if process.name.isdigit()
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has ended, or is another user's
        return b""


def _shared_memory() -> set[str]:
    """Segments of both kinds, System V's and POSIX's."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return {line.split()[1] for line in lines} | set(os.listdir("/dev/shm"))


def _folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("hrlctl-x11-*"))
