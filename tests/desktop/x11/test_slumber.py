"""For how long a thread sleeps is told from its system call."""

from __future__ import annotations

import math
import platform
import subprocess
import sys

import pytest

from hrlctl.desktop.x11.slumber import limit

from .test_processes import wait_for

needs_limits = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="only Linux on x86-64 tells for how long a thread sleeps"
)


@needs_limits
@pytest.mark.parametrize(
    ("sleep", "seconds"),
    [
        ("import select; select.poll().poll(50_000)", 50.0),
        ("import select; select.poll().poll()", math.inf),
        ("import select; select.select([], [], [], 40)", 40.0),
        ("import select; select.epoll().poll(30)", 30.0),
        ("import threading; threading.Event().wait(20)", 20.0),
        ("import sys; sys.stdin.read()", math.inf),
    ],
)
def test_the_limit_of_a_sleep_is_known(sleep: str, seconds: float) -> None:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", sleep], stdin=subprocess.PIPE
    ) as process:
        try:
            assert wait_for(lambda: seconds - 5 <= limit(process.pid, process.pid) <= seconds)
        finally:
            process.kill()


def test_nothing_is_known_of_what_runs_or_has_ended() -> None:
    with subprocess.Popen([sys.executable, "-I", "-S", "-c", "while True: pass"]) as process:
        assert limit(process.pid, process.pid) == 0.0
        process.kill()
        process.wait()
        assert limit(process.pid, process.pid) == 0.0
