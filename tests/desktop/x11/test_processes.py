"""Everything that a display started ends with it, and with hrlctl, whatever ends that."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hrlctl.desktop.backends import make_desktop
from hrlctl.desktop.commands import Press
from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.desktop.x11.devtools import DevTools
from hrlctl.desktop.x11.tree import ProcessTree
from hrlctl.errors import DesktopError
from hrlctl.schema.setup import Setup

pytestmark = pytest.mark.x11

ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath)}


def wait_for(holds: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 60  # whatever else the machine does
    while not holds() and time.monotonic() < ends:
        time.sleep(0.01)
    return holds()


def name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "(ended)"


def is_running(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


@pytest.fixture
def tree() -> Iterator[ProcessTree]:
    made = ProcessTree()
    yield made
    made.close()


def test_a_sweep_ends_detached_children_and_leaves_what_is_kept() -> None:
    tree = ProcessTree()
    try:
        log = tree.folder / "log"
        kept = tree.start(["sleep", "60"], ENVIRONMENT, Path("/"), log, keep=True)
        script = "(setsid sleep 61 &); sleep 62 & exit"
        tree.start(["sh", "-c", script], ENVIRONMENT, Path("/"), log)
        # The shells in between are gone as well.
        assert wait_for(lambda: [*map(name_of, tree.running())] == ["sleep"] * 3)
        assert tree.sweep() == 2
        assert tree.running() == [kept]
        with pytest.raises(DesktopError, match="no-such-program"):
            tree.start(["no-such-program"], ENVIRONMENT, Path("/"), log)
    finally:
        tree.close()
    assert not is_running(kept)
    assert not tree.folder.exists()


def test_a_program_finds_its_pipes_and_its_end_shows(tree: ProcessTree) -> None:
    said: list[tuple[str, dict[str, int]]] = []
    devtools = DevTools(tree.folder, lambda method, parameters: said.append((method, parameters)))
    event = r'{"method": "Hello", "params": {"n": 1}}\0'
    answer = r'{"id": 1, "result": {"x": 2}}\0'
    script = f"head -c 1 <&3 >/dev/null; printf '{event}{answer}' >&4; sleep 61"
    pid = tree.start(
        ["sh", "-c", script], ENVIRONMENT, Path("/"), tree.folder / "log", pipes=devtools.pipes
    )
    assert devtools.call("Anything") == {"x": 2}
    assert said == [("Hello", {"n": 1})]
    assert devtools.call("Anything", seconds=0.05) is None  # it answers no more
    assert not devtools.is_gone
    tree.sweep()
    assert not is_running(pid)
    assert devtools.call("Anything") is None
    assert devtools.is_gone
    devtools.close()
    assert not [path for path in tree.folder.iterdir() if path.is_fifo()]
    # The pipes do not hide that there is no such program.
    pipes = {3: (str(tree.folder / "log"), "r"), 4: (str(tree.folder / "log"), "w")}
    with pytest.raises(DesktopError, match="no-such-program"):
        tree.start(["no-such-program"], ENVIRONMENT, Path("/"), tree.folder / "log", pipes=pipes)


def test_nothing_is_left_after_kill_9(real_programs: None) -> None:
    script = textwrap.dedent(
        """
        import sys, time
        from hrlctl.desktop.backends import make_desktop
        from hrlctl.schema.setup import Setup, WindowSetup
        desktop = make_desktop("x11", 320, 240)
        desktop.reset(Setup(windows=(WindowSetup(title="e", program="text_editor"),)), 0)
        print(desktop.tree.folder, desktop.tree.supervisor, *desktop.tree.running(), flush=True)
        time.sleep(60)
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        folder, *pids = process.stdout.readline().split()
        assert len(pids) >= 5
        assert all(is_running(int(pid)) for pid in pids)
        process.kill()
    assert wait_for(lambda: not any(is_running(int(pid)) for pid in pids))
    assert wait_for(lambda: not Path(folder).exists())


@pytest.fixture
def own_desktop(real_programs: None) -> Desktop:
    made = make_desktop("x11", 320, 240)
    made.reset(Setup(), 0)
    return made


def test_a_dead_server_is_a_fault_of_the_machinery(own_desktop: Desktop) -> None:
    (server,) = [
        pid
        for pid in own_desktop.tree.running()  # type: ignore[attr-defined]
        if Path(f"/proc/{pid}/comm").read_text().strip() == "Xvfb"
    ]
    os.kill(server, signal.SIGKILL)
    with pytest.raises(DesktopError):
        own_desktop.perform(Press("enter"))
    with pytest.raises(DesktopError):
        own_desktop.locate(Locator("start_button"))
    own_desktop.close()
    assert not own_desktop.tree.folder.exists()  # type: ignore[attr-defined]


def test_a_folder_that_is_gone_is_a_fault_of_the_machinery(own_desktop: Desktop) -> None:
    setup = Setup.model_validate({"windows": [{"title": "B", "program": "browser"}]})
    own_desktop.reset(setup, 0)
    shutil.rmtree(own_desktop.tree.folder)  # type: ignore[attr-defined]
    with pytest.raises(DesktopError, match="folders cannot be made"):
        own_desktop.reset(setup, 1)
    own_desktop.close()


def test_each_episode_has_a_bus_and_a_runtime_folder_of_its_own(own_desktop: Desktop) -> None:
    runtime = own_desktop.tree.folder / "run"  # type: ignore[attr-defined]
    names = "--dest=org.freedesktop.DBus / org.freedesktop.DBus.ListNames"
    script = f"cd $XDG_RUNTIME_DIR && dbus-send --session --print-reply {names} >names; rm bus"
    for _ in range(2):
        own_desktop.reset(Setup(), 0)
        assert not (runtime / "names").exists()
        own_desktop.session.start(["sh", "-c", script])  # type: ignore[attr-defined]
        assert wait_for(lambda: not (runtime / "bus").exists())
        assert "org.freedesktop.DBus" in (runtime / "names").read_text()
    own_desktop.close()


def test_no_other_display_is_touched(own_desktop: Desktop) -> None:
    """The display that hrlctl was started from stays as it is, named or not."""
    before = dict(os.environ)
    own_desktop.perform(Press("enter"))
    own_desktop.capture()
    own_desktop.close()
    assert dict(os.environ) == before


def test_what_was_killed_all_at_once_is_cleaned_up_by_the_next(tree: ProcessTree) -> None:
    script = """
        import os, signal
        from hrlctl.desktop.x11.tree import ProcessTree
        tree = ProcessTree()
        print(tree.folder, flush=True)
        os.kill(tree.supervisor, signal.SIGSTOP)  # so that it cannot clean up
        os.kill(tree.supervisor, signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    killed = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=False
    )
    left = Path(killed.stdout.strip())
    assert left.is_dir()
    long_ago = time.time() - 3600
    os.utime(tree.folder, (long_ago, long_ago))  # as old, but alive
    ProcessTree().close()
    assert left.is_dir()  # it may have been made just now, and not be locked yet
    os.utime(left, (long_ago, long_ago))
    ProcessTree().close()
    assert not left.exists()
    assert tree.folder.is_dir()
    assert tree.running() == []
