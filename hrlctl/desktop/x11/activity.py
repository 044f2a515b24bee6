"""Whether the programs of a display are at work, as the kernel tells of their threads.

A program says when it has handled a key, not when a thread of it has looked for the file that the
key asks for. Time says nothing of that either: on a busy machine a program waits long for its turn.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from typing import Final, NamedTuple

from hrlctl.desktop.x11.tree import ProcessTree

MOST_WORK: Final = 1.0
"""Seconds of computing after which a program may be one that never ends, such as an animation."""
LAST_RESORT: Final = 20.0
"""Seconds after which nothing is waited for, however busy the machine is."""
_AT_WORK: Final = b"RD"  # states of threads: running or waiting for their turn, or for a disk
_ENDED: Final = b"ZX"
_TICK: Final = os.sysconf("SC_CLK_TCK")


class _Look(NamedTuple):
    """What the threads of some processes were found at."""

    all_sleep: bool
    turns: dict[int, bytes]  # how often each has run: the two counts of context switches


class Activity:
    """Looks at the processes that come from one.

    Args:
        tree: what they belong to; its supervisor itself does not count.
    """

    def __init__(self, tree: ProcessTree) -> None:
        self._tree = tree
        self._is_ours: dict[int, bool] = {}  # processes by number

    def is_idle(self) -> bool:
        """Whether there was a moment just now at which none of them had anything to do."""
        first = self._look()
        # Between the two looks at it no thread has run: so all of them slept at the same time.
        return first.all_sleep and self._look() == first

    def turns(self) -> dict[int, bytes]:
        """How often each thread of an episode's programs has had its turn, by thread."""
        return self._look(leave_out=self._tree.kept).turns

    def computed(self) -> dict[int, float]:
        """Seconds of processor time by process."""
        found: dict[int, float] = {}
        for pid in self._processes():
            fields = _stat(pid)
            if fields:
                found[pid] = (int(fields[11]) + int(fields[12])) / _TICK
        return found

    def _look(self, leave_out: Collection[int] = ()) -> _Look:
        turns: dict[int, bytes] = {}
        all_sleep = True
        for pid in self._processes():
            if pid in leave_out:
                continue
            try:
                for thread in os.listdir(f"/proc/{pid}/task"):
                    status = _read(f"/proc/{pid}/task/{thread}/status")
                    state = status.partition(b"State:\t")[2][:1]
                    if state in _ENDED:
                        continue
                    all_sleep &= state not in _AT_WORK
                    turns[int(thread)] = status.partition(b"voluntary_ctxt_switches:")[2]
            except OSError:  # it has just ended, which its parent will hear of
                all_sleep = False
        return _Look(all_sleep, turns)

    def _processes(self) -> Iterator[int]:
        """All of them. Whatever they start stays theirs, see ``supervisor``."""
        pids = [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]
        self._is_ours = {pid: self._is_ours[pid] for pid in pids if pid in self._is_ours}
        return (pid for pid in pids if self._belongs(pid))

    def _belongs(self, pid: int) -> bool:
        if pid not in self._is_ours:
            fields = _stat(pid)
            parent = int(fields[1]) if fields else 0
            self._is_ours[pid] = parent == self._tree.supervisor or (
                parent > 1 and self._belongs(parent)
            )
        return self._is_ours[pid]


class Work:
    """Work of programs that is waited for, within reason.

    Args:
        activity: of the programs.
    """

    def __init__(self, activity: Activity) -> None:
        self._activity = activity
        self._before: dict[int, float] | None = None
        self._ends = 0.0

    def goes_on(self) -> bool:
        """Whether the programs are at work, and not for too long since this was first asked."""
        if self._activity.is_idle():
            return False
        now = self._activity.computed()
        if self._before is None:
            self._before, self._ends = now, time.monotonic() + LAST_RESORT
            return True
        spent = sum(seconds - self._before.get(pid, 0.0) for pid, seconds in now.items())
        return spent < MOST_WORK and time.monotonic() < self._ends


def _stat(pid: int) -> list[bytes]:
    """What /proc/PID/stat says from the state on, empty where there is no such process."""
    try:
        # The name, in parentheses, may hold anything.
        return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
    except OSError:
        return []


def _read(path: str) -> bytes:
    """A small file of /proc at once: many are read in every step."""
    file = os.open(path, os.O_RDONLY)
    try:
        return os.read(file, 4096)
    finally:
        os.close(file)
