"""A training on real programs goes on whatever dies, counts it as a fault, and leaves nothing."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import tempfile
import threading
import time
from pathlib import Path

import pytest

from hrlctl.desktop.backends import check_available
from hrlctl.env.workers import WorkerVector
from hrlctl.errors import DesktopUnavailableError
from hrlctl.events import EpisodeFinished, RunFinished, UpdateFinished, WorkerRestarted
from hrlctl.schema.run import RunConfig
from hrlctl.schema.setup import Setup, WindowSetup
from hrlctl.training.run import compose
from hrlctl.training.sources import LocalSource

pytestmark = pytest.mark.x11

WORKER = "worker"
VICTIMS = (WORKER, "galculator", "Xvfb", "supervisor")
LONGEST_WAIT = 0.2  # seconds until one of them dies
UPDATE = 32  # steps


def children() -> dict[int, list[int]]:
    """All processes by their parent."""
    found: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            found.setdefault(int(parent), []).append(int(path.parent.name))
    return found


def descendants(pid: int) -> list[int]:
    known, found = children(), [pid]
    for each in found:
        found += known.get(each, [])
    return found


def is_called(pid: int, name: str) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    return any(Path(os.fsdecode(part)).stem == name for part in command[:4])


class Killer:
    """Kills processes of a vector's workers at some moment of the steps that follow."""

    def __init__(self, vector: WorkerVector) -> None:
        self.vector, self.random = vector, random.Random(0)
        self.seen: set[int] = set()

    def strike(self, name: str) -> None:
        """Let what is called ``name`` die soon, on one of the displays."""
        delay = self.random.uniform(0, LONGEST_WAIT)
        threading.Timer(delay, self._strike, (name,)).start()

    def _strike(self, name: str) -> None:
        worker = self.random.choice(self.vector.processes).pid
        assert worker is not None
        found = descendants(worker)
        self.seen.update(found)
        victims = [worker] if name == WORKER else [p for p in found if is_called(p, name)]
        for victim in victims:
            with contextlib.suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)


def test_a_training_survives_whatever_dies(
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = WindowSetup(title="Calculator", program="calculator")
    try:
        check_available("x11", [Setup(windows=(window,))])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    folders = tmp_path_factory.mktemp("x")
    monkeypatch.setenv("TMPDIR", str(folders))
    monkeypatch.setattr(tempfile, "tempdir", None)
    config = RunConfig.model_validate(
        {
            "training": {
                "num_envs": 2, "buffer_size": UPDATE, "minibatches": 2, "update_epochs": 1,
                "total_timesteps": UPDATE * (len(VICTIMS) + 2), "mixed_precision": "off",
            },
            "policy": {"width": 16},
            "curriculum": {"enabled": False},
            "environment": {
                "desktop": "x11", "screen_width": 320, "screen_height": 240,
                "tasks": ["linux_apps/compute-and-copy"],
            },
            "output": {"save_dir": tmp_path / "checkpoints", "log_dir": tmp_path / "logs"},
        }
    )  # fmt: skip
    trainer = compose(config)
    source = trainer.source
    assert isinstance(source, LocalSource)
    assert isinstance(source.vector, WorkerVector)
    killer, waiting, events = Killer(source.vector), list(VICTIMS), []
    try:
        for event in trainer.events():
            events.append(event)
            if isinstance(event, UpdateFinished) and waiting:
                killer.strike(waiting.pop())
    finally:
        source.close()
    assert not waiting
    # A program that dies is no fault of the machinery.
    restarted = [event for event in events if isinstance(event, WorkerRestarted)]
    assert len(restarted) == len(VICTIMS) - 1, restarted
    assert any(isinstance(event, EpisodeFinished) for event in events)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].steps == config.training.total_timesteps
    ends = time.monotonic() + 60
    while (left := leftovers(killer.seen, folders)) and time.monotonic() < ends:
        time.sleep(0.01)
    assert not left


def leftovers(pids: set[int], folders: Path) -> list[object]:
    """Those of ``pids`` that run, and folders of displays."""
    running = {pid for known in children().values() for pid in known}
    return [*(pids & running), *folders.glob("hrlctl-x11-*")]
