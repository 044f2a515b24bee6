"""What a run's folder says of it, beside its configuration and its curves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from hrlctl.schema.base import StrictModel

RECORD_NAME: Final = "run.json"
CONFIG_NAME: Final = "config.yaml"
CURVES_NAME: Final = "curves.csv"
STEPS_COLUMN: Final = "steps"
SUCCESS_COLUMN: Final = "success/overall"
TASK_PREFIX: Final = "success/task/"


class RunEnd(StrictModel):
    """How a run ended."""

    state: Literal["finished", "interrupted"]
    at: datetime
    steps: int
    seconds: float  # since the run began, resumed parts included
    success_rate: float | None  # in training: the mean over the tasks of their last episodes
    model: Path | None  # the last file that was saved


class RunRecord(StrictModel):
    """Which program ran, and what it was told to do."""

    command: tuple[str, ...]
    started: datetime
    policy: str
    encoder: str
    seed: int
    device: str
    parameters: int
    total_steps: int
    first_step: int  # more than 0 when resumed
    resumed_from: Path | None
    tasks: tuple[str, ...]
    commit: str | None  # of hrlctl's checkout, with "-dirty"; None where it was installed
    packages: dict[str, str]  # versions, Python's among them
    packs: dict[str, str]  # versions
    demonstrations: int = 0  # that it started warm with, those of its first weights included
    end: RunEnd | None = None  # None: it still runs, or was killed
