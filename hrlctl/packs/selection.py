"""Which tasks are meant by packs, ids, a difficulty and a file."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from hrlctl.errors import UnknownNameError, UsageError
from hrlctl.packs.files import load_task_file
from hrlctl.packs.instances import Task
from hrlctl.packs.registry import load_packs
from hrlctl.schema.base import Difficulty
from hrlctl.schema.setup import DesktopKind


class TaskSelection(NamedTuple):
    """Tasks by name, cheap to send to another process, which loads them itself.

    Attributes:
        packs: names; empty: all that are installed; ``None``: none.
        ids: of tasks; empty: all.
        difficulty: ``None``: any.
        file: a loose file of tasks, beside the packs.
        desktop: where they are to be played; tasks that are not for it are left out. ``None``: all.
    """

    packs: tuple[str, ...] | None = ()
    ids: tuple[str, ...] = ()
    difficulty: Difficulty | None = None
    file: Path | None = None
    desktop: DesktopKind | None = None

    def load(self) -> tuple[Task, ...]:
        """The selected tasks, in the order of ``ids`` where they are given; at least one.

        Raises:
            UnknownNameError: a pack or a task does not exist.
            PackError: a named pack or the file is broken.
            UsageError: no task is left, or one that is named by its id is not for the desktop.
        """
        known = {task.id: task for task in (load_task_file(self.file) if self.file else ())}
        if self.packs is not None:
            registry = load_packs(self.packs or None)
            known = {task.id: task for task in registry.tasks()} | known
        for task_id in self.ids:
            if task_id not in known:
                raise UnknownNameError("task", task_id, known)
        chosen = [known[task_id] for task_id in dict.fromkeys(self.ids or known)]
        fitting = [task for task in chosen if self.desktop in (None, *task.spec.desktops)]
        if self.ids and len(fitting) < len(chosen):
            wrong = next(task for task in chosen if task not in fitting)
            raise UsageError(
                f"the task {wrong.id!r} is for {' and '.join(wrong.spec.desktops)},"
                f" not for {self.desktop}",
                hint=f"choose another with --desktop, or add {self.desktop} to its 'desktops'",
            )
        tasks = tuple(task for task in fitting if self.difficulty in (None, task.difficulty))
        if not tasks:
            raise UsageError(
                f"no task is left to play: {self._description()}",
                hint="'hrlctl tasks list' lists the tasks that are installed",
            )
        return tasks

    def _description(self) -> str:
        parts = [
            f"packs {', '.join(self.packs)}" if self.packs else "",
            f"tasks {', '.join(self.ids)}" if self.ids else "",
            f"difficulty {self.difficulty}" if self.difficulty else "",
            f"file {self.file}" if self.file else "",
            f"desktop {self.desktop}" if self.desktop else "",
        ]
        return "; ".join(part for part in parts if part) or "no pack is installed"
