"""The user's own screen: here that of an X server that stands for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from hrlctl.desktop.backends import check_available
from hrlctl.errors import DesktopUnavailableError

pytestmark = [
    pytest.mark.x11,
    # Elsewhere the screen would be the developer's own.
    pytest.mark.skipif(sys.platform != "linux", reason="needs a private display"),
]
WIDTH, HEIGHT = 1280, 1024

Environment = Mapping[str, str]


@pytest.fixture(scope="module")
def screen() -> Iterator[Environment]:
    """The environment of who sits in front of a screen."""
    for program in ("Xvfb", "xterm"):
        if shutil.which(program) is None:
            pytest.skip(f"needs {program}")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
         "-nolisten", "tcp", "-noreset"],
        pass_fds=[write], stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as answer:
        display = f":{answer.readline().strip()}"
    yield {key: value for key, value in os.environ.items() if key != "XAUTHORITY"} | {
        "DISPLAY": display
    }
    server.terminate()
    server.wait()


def told(environment: Environment, code: str) -> Any:
    """What ``code`` prints as JSON in a process of its own; ``desktop`` is the native one there."""
    start = "import json\nfrom hrlctl.desktop.native import NativeDesktop\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{start}desktop = NativeDesktop()\n{textwrap.dedent(code)}"],
        env=dict(environment), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def run(environment: Environment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hrlctl", "run", 'Open "Calculator"', "--json", *arguments],
        env=dict(environment), stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip


def test_a_whole_part_of_the_screen_is_seen_and_pointed_at(screen: Environment) -> None:
    seen = told(
        screen,
        """
        from hrlctl.desktop.commands import Click
        desktop.perform(Click(100, 60))
        print(json.dumps([desktop.capture().shape, desktop.cursor, desktop._hands.position()]))
        """,
    )
    assert seen == [[336, 424, 3], [100, 60], [303, 184]]  # a third, in whole cells


def test_texts_arrive_as_typed(screen: Environment, tmp_path: Path) -> None:
    target = tmp_path / "typed"
    terminal = subprocess.Popen(
        ["xterm", "-geometry", "80x24+0+0", "-e", "sh", "-c", f"echo ready; head -1 > {target}"],
        env=dict(screen),
    )
    try:
        told(
            screen,
            """
            import time
            from hrlctl.desktop.commands import Click, Press, TypeText
            end = time.monotonic() + 20
            while not desktop.capture().any() and time.monotonic() < end:
                time.sleep(0.05)
            desktop.perform(Click(60, 60))
            desktop.perform(TypeText("Invoice 2024 done"))
            desktop.perform(Press("enter"))
            print("null")
            """,
        )
        terminal.wait(timeout=20)
    finally:
        terminal.kill()
        terminal.wait()
    assert target.read_text(encoding="utf-8") == "Invoice 2024 done\n"


def test_a_mouse_that_is_moved_by_hand_ends_it(screen: Environment) -> None:
    ended = told(
        screen,
        """
        from hrlctl.desktop.commands import Click, Press
        desktop.perform(Click(100, 60))
        desktop._hands.moveTo(500, 500)
        try:
            desktop.perform(Press("enter"))
        except KeyboardInterrupt as reason:
            print(json.dumps(str(reason)))
        """,
    )
    assert ended == "you moved the pointer"


def test_the_agent_acts_only_with_leave(screen: Environment) -> None:
    refused = run(screen, "--desktop", "native")
    assert refused.returncode == 2
    assert "--allow-native" in refused.stderr
    unasked = run(screen, "--desktop", "native", "--allow-native")
    assert unasked.returncode == 2
    assert "HRLCTL_ALLOW_NATIVE=1" in unasked.stderr
    assert '"step"' not in unasked.stdout


def test_an_instruction_is_carried_out_on_the_screen(screen: Environment) -> None:
    allowed = {**screen, "HRLCTL_ALLOW_NATIVE": "1"}
    done = run(allowed, "--desktop", "native", "--allow-native", "--max-steps", "3")
    assert done.returncode in (0, 1), done.stderr
    assert "YOUR screen" in done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert lines[0]["type"] == "step"
    assert lines[-1]["type"] == "run_finished"
    assert not lines[-1]["interrupted"]


def test_without_a_screen_it_says_so() -> None:
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    done = run({**environment, "HRLCTL_ALLOW_NATIVE": "1"}, "--desktop", "native", "--allow-native")
    assert done.returncode == 5
    assert "Traceback" not in done.stderr


def test_private_displays_leave_the_users_screen_alone(screen: Environment) -> None:
    try:
        check_available("x11")
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    told(screen, "desktop._hands.moveTo(321, 234)\nprint('null')")
    told_before = told(screen, POINTER_AND_PIXELS)
    assert told_before[0] == [321, 234]
    played = subprocess.run(
        [sys.executable, "-m", "hrlctl", "run", 'Open "Calculator"', "--desktop", "x11",
         "--max-steps", "4", "--json"],
        env=dict(screen), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert played.returncode in (0, 1), played.stderr
    assert '"step"' in played.stdout
    assert told(screen, POINTER_AND_PIXELS) == told_before


POINTER_AND_PIXELS = """
import hashlib
pixels = hashlib.sha256(desktop.capture().tobytes()).hexdigest()
print(json.dumps([list(desktop._hands.position()), pixels]))
"""
