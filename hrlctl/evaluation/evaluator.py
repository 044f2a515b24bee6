"""Measuring an agent on held-out instances."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hrlctl.desktop.backends import check_available
from hrlctl.env.episode import EpisodeRules, Termination
from hrlctl.env.reward import RewardScale
from hrlctl.errors import CheckpointError, UnknownNameError, UsageError
from hrlctl.evaluation.player import CHUNK, Chunk, PlaySetup, chunk_size, play_here
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.workers import play_in_workers
from hrlctl.packs import Task
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy.devices import resolve_device
from hrlctl.policy.files import read_model
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.schema.base import Difficulty, Split
from hrlctl.schema.run import RunConfig
from hrlctl.schema.setup import SCREEN_SIZES, DesktopKind, ScreenSize

_SEEDS = 2**31


def evaluate(
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
    sampled: bool = False,
    termination: Termination = "automatic",
    device: str = "auto",
    desktop: DesktopKind | None = None,
) -> EvaluationReport:
    """Play held-out episodes and report how many succeed.

    On a CPU the report depends on the arguments only, not on ``workers``.

    Args:
        checkpoint: a model file or a training checkpoint.
        split: the held-out set.
        episodes: how many, spread evenly over the tasks.
        seed: which episodes; also of the policy's draws where ``sampled``.
        workers: processes; 0 and 1 play in this one.
        packs, tasks, difficulty, task_file: what is played; without any of them, what the
            checkpoint was trained on, else all EASY tasks that are installed. A file without
            packs or tasks beside it is played alone.
        sampled: draw actions as in training instead of taking the likeliest.
        termination: ``automatic``: success ends an episode. ``agent``: an episode ends when the
            agent says so, and counts if the criteria hold then.
        device: see ``resolve_device``.
        desktop: where; without it where the checkpoint was trained.

    Raises:
        CheckpointError: the checkpoint cannot be used.
        UnknownNameError: a pack, task or device does not exist.
        PackError: a pack or the file of tasks is broken.
        UsageError: nothing is left to play, or the arguments make no sense.
        WorkerError: a worker process died.
        DesktopUnavailableError: the desktop, or a program on it, is not there.
    """
    if episodes < 1:
        raise UsageError(f"{episodes} episodes cannot be played", hint="ask for at least one")
    if split is Split.TRAINING:
        raise UsageError(
            "the training set measures nothing", hint="use 'seeds', 'words' or 'themes'"
        )
    where = str(checkpoint)
    resolved_device = resolve_device(device)
    content = read_model(checkpoint)
    HierarchicalPolicy.from_content(content, where=where)  # before any process is started
    run = _run_config(content, where)
    environment = run.environment
    kind = desktop or environment.desktop
    if packs or tasks or difficulty or task_file:
        only_file = task_file is not None and not packs and not tasks
        selection = TaskSelection(
            None if only_file else tuple(packs), tuple(tasks), difficulty, task_file, kind
        )
        loaded = selection.load()
    else:
        selection = _trained_on(content, run)._replace(desktop=kind)
        loaded = _load_trained(selection, where)
    check_available(kind, (task.spec.setup for task in loaded if task.spec.setup is not None))
    size = SCREEN_SIZES[kind]
    if kind == environment.desktop:
        size = ScreenSize(environment.screen_width, environment.screen_height)
    scale = RewardScale(
        environment.success_reward, environment.milestone_reward, environment.shaping_reward
    )
    setup = PlaySetup(
        checkpoint,
        selection,
        split,
        EpisodeRules(scale, run.training.gamma, termination),
        *size,
        kind,
        sampled,
        str(resolved_device),
    )
    chunks = plan(loaded, episodes, seed, chunk_size(kind))
    workers = min(workers, len(chunks))
    results = play_in_workers(setup, chunks, workers) if workers > 1 else play_here(setup, chunks)
    return EvaluationReport.of(
        results, seed=seed, split=split, termination=termination, sampled=sampled
    )


def plan(tasks: Sequence[Task], episodes: int, seed: int, size: int = CHUNK) -> list[Chunk]:
    """Which episodes are played, in chunks of ``size``; tasks take turns.

    The instances of a task depend on ``seed`` and its id, not on which other tasks are played, and
    no instance is played twice.
    """
    counts = [len(range(index, episodes, len(tasks))) for index in range(len(tasks))]
    seeds = [
        iter(random.Random(f"{seed}/{task.id}").sample(range(_SEEDS), count))
        for task, count in zip(tasks, counts, strict=True)
    ]
    turns = [index % len(tasks) for index in range(episodes)]
    drawn = [(task, next(seeds[task])) for task in turns]
    draws = random.Random(f"{seed}/policy")
    return [
        Chunk(draws.randrange(_SEEDS), tuple(drawn[start : start + size]))
        for start in range(0, episodes, size)
    ]


def _run_config(content: Mapping[str, Any], where: str) -> RunConfig:
    """How the checkpoint was trained; the defaults where it holds a policy without a training."""
    if "training" not in content:
        return RunConfig()
    try:
        return RunConfig.model_validate(content["training"]["config"])
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise CheckpointError(
            f"its configuration does not fit this version: {key}: {first['msg']}",
            where=where,
            hint="use the hrlctl version that wrote it, or train anew",
        ) from error


def _trained_on(content: Mapping[str, Any], run: RunConfig) -> TaskSelection:
    if "tasks" not in content:
        return TaskSelection(difficulty=Difficulty.EASY)
    environment = run.environment
    return TaskSelection(environment.packs, tuple(content["tasks"]), file=environment.task_file)


def _load_trained(selection: TaskSelection, where: str) -> tuple[Task, ...]:
    try:
        return selection.load()
    except UnknownNameError as error:
        raise CheckpointError(
            f"it was trained on the {error.kind} {error.name!r}, which is not installed",
            where=where,
            hint="install its pack, or say what to play with --pack, --task, --tasks or"
            " --difficulty",
        ) from error
