"""One training, composed from its configuration."""

from __future__ import annotations

import cProfile
import json
import os
import pstats
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import torch

from hrlctl.desktop.backends import desktop_factory
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.reward import RewardScale
from hrlctl.env.vector import EnvironmentVector
from hrlctl.errors import CheckpointError, StorageError, UsageError
from hrlctl.events import Event, UpdateFinished
from hrlctl.packs import Task
from hrlctl.policy.devices import resolve_device, threads
from hrlctl.policy.files import INHERITED, read_model
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.schema.run import RunConfig
from hrlctl.training.checkpoint import (
    demonstrations_of,
    read_checkpoint,
    stored_config,
)
from hrlctl.training.environments import (
    digest,
    load_tasks,
    make_vector,
    processes_for,
    versions,
)
from hrlctl.training.machine import best_settings
from hrlctl.training.memory import keep_freed_memory
from hrlctl.training.ranks import Ranks, joined
from hrlctl.training.sources import RolloutSource
from hrlctl.training.trainer import PPOTrainer

__all__ = ["stored_config", "train"]

MOST_DEMONSTRATORS: Final = 2 * (os.cpu_count() or 1)
"""On this machine, wherever rollouts are played: their displays mostly wait."""


def train(
    config: RunConfig,
    *,
    resume: Path | None = None,
    init_from: Path | None = None,
    profile: Path | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Train as configured, and tell what happens as it happens.

    Under torchrun this is one of several processes, and its events tell of all of them.

    Args:
        config: everything the run depends on.
        resume: a checkpoint to go on from, exactly.
        init_from: a checkpoint to take the weights from.
        profile: where to write a profile as JSON: seconds by phase and by function.
        stop: asked after each update; true ends the run there.

    Raises:
        HrlctlError: the run cannot be started or saved; the class says why.
    """
    with joined() as ranks:
        trainer = compose(config, resume=resume, init_from=init_from, ranks=ranks)
        count = trainer.config.training.threads or torch.get_num_threads()
        with closing(trainer.source), threads(count):
            if profile is not None and ranks.is_first:
                yield from _profiled(trainer, profile, stop)
            else:
                yield from trainer.events(stop=stop)


def compose(
    config: RunConfig,
    *,
    resume: Path | None = None,
    init_from: Path | None = None,
    ranks: Ranks | None = None,
) -> PPOTrainer:
    """The trainer of a run, ready for its first step; arguments and errors as in ``train``."""
    ranks = ranks or Ranks()
    training, environment = config.training, config.environment
    device = ranks.device(resolve_device(training.device))
    keep_freed_memory()
    tasks = load_tasks(config)
    torch.manual_seed(training.seed)
    content = read_checkpoint(resume) if resume is not None else None
    source = resume or init_from
    stored = content
    if source is not None:
        stored = content or read_model(source)
        policy = HierarchicalPolicy.from_content(stored, where=str(source))
        _check_same_network(policy, config, source)
    else:
        policy = HierarchicalPolicy(
            config.policy, use_checkpointing=training.gradient_checkpointing
        )
    policy.to(device)
    if ranks.count == 1 and device.type == "cpu":
        config = _tuned(config, policy)
    if ranks.is_first:
        _check_writable(config.output.save_dir)
    scale = RewardScale.of(environment)
    scale.check(tasks, training.gamma)
    rules = EpisodeRules(scale, training.gamma)
    ranks.require_same(_facts(config, tasks))
    metadata = {
        **versions(),
        "resumed_from": resume,
        INHERITED: 0 if stored is None else demonstrations_of(stored, resumed=resume is not None),
    }
    rollouts = _source(config, tasks, rules, ranks)
    try:
        trainer = PPOTrainer(
            policy,
            rollouts,
            config=config,
            save_dir=config.output.save_dir,
            metadata=metadata,
            make_desktop=desktop_factory(
                environment.desktop, environment.screen_width, environment.screen_height
            ),
            demonstrators=min(processes_for(config, training.num_envs), MOST_DEMONSTRATORS),
            taught=init_from is not None,
            ranks=ranks,
        )
        if content is not None:
            trainer.restore(content, where=str(resume))
        ranks.require_same({"the checkpoint's steps": trainer.position.steps})
    except BaseException:
        rollouts.close()
        raise
    return trainer


def _facts(config: RunConfig, tasks: Sequence[Task]) -> dict[str, object]:
    """What has to be the same in all processes of a run."""
    values = {
        f"{section}.{key}": value
        for section, keys in config.model_dump(mode="json").items()
        for key, value in keys.items()
    }
    return {**versions(), "tasks": digest(tasks), **values}


def _tuned(config: RunConfig, policy: HierarchicalPolicy) -> RunConfig:
    """``config`` with what this machine is fastest with, where it leaves that open."""
    training, environment = config.training, config.environment
    if training.threads and training.mixed_precision != "auto":
        return config
    found = best_settings(policy, environment.screen_width, environment.screen_height)
    changes: dict[str, object] = {"threads": training.threads or found.threads}
    if training.mixed_precision == "auto":
        changes["mixed_precision"] = found.precision
    return config.model_copy(update={"training": training.model_copy(update=changes)})


def _source(
    config: RunConfig, tasks: Sequence[Task], rules: EpisodeRules, ranks: Ranks
) -> EnvironmentVector | RolloutSource:
    """Where the run plays."""
    if config.training.engine == "local":
        return make_vector(config, tasks, rules, ranks)
    if ranks.count > 1:
        raise UsageError(
            "--engine ray and torchrun exclude each other",
            hint="with Ray one process learns, and workers on the cluster play for it",
        )
    from hrlctl.training.ray_source import RaySource

    return RaySource(config, tasks, rules)


def _check_same_network(policy: HierarchicalPolicy, config: RunConfig, source: Path) -> None:
    wanted = config.policy.model_copy(update={"pretrained_encoder": False})
    stored = policy.config.model_copy(update={"pretrained_encoder": False})
    if wanted != stored:
        different = [
            f"{key} {getattr(stored, key)!r}, not {getattr(wanted, key)!r}"
            for key in type(wanted).model_fields
            if getattr(stored, key) != getattr(wanted, key)
        ]
        raise CheckpointError(
            f"its network is another one: {'; '.join(different)}",
            where=str(source),
            hint="ask for the same network, or train a new one",
        )


def _check_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"the folder cannot be made: {error}", where=str(folder), hint="choose another"
        ) from error
    if not os.access(folder, os.W_OK):
        raise StorageError(
            "the folder cannot be written", where=str(folder), hint="choose another with --save-dir"
        )


def _profiled(trainer: PPOTrainer, path: Path, stop: Callable[[], bool]) -> Iterator[Event]:
    """The run under cProfile; ``path`` gets seconds by phase and the 60 costliest functions."""
    profiler = cProfile.Profile()
    phases: dict[str, float] = {}
    events = trainer.events(stop=stop)
    while True:
        event = profiler.runcall(next, events, None)
        if event is None:
            break
        if isinstance(event, UpdateFinished):
            for name, seconds in event.phases.items():
                phases[name] = phases.get(name, 0.0) + seconds
        yield event
    statistics = pstats.Stats(profiler)
    functions = [
        {"function": f"{file}:{line}({name})", "calls": calls, "own": own, "cumulative": total}
        for (file, line, name), (_, calls, own, total, _) in statistics.stats.items()  # type: ignore[attr-defined]
    ]
    functions.sort(key=lambda f: -f["own"])
    try:
        path.write_text(json.dumps({"phases": phases, "functions": functions[:60]}, indent=1))
    except OSError as error:
        raise StorageError(f"the profile cannot be written: {error}", where=str(path)) from error
