"""What TensorBoard's own reader finds in a run's folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from hrlctl.errors import StorageError
from hrlctl.events import (
    CheckpointSaved,
    StageAdvanced,
    StageProgress,
    TaskProgress,
    UpdateFinished,
    View,
)
from hrlctl.training.tensorboard import TensorBoardWriter


def update(steps: int, *, rate: float | None) -> UpdateFinished:
    return UpdateFinished(
        update=steps // 2048,
        updates=488,
        steps=steps,
        total_steps=1_000_000,
        seconds=13.0,
        steps_per_second=156.0,
        success_rate=rate,
        mean_reward=rate,
        mean_length=rate,
        losses={"policy": 0.25},
        diagnostics={"approximate_kl": 0.5},
        entropies={"type": 0.75},
        skill_usage={"open": 1.0},
        phases={"collect": 2.0},
        tasks=(TaskProgress("desktop_basics/open", "EASY", 3, rate, rate),),
        stage=StageProgress("EASY", rate, 0.6, steps, 50_000, {"EASY": steps}),
        view=View(
            np.full((120, 160, 3), 200, dtype=np.uint8), "Open it", "t", (1, 2), "wait", "open"
        ),
    )


def test_a_run_is_found_in_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "logs" / "run"
    writer = TensorBoardWriter(folder, steps_between_pictures=4096)
    for steps, rate in ((2048, None), (4096, 0.25), (6144, 0.5), (8192, 0.75)):
        writer.record(update(steps, rate=rate))
    writer.record(CheckpointSaved(8192, Path("checkpoint.pt")))
    writer.record(StageAdvanced(8192, "EASY", "MEDIUM", 8192, 0.75))
    writer.close()

    found = EventAccumulator(str(folder))
    found.Reload()

    overall = [(event.step, event.value) for event in found.Scalars("success/overall")]
    assert overall == [(4096, 0.25), (6144, 0.5), (8192, 0.75)]
    assert set(found.Tags()["scalars"]) == {
        "success/overall",
        "success/task/desktop_basics/open",
        "reward/mean_return",
        "reward/mean_length",
        "reward/task/desktop_basics/open",
        "curriculum/stage_success",
        "curriculum/stages_reopened",
        "curriculum/steps_in_stage",
        "curriculum/steps/EASY",
        "time/steps_per_second",
        "time/seconds",
        "losses/policy",
        "diagnostics/approximate_kl",
        "entropy/type",
        "skills/open",
        "time/phase/collect",
    }
    assert [picture.step for picture in found.Images("episode/screen")] == [2048, 6144]


def test_a_folder_that_cannot_be_written_is_one_message(tmp_path: Path) -> None:
    occupied = tmp_path / "logs"
    occupied.write_text("a file")
    with pytest.raises(StorageError) as caught:
        TensorBoardWriter(occupied / "run")
    assert caught.value.where == str(occupied / "run")
