"""For how long a thread has laid itself down to sleep, as the kernel tells of its system call.

A toolkit that has a frame to draw, or a button to let go of, sleeps until it is time for it; one
that has nothing to do sleeps until it is asked for something. Linux on x86-64 tells (``man 5
proc``, /proc/PID/task/TID/syscall), where it lets one process look into another. Elsewhere nothing
is known.
"""

from __future__ import annotations

import math
import os
import platform
import struct
import time
from typing import Final

_WITHOUT_LIMIT: Final = frozenset((0, 45, 47, 61))  # read, recvfrom, recvmsg, wait4
_MILLISECONDS: Final = {7: 2, 232: 3, 281: 3}  # poll, epoll_wait, epoll_pwait: which argument
_TIMES: Final = {270: 4, 271: 2}  # pselect6, ppoll: which argument points at a struct timespec
_FUTEX: Final = 202
_FUTEX_WAIT, _FUTEX_WAIT_BITSET = 0, 9  # for so long; until a time of a clock
_FUTEX_COMMANDS: Final = 0x7F
_FUTEX_REALTIME: Final = 0x100
_IS_KNOWN: Final = platform.machine() == "x86_64"


def limit(pid: int, thread: int) -> float:
    """Seconds after which a thread that sleeps wakes by itself, counted from when it lay down.

    Args:
        pid: its process.
        thread: its number.

    Returns:
        Infinity where it sleeps until it is woken; 0 where nothing is known of it.
    """
    if not _IS_KNOWN:
        return 0.0
    try:
        with open(f"/proc/{pid}/task/{thread}/syscall", "rb") as file:
            call, *arguments = file.read().split()
        if not call.isdigit():  # it runs, or does not sleep in a system call
            return 0.0
        return _limit(pid, int(call), [int(each, 16) for each in arguments])
    except (OSError, struct.error):  # it has ended, or may not be looked into
        return 0.0


def _limit(pid: int, call: int, arguments: list[int]) -> float:
    if call in _WITHOUT_LIMIT:
        return math.inf
    if call in _MILLISECONDS:
        milliseconds = arguments[_MILLISECONDS[call]] & 0xFFFF_FFFF
        return math.inf if milliseconds >> 31 else milliseconds / 1000  # a negative int: forever
    if call in _TIMES:
        pointer = arguments[_TIMES[call]]
        return _time_at(pid, pointer) if pointer else math.inf
    if call == _FUTEX:
        operation, pointer = arguments[1], arguments[3]
        if not pointer:
            return math.inf
        if operation & _FUTEX_COMMANDS == _FUTEX_WAIT:
            return _time_at(pid, pointer)
        if operation & _FUTEX_COMMANDS == _FUTEX_WAIT_BITSET:
            clock = time.time if operation & _FUTEX_REALTIME else time.monotonic
            return _time_at(pid, pointer) - clock()
    return 0.0


def _time_at(pid: int, pointer: int) -> float:
    """The seconds of a struct timespec in another process's memory."""
    memory = os.open(f"/proc/{pid}/mem", os.O_RDONLY)
    try:
        seconds, nanoseconds = struct.unpack("qq", os.pread(memory, 16, pointer))
    finally:
        os.close(memory)
    return float(seconds + nanoseconds / 1e9)
