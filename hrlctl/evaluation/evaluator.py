"""Measuring an agent on held-out instances."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hrlctl.desktop.backends import check_available
from hrlctl.env.episode import EpisodeRules, Termination
from hrlctl.env.reward import RewardScale
from hrlctl.errors import CheckpointError, UnknownNameError, UsageError
from hrlctl.evaluation.figures import Figures, Flakiness
from hrlctl.evaluation.model_files import (
    Origin,
    device_for,
    exported_size,
    origin,
    screen_size,
)
from hrlctl.evaluation.plan import Ablation, Chunk, PlaySetup, chunk_size, plan
from hrlctl.evaluation.player import Job, play_here
from hrlctl.evaluation.replay import check_repeatable
from hrlctl.evaluation.report import Comparison, EvaluationReport
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.evaluation.targets import Target, check_names
from hrlctl.evaluation.workers import play_in_workers
from hrlctl.packs import Task
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Split
from hrlctl.schema.run import RunConfig
from hrlctl.schema.setup import DesktopKind


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
    repeats: int = 1,
    ablations: Sequence[Ablation] = (),
    compare_with: Path | None = None,
    targets: Sequence[Target] = (),
    played: Callable[[int], None] = lambda episodes: None,
    is_replayed: bool = False,
) -> EvaluationReport:
    """Play held-out episodes and report how many succeed.

    On a CPU the report depends on the arguments only, not on ``workers``.

    Args:
        checkpoint: a model file, a training checkpoint, or an exported model (``.onnx``), which
            runs without torch.
        split: the held-out set.
        episodes: how many, spread evenly over the tasks.
        seed: which episodes; also of the policy's draws where ``sampled``.
        workers: processes; 0 and 1 play in this one.
        packs, tasks, difficulty, task_file: what is played; without any of them, what the
            checkpoint was trained on, else all EASY tasks that are installed. A file without
            packs or tasks beside it is played alone.
        sampled: draw actions as in training instead of taking the likeliest.
        termination: under which episodes count. ``automatic``: success ends an episode.
            ``agent``: an episode ends when the agent says so, and counts if the criteria hold
            then. Every episode is judged under both.
        device: see ``hrlctl.policy.devices.resolve_device``; an exported model runs on the CPU.
        desktop: where; without it where the model was trained.
        repeats: how often the same episodes are played, with other draws of the policy.
        ablations: play the same episodes again with this taken away.
        compare_with: another checkpoint or exported model, for the same episodes.
        targets: checked for tasks that are not played; ``targets.require`` checks the report.
        played: told, whenever some episodes are done, how many.
        is_replayed: the report's episodes are to be shown again, see ``replay``.

    Raises:
        CheckpointError: a checkpoint cannot be used.
        UnknownNameError: a pack, task or device does not exist, or a target's task is not played.
        PackError: a pack or the file of tasks is broken.
        UsageError: nothing is left to play, or the arguments make no sense.
        WorkerError: a worker process died.
        DesktopUnavailableError: the desktop, or a program on it, is not there.
    """
    _check_arguments(split, episodes, repeats, ablations)
    where = str(checkpoint)
    resolved_device = device_for(checkpoint, device)
    trained = origin(checkpoint)  # before any process is started
    if compare_with is not None:
        origin(compare_with)
    environment = trained.config.environment
    kind = desktop or environment.desktop
    if is_replayed:
        check_repeatable(kind)
    if packs or tasks or difficulty or task_file:
        only_file = task_file is not None and not packs and not tasks
        selection = TaskSelection(
            None if only_file else tuple(packs), tuple(tasks), difficulty, task_file, kind
        )
        loaded = selection.load()
    else:
        selection = _trained_on(trained)._replace(desktop=kind)
        loaded = _load_trained(selection, where)
    check_names(targets, [task.id for task in loaded])
    check_available(kind, (task.spec.setup for task in loaded if task.spec.setup is not None))
    size = screen_size(checkpoint, kind)
    if compare_with is not None and exported_size(compare_with) not in (None, size):
        raise UsageError(
            f"it was not exported for screens of {size.width}x{size.height} pixels, as"
            f" {checkpoint} sees them",
            where=str(compare_with),
            hint=f"export it again with --screen {size.width}x{size.height}",
        )
    setup = PlaySetup(
        checkpoint,
        selection,
        split,
        _rules(trained.config),
        *size,
        sampled,
        resolved_device,
        desktop=kind,
    )

    def planned(repeat: int = 0, *, shuffled: bool = False) -> list[Chunk]:
        return plan(loaded, episodes, seed, repeat=repeat, shuffled=shuffled, size=chunk_size(kind))

    passes = [(setup, planned(repeat)) for repeat in range(repeats)]
    for ablation in ablations:
        is_shuffled = ablation is Ablation.INSTRUCTION
        passes.append((setup._replace(ablation=ablation), planned(shuffled=is_shuffled)))
    if compare_with is not None:
        device = device_for(compare_with, device)
        passes.append((setup._replace(checkpoint=compare_with, device=device), planned()))
    results = _play(passes, workers, played)
    ablated = zip(ablations, results[repeats:], strict=False)
    return EvaluationReport(
        results[0],
        setup,
        seed,
        termination,
        Flakiness.of(results[:repeats], termination) if repeats > 1 else None,
        {ablation: Figures.of(found, termination) for ablation, found in ablated},
        None
        if compare_with is None
        else Comparison.of(compare_with, results[0], results[-1], termination),
        trained.config if trained.has_training else None,
    )


def _play(
    passes: Sequence[tuple[PlaySetup, Sequence[Chunk]]],
    workers: int,
    played: Callable[[int], None],
) -> list[tuple[EpisodeResult, ...]]:
    """The results of each pass; all passes share the workers."""
    setups = list(dict.fromkeys(setup for setup, _ in passes))
    jobs = [Job(setups.index(setup), chunk) for setup, chunks in passes for chunk in chunks]
    workers = min(workers, len(jobs))
    by_job = iter(
        play_in_workers(setups, jobs, workers, played)
        if workers > 1
        else play_here(setups, jobs, played)
    )
    return [tuple(result for _ in chunks for result in next(by_job)) for _, chunks in passes]


def _rules(run: RunConfig) -> EpisodeRules:
    return EpisodeRules(RewardScale.of(run.environment), run.training.gamma)


def _check_arguments(
    split: Split, episodes: int, repeats: int, ablations: Sequence[Ablation]
) -> None:
    if episodes < 1:
        raise UsageError(f"{episodes} episodes cannot be played", hint="ask for at least one")
    if repeats < 1:
        raise UsageError(f"episodes cannot be played {repeats} times", hint="ask for at least once")
    if split is Split.TRAINING:
        raise UsageError(
            "the training set measures nothing", hint="use 'seeds', 'words' or 'themes'"
        )
    if episodes == 1 and Ablation.INSTRUCTION in ablations:
        raise UsageError(
            "the instruction of a single episode cannot be shuffled", hint="play more episodes"
        )


def _trained_on(trained: Origin) -> TaskSelection:
    if trained.tasks is None:
        return TaskSelection(difficulty=Difficulty.EASY)
    environment = trained.config.environment
    return TaskSelection(environment.packs, trained.tasks, file=environment.task_file)


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
