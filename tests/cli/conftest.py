"""Synthetic events, and an engine that yields them in place of the real one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from hrlctl.events import (
    CheckpointSaved,
    CloningProgressed,
    DemonstrationsPlayed,
    EpisodeFinished,
    Event,
    RunFinished,
    RunStarted,
    StageAdvanced,
    StageProgress,
    StageReopened,
    TaskProgress,
    UpdateFinished,
    View,
    WarningRaised,
    WorkerRestarted,
)
from hrlctl.schema.run import RunConfig

TASKS = tuple(f"desktop_basics/task_{number:02}" for number in range(15))


def make_view() -> View:
    screen = np.zeros((120, 160, 3), dtype=np.uint8)
    screen[:, 80:] = (250, 250, 250)
    return View(
        screen=screen,
        instruction='Open the "calculator" and enter 1234',
        task_id=TASKS[0],
        pointer=(159, 119),
        action="click at (88, 70)",
        skill="enter_text 1234 for 4",
    )


def make_stage(steps: int) -> StageProgress:
    return StageProgress("EASY", 0.45, 0.6, steps, 50_000, {"EASY": steps})


def make_update(number: int, *, rate: float | None = 0.45, seconds: float = 0.0) -> UpdateFinished:
    is_known = rate is not None
    return UpdateFinished(
        update=number,
        updates=488,
        steps=number * 2048,
        total_steps=1_000_000,
        seconds=seconds or number * 13.112,
        steps_per_second=156.234,
        success_rate=rate,
        mean_reward=8.42 if is_known else None,
        mean_length=4.5 if is_known else None,
        losses={"policy": 0.0234, "value": 0.1156} if is_known else {},
        diagnostics={"approximate_kl": 0.01, "explained_variance": float("nan")},
        entropies={"type": 0.5, "pointer": 0.4},
        skill_usage={"open": 0.7, "task": 0.3},
        phases={"collect": 1.0, "learn": 1.0},
        tasks=tuple(
            TaskProgress(task, "EASY", 10, place / 20 if is_known else None, 0.5)
            for place, task in enumerate(TASKS)
        ),
        stage=make_stage(number * 2048),
        view=make_view(),
    )


def make_started() -> RunStarted:
    return RunStarted(
        total_steps=1_000_000,
        steps=0,
        updates=488,
        num_envs=32,
        rollout_steps=2048,
        parameters=1_240_000,
        device="cpu",
        task_ids=TASKS,
        policy="hierarchical",
        encoder="compact",
        seed=0,
    )


def make_finished(*, interrupted: bool = False) -> RunFinished:
    return RunFinished(
        steps=20480,
        seconds=131.0,
        interrupted=interrupted,
        final_model=None if interrupted else Path("checkpoints/final_model.pt"),
        resume_from=Path("checkpoints/checkpoint_20480.pt") if interrupted else None,
        success_rate=0.45,
        stage=make_stage(20480),
    )


def make_run() -> list[Event]:
    """One of each kind of event."""
    return [
        make_started(),
        DemonstrationsPlayed(0, 50, 1000, 412, 6.5),
        CloningProgressed(0, 3, 27, 40.0, {"worker": 1.2345}, {"actions_right": 0.25}),
        EpisodeFinished(100, TASKS[0], "EASY", True, False, 4, 1.2),
        make_update(1, rate=None),
        make_update(10),
        CheckpointSaved(20480, Path("checkpoints/checkpoint_20000.pt")),
        WarningRaised(20480, "the manager has collapsed", "raise the entropy"),
        WorkerRestarted(20480, 3, "it hung"),
        StageAdvanced(20480, "EASY", "MEDIUM", 20480, 0.61),
        StageReopened(20480, "EASY", 0.45),
        make_finished(),
    ]


@pytest.fixture
def events() -> SimpleNamespace:
    """What makes events: ``run()``, ``started()``, ``update(number)``, ``finished()``."""
    return SimpleNamespace(
        run=make_run, started=make_started, update=make_update, finished=make_finished
    )


class FakeEngine:
    """Records how it was called, and yields ``events``."""

    def __init__(self) -> None:
        self.events: list[Event | Callable[[], None]] = list(make_run())
        self.config: Any = None
        self.arguments: dict[str, Any] = {}
        self.stored_configs: dict[Path, RunConfig] = {}
        self.recorded: list[Event] = []
        self.log_folder: Path | None = None
        self.run_folder: Path | None = None
        self.warning_at_the_end: WarningRaised | None = None
        self.was_stopped = False

    def train(self, config: Any, **arguments: Any) -> Iterator[Event]:
        self.config, self.arguments = config, arguments
        for event in self.events:
            if callable(event):
                event()  # something happens between two events
                continue
            yield event
            self.was_stopped = arguments["stop"]()


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> FakeEngine:
    """Stands for ``hrlctl.training``; the working folder is empty."""
    fake = FakeEngine()

    class Board:
        def __init__(self, folder: Path) -> None:
            fake.log_folder = folder

        def record(self, event: Event) -> None:
            fake.recorded.append(event)

        def close(self) -> None: ...

    class Records:
        def __init__(self, folder: Path, config: RunConfig, *rest: Any, **more: Any) -> None:
            fake.run_folder = folder

        def record(self, event: Event) -> WarningRaised | None:
            is_last = isinstance(event, RunFinished)
            return fake.warning_at_the_end if is_last else None

    run, tensorboard = ModuleType("hrlctl.training.run"), ModuleType("hrlctl.training.tensorboard")
    run.stored_config = lambda checkpoint: fake.stored_configs[checkpoint]  # type: ignore[attr-defined]
    run.train = fake.train  # type: ignore[attr-defined]
    tensorboard.TensorBoardWriter = Board  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hrlctl.training.run", run)
    monkeypatch.setitem(sys.modules, "hrlctl.training.tensorboard", tensorboard)
    folder = ModuleType("hrlctl.training.run_folder")
    folder.RunFolder = Records  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hrlctl.training.run_folder", folder)
    monkeypatch.chdir(tmp_path)
    return fake
