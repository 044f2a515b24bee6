"""Scalars and a few pictures for TensorBoard, from the events of a run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from torch.utils.tensorboard import SummaryWriter

from hrlctl.errors import StorageError
from hrlctl.events import Event, StageAdvanced, StageReopened, UpdateFinished, View

STEPS_BETWEEN_PICTURES = 50_000


class TensorBoardWriter:
    """Records the events of one run in one folder.

    Args:
        folder: created where it does not exist.
        steps_between_pictures: pictures are large; a few tell enough.

    Raises:
        StorageError: the folder cannot be written.
    """

    def __init__(
        self, folder: Path, *, steps_between_pictures: int = STEPS_BETWEEN_PICTURES
    ) -> None:
        self.folder = folder
        self._steps_between_pictures = steps_between_pictures
        self._next_picture = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._writer = SummaryWriter(str(folder))
        except OSError as error:
            raise StorageError(
                f"the folder for logs cannot be written: {error.strerror}",
                where=str(folder),
                hint="name another one with --log-dir",
            ) from None

    def record(self, event: Event) -> None:
        """Write down what an update or a passed stage says; other events hold nothing to plot."""
        match event:
            case UpdateFinished():
                for name, value in scalars_of(event):
                    self._writer.add_scalar(name, value, event.steps)
                if event.view is not None and event.steps >= self._next_picture:
                    self._record_view(event.view, event.steps)
                    self._next_picture = event.steps + self._steps_between_pictures
            case StageAdvanced():
                text = (
                    f"{event.from_stage} passed at {event.success_rate:.1%}, now {event.to_stage}"
                )
                self._writer.add_text("curriculum/advanced", text, event.steps)
            case StageReopened():
                text = f"{event.stage} slipped to {event.success_rate:.1%}, open again"
                self._writer.add_text("curriculum/reopened", text, event.steps)
            case _:
                pass

    def close(self) -> None:
        """Write out what is buffered."""
        self._writer.close()

    def _record_view(self, view: View, steps: int) -> None:
        self._writer.add_image("episode/screen", view.screen, steps, dataformats="HWC")
        text = f"“{view.instruction}” ({view.task_id}) skill {view.skill}, action {view.action}"
        self._writer.add_text("episode/instruction", text, steps)


def scalars_of(update: UpdateFinished) -> Iterator[tuple[str, float]]:
    """The name and value of every figure in an update; unknown ones are left out."""
    known = {
        "success/overall": update.success_rate,
        "reward/mean_return": update.mean_reward,
        "reward/mean_length": update.mean_length,
        "curriculum/stage_success": update.stage.success_rate,
        "curriculum/steps_in_stage": float(update.stage.steps_in_stage),
        "curriculum/stages_reopened": float(len(update.stage.reopened)),
        "time/steps_per_second": update.steps_per_second,
        "time/seconds": update.seconds,
        **{f"success/task/{task.task_id}": task.success_rate for task in update.tasks},
        **{f"reward/task/{task.task_id}": task.mean_return for task in update.tasks},
        **{
            f"curriculum/steps/{stage}": float(steps)
            for stage, steps in update.stage.steps_by_stage.items()
        },
    }
    yield from ((name, value) for name, value in known.items() if value is not None)
    for group, values in (
        ("losses", update.losses),
        ("diagnostics", update.diagnostics),
        ("entropy", update.entropies),
        ("skills", update.skill_usage),
        ("time/phase", update.phases),
    ):
        yield from ((f"{group}/{name}", value) for name, value in values.items())
