"""A run's folder: what it was, its configuration and its curves, from the events of the run."""

from __future__ import annotations

import csv
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import yaml

from hrlctl import __version__
from hrlctl.errors import StorageError
from hrlctl.events import Event, RunFinished, RunStarted, UpdateFinished, WarningRaised
from hrlctl.schema.run import RunConfig
from hrlctl.schema.run_record import (
    CONFIG_NAME,
    CURVES_NAME,
    RECORD_NAME,
    STEPS_COLUMN,
    RunEnd,
    RunRecord,
)
from hrlctl.training.tensorboard import scalars_of

_PACKAGES: Final = ("gymnasium", "numpy", "torch")


class RunFolder:
    """Writes ``run.json``, ``config.yaml`` and ``curves.csv``.

    Args:
        folder: created where it does not exist.
        config: of the run, resolved.
        started: the run's first event.
        command: the command line that started it.
        packs: versions of the packs by name.

    Raises:
        StorageError: the folder cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        config: RunConfig,
        started: RunStarted,
        *,
        command: Sequence[str],
        packs: Mapping[str, str],
    ) -> None:
        self.folder = folder
        self._rows: list[dict[str, float]] = []
        self._columns: dict[str, None] = {STEPS_COLUMN: None}
        self._record = RunRecord(
            command=tuple(command),
            started=datetime.now(UTC),
            policy=started.policy,
            encoder=started.encoder,
            seed=started.seed,
            device=started.device,
            parameters=started.parameters,
            total_steps=started.total_steps,
            first_step=started.steps,
            resumed_from=started.resumed_from,
            tasks=started.task_ids,
            demonstrations=started.demonstrations,
            commit=commit_of(Path(__file__)),
            packages={
                "hrlctl": __version__,
                "python": platform.python_version(),
                **{name: version(name) for name in _PACKAGES},
            },
            packs=dict(packs),
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            values = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False)
            (folder / CONFIG_NAME).write_text(values, encoding="utf-8")
            self._write_record()
        except OSError as error:
            raise StorageError(
                f"the run's folder cannot be written: {error.strerror}",
                where=str(folder),
                hint="name another one with --log-dir",
            ) from None

    def record(self, event: Event) -> WarningRaised | None:
        """Write down an update or the end; what is to be told where that is not possible.

        A run is worth more than its records: it goes on without them.
        """
        try:
            match event:
                case UpdateFinished():
                    self._add({STEPS_COLUMN: float(event.steps), **dict(scalars_of(event))})
                case RunFinished():
                    self._record = self._record.model_copy(update={"end": _end_of(event)})
                    self._write_record()
                case _:
                    pass
        except OSError as error:
            reason = error.strerror or str(error)
            return WarningRaised(
                event.steps, f"{self.folder} cannot be written: {reason}", "free some space"
            )
        return None

    def _add(self, row: dict[str, float]) -> None:
        self._rows.append(row)
        if row.keys() <= self._columns.keys():
            self._append(self._rows[-1:], header=False, mode="a")
            return
        # A task's first episode, a skill that is new: earlier rows have nothing there.
        self._columns |= dict.fromkeys(row)
        self._append(self._rows, header=True, mode="w")

    def _append(self, rows: Sequence[Mapping[str, float]], *, header: bool, mode: str) -> None:
        with (self.folder / CURVES_NAME).open(mode, encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, list(self._columns), lineterminator="\n")
            if header:
                table.writeheader()
            for row in rows:
                table.writerow({name: f"{value:.8g}" for name, value in row.items()})

    def _write_record(self) -> None:
        path = self.folder / RECORD_NAME
        part = path.with_suffix(".part")
        part.write_text(self._record.model_dump_json(indent=2) + "\n", encoding="utf-8")
        os.replace(part, path)


def _end_of(event: RunFinished) -> RunEnd:
    return RunEnd(
        state="interrupted" if event.interrupted else "finished",
        at=datetime.now(UTC),
        steps=event.steps,
        seconds=event.seconds,
        success_rate=event.success_rate,
        model=event.final_model or event.resume_from,
    )


def commit_of(source: Path) -> str | None:
    """The commit of the checkout that holds ``source``, with ``-dirty`` where files were changed.

    ``None`` where git does not know the file: installed packages lie in the folders of others.
    """

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(source.parent), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return done.stdout.strip()

    try:
        git("ls-files", "--error-unmatch", source.name)
        return git("describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.SubprocessError):  # no git, no checkout, or not ours
        return None
