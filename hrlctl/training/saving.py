"""When a run's checkpoints are written, and which of them stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hrlctl.errors import StorageError
from hrlctl.events import CheckpointSaved, WarningRaised
from hrlctl.policy.files import write_model


class Saving:
    """Writes the checkpoints of one run.

    Args:
        folder: where they go.
        every: steps between two of them.
        keep: how many of those stay; 0: all.
        content: what a checkpoint holds now; asked in every process of the run.
        writes: whether this process writes; of several one does.
    """

    def __init__(
        self,
        folder: Path,
        every: int,
        keep: int,
        content: Callable[[], dict[str, Any]],
        *,
        writes: bool = True,
    ) -> None:
        self.folder, self._every, self._keep = folder, every, keep
        self._content, self._writes = content, writes
        self.kept: list[Path] = []
        """Those between, oldest first."""

    def due(self, before: int, steps: int) -> Iterator[CheckpointSaved | WarningRaised]:
        """A checkpoint if a multiple of ``every`` lies after ``before`` and not after ``steps``."""
        multiple = steps // self._every * self._every
        if multiple <= before:
            return
        event = self.attempt(f"checkpoint_{multiple}.pt", steps)
        if isinstance(event, CheckpointSaved):
            self.kept.append(event.path)
            while self._keep and len(self.kept) > self._keep:
                oldest = self.kept.pop(0)
                if self._writes:
                    oldest.unlink(missing_ok=True)
        yield event

    def attempt(self, name: str, steps: int) -> CheckpointSaved | WarningRaised:
        """A run is worth more than a checkpoint: without a place for it it goes on."""
        try:
            return self.save(name, steps)
        except StorageError as error:
            return WarningRaised(steps, f"no checkpoint: {error}", error.hint)

    def save(self, name: str, steps: int) -> CheckpointSaved:
        """Write a checkpoint under ``name``.

        Raises:
            StorageError: there is no place for it.
        """
        path, content = self.folder / name, self._content()
        if self._writes:
            write_model(path, content)
        return CheckpointSaved(steps, path)
