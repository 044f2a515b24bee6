"""What is left of a run in its folder."""

from __future__ import annotations

import csv
import dataclasses
import subprocess
from pathlib import Path

import pytest
import yaml

from hrlctl import __version__
from hrlctl.errors import StorageError
from hrlctl.events import (
    RunFinished,
    RunStarted,
    StageProgress,
    TaskProgress,
    UpdateFinished,
    WarningRaised,
)
from hrlctl.schema.run import RunConfig, TrainingConfig
from hrlctl.schema.run_record import RunRecord
from hrlctl.training.run_folder import RunFolder, commit_of

STAGE = StageProgress("EASY", None, 0.6, 0, 50_000)
STARTED = RunStarted(
    4096, 0, 2, 32, 64, 1000, "cpu", ("p/a",), "hierarchical", "compact", 3, Path("old.pt")
)
CONFIG = RunConfig(training=TrainingConfig(gamma=0.97))


def update(steps: int, rate: float | None) -> UpdateFinished:
    return UpdateFinished(
        update=1,
        updates=2,
        steps=steps,
        total_steps=4096,
        seconds=2.0,
        steps_per_second=100.0,
        success_rate=rate,
        mean_reward=None,
        mean_length=None,
        losses={"policy": 0.125},
        diagnostics={},
        entropies={},
        skill_usage={},
        phases={},
        tasks=(TaskProgress("p/a", "EASY", 3, rate, None),),
        stage=STAGE,
    )


def start(folder: Path) -> RunFolder:
    return RunFolder(folder, CONFIG, STARTED, command=("hrlctl", "train"), packs={"p": "1.2"})


def record_in(folder: Path) -> RunRecord:
    return RunRecord.model_validate_json((folder / "run.json").read_text())


def test_what_ran_is_written_at_the_start(tmp_path: Path) -> None:
    start(tmp_path / "logs" / "run")
    record = record_in(tmp_path / "logs" / "run")
    assert (record.command, record.packs) == (("hrlctl", "train"), {"p": "1.2"})
    assert (record.seed, record.resumed_from, record.tasks) == (3, Path("old.pt"), ("p/a",))
    assert record.packages["hrlctl"] == __version__
    assert record.packages.keys() >= {"python", "torch", "numpy"}
    assert record.end is None
    stored = yaml.safe_load((tmp_path / "logs" / "run" / "config.yaml").read_text())
    assert RunConfig.model_validate_json(CONFIG.model_dump_json()) == RunConfig.model_validate(
        stored
    )


def test_curves_are_a_row_an_update_with_gaps_where_nothing_was_known(tmp_path: Path) -> None:
    folder = start(tmp_path)
    for steps, rate in ((1024, None), (2048, 0.25), (4096, 0.5)):
        assert folder.record(update(steps, rate)) is None
    with (tmp_path / "curves.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["steps"] for row in rows] == ["1024", "2048", "4096"]
    assert [row["success/overall"] for row in rows] == ["", "0.25", "0.5"]
    assert [row["success/task/p/a"] for row in rows] == ["", "0.25", "0.5"]
    assert {row["losses/policy"] for row in rows} == {"0.125"}


@pytest.mark.parametrize("interrupted", [False, True])
def test_the_end_is_written(tmp_path: Path, interrupted: bool) -> None:
    folder = start(tmp_path)
    end = RunFinished(4096, 60.0, interrupted, Path("final_model.pt"), None, 0.5, STAGE)
    if interrupted:
        end = dataclasses.replace(end, final_model=None, resume_from=Path("interrupted.pt"))
    folder.record(end)
    written = record_in(tmp_path).end
    assert written is not None
    assert written.state == ("interrupted" if interrupted else "finished")
    assert (written.steps, written.seconds, written.success_rate) == (4096, 60.0, 0.5)
    assert written.model == (end.final_model or end.resume_from)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file")
    with pytest.raises(StorageError):
        start(tmp_path / "logs" / "run")


def test_curves_that_cannot_be_written_are_told_and_end_nothing(tmp_path: Path) -> None:
    folder = start(tmp_path)
    (tmp_path / "curves.csv").mkdir()
    assert isinstance(folder.record(update(1024, 0.5)), WarningRaised)


def test_the_commit_is_that_of_the_checkout_that_holds_the_file(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        subprocess.run(["git", "-C", tmp_path, *who, *arguments], check=True, capture_output=True)

    source, other = tmp_path / "source.py", tmp_path / "installed.py"
    source.write_text("one")
    other.write_text("two")
    assert commit_of(source) is None
    git("init")
    git("add", "source.py")
    git("commit", "-m", "first")
    clean = commit_of(source)
    assert clean is not None
    assert len(clean) == 40
    assert commit_of(other) is None
    source.write_text("changed")
    assert commit_of(source) == f"{clean}-dirty"
