"""The same tasks in the simulator and on real programs: what is lost on the way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from hrlctl.desktop.backends import check_available
from hrlctl.env.episode import Termination
from hrlctl.errors import UsageError
from hrlctl.evaluation.evaluator import evaluate
from hrlctl.evaluation.model_files import exported_size
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Split
from hrlctl.schema.setup import DesktopKind

DESKTOPS: Final[tuple[DesktopKind, DesktopKind]] = ("sim", "x11")


class Gap(NamedTuple):
    """Two evaluations of one agent."""

    sim: EvaluationReport
    x11: EvaluationReport

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it; ``gap`` is the success that is lost, from -1 to 1."""
        sim, real = self.sim.by_task, self.x11.by_task
        return {
            "sim": self.sim.to_dict(),
            "x11": self.x11.to_dict(),
            "gap": self.sim.overall.success_rate - self.x11.overall.success_rate,
            "gap_by_task": {task: sim[task].success_rate - real[task].success_rate for task in sim},
        }


def measure_gap(
    checkpoint: Path,
    *,
    split: Split = Split.SEEDS,
    episodes: int = 500,
    seed: int = 0,
    workers: int = 0,
    packs: Sequence[str] = (),
    tasks: Sequence[str] = (),
    difficulty: Difficulty | None = None,
    task_file: Path | None = None,
    termination: Termination = "automatic",
    device: str = "auto",
    played: Callable[[int], None] = lambda episodes: None,
) -> Gap:
    """Play the tasks that are for both desktops on each of them.

    The arguments are those of ``evaluate``; ``episodes`` are played on each desktop. Without any
    of ``packs``, ``tasks``, ``difficulty`` and ``task_file`` all installed tasks are looked at.

    Raises:
        UsageError: no task is for both desktops, or an exported model is for one alone.
        HrlctlError: as ``evaluate`` does.
    """
    only_file = task_file is not None and not packs and not tasks
    chosen = TaskSelection(
        None if only_file else tuple(packs), tuple(tasks), difficulty, task_file
    ).load()
    shared = tuple(task.id for task in chosen if set(DESKTOPS) <= set(task.spec.desktops))
    if not shared:
        raise UsageError(
            "none of the chosen tasks is for both desktops",
            where="--gap",
            hint="'desktops: [sim, x11]' in a task says that it is; those of linux_apps have it",
        )
    if exported_size(checkpoint) is not None:
        raise UsageError(
            "an exported model takes screens of one size, and the two desktops have two",
            where=str(checkpoint),
            hint="measure the checkpoint that it was exported from",
        )
    setups = (task.spec.setup for task in chosen if task.id in shared)
    check_available("x11", (setup for setup in setups if setup is not None))
    sim, real = (
        evaluate(
            checkpoint,
            split=split,
            episodes=episodes,
            seed=seed,
            workers=workers,
            packs=packs,
            tasks=shared,
            task_file=task_file,
            termination=termination,
            device=device,
            desktop=desktop,
            played=played,
        )
        for desktop in DESKTOPS
    )
    return Gap(sim, real)
