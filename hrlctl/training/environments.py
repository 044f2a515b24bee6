"""What a configured run plays in: its tasks, its environments, and the versions of both."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from hrlctl import __version__
from hrlctl.desktop.backends import check_available, desktop_factory
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import DesktopVector, EnvironmentVector, unassigned
from hrlctl.env.workers import WorkerVector
from hrlctl.errors import ConfigurationError, UsageError
from hrlctl.packs import Task, load_packs
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.run import RunConfig
from hrlctl.training.ranks import Ranks


def versions() -> dict[str, Any]:
    """Of hrlctl and of the packs."""
    return {"hrlctl_version": __version__, "pack_versions": dict(load_packs().versions)}


def digest(tasks: Sequence[Task]) -> str:
    """Stands for what ``tasks`` say: the same here and elsewhere only if they say the same."""
    said = "\n".join(f"{task.id} {task.spec.model_dump_json()}" for task in tasks)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def load_tasks(config: RunConfig) -> tuple[Task, ...]:
    """The tasks of a run: those of the named packs and ids, or those of the task file alone.

    Without a curriculum only those of the configured difficulty.

    Raises:
        UnknownNameError: a named pack or task does not exist.
        UsageError: there is none for the desktop, or of the difficulty to start with.
        PackError: a named pack or the task file is broken.
    """
    environment, curriculum = config.environment, config.curriculum
    file, packs = environment.task_file, environment.packs
    only_file = file is not None and not packs and not environment.tasks
    tasks = TaskSelection(
        None if only_file else packs, environment.tasks, file=file, desktop=environment.desktop
    ).load()
    start = curriculum.difficulty
    kept = tuple(t for t in tasks if curriculum.enabled or t.difficulty is start)
    if not any(t.difficulty is start for t in kept):
        known = sorted({t.difficulty.value for t in tasks})
        raise UsageError(
            f"there is no task of difficulty {start.value} to start with",
            hint=f"the tasks chosen are {' and '.join(known)}",
        )
    return kept


def make_vector(
    config: RunConfig, tasks: Sequence[Task], rules: EpisodeRules, ranks: Ranks
) -> EnvironmentVector:
    """This rank's share of the environments, in this process or in workers."""
    training, environment = config.training, config.environment
    num_envs = share_of(training.num_envs, ranks.count)
    kind = environment.desktop
    check_available(kind, (task.spec.setup for task in tasks if task.spec.setup is not None))
    desktop = desktop_factory(kind, environment.screen_width, environment.screen_height)
    if workers := processes_for(config, num_envs):
        return WorkerVector(tasks, num_envs, desktop, rules, unassigned, workers=workers)
    desktops = [desktop() for _ in range(num_envs)]
    return DesktopVector(tasks, desktops, rules, unassigned)


def processes_for(config: RunConfig, num_envs: int) -> int:
    """How many processes ``num_envs`` desktops are shared by; none: they are all in this one."""
    # Steps on real programs are mostly waiting: every display has a process of its own.
    return num_envs if config.environment.desktop == "x11" else config.training.workers


def share_of(num_envs: int, processes: int) -> int:
    """How many environments each of ``processes`` has.

    Raises:
        ConfigurationError: they cannot all have as many.
    """
    share, rest = divmod(num_envs, processes)
    if rest:
        raise ConfigurationError(
            f"{num_envs} environments cannot be shared evenly by {processes} processes",
            where="training.num_envs",
            hint=f"take {max(share, 1) * processes}, for instance",
        )
    return share
