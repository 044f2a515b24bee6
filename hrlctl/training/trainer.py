"""The trainer: collect, learn, account, save; it yields events and prints nothing."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any, Final, NamedTuple

from hrlctl.desktop.backends import desktop_factory
from hrlctl.desktop.contract import Desktop
from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.env.vector import (
    DesktopVector,
    EnvironmentVector,
    EpisodeRecord,
    Fault,
    unassigned,
)
from hrlctl.errors import CheckpointError, ConfigurationError, UsageError
from hrlctl.events import (
    EpisodeFinished,
    Event,
    RunFinished,
    RunStarted,
    UpdateFinished,
    View,
    WarningRaised,
    WorkerRestarted,
)
from hrlctl.packs import Task
from hrlctl.policy.files import INHERITED
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.policy.manager import SKILLS
from hrlctl.schema.run import CurriculumConfig, RunConfig, TrainingConfig
from hrlctl.training.alarms import Alarms
from hrlctl.training.checkpoint import (
    CLONED_NAME,
    FINAL_NAME,
    INTERRUPTED_NAME,
    Position,
    RandomStreams,
)
from hrlctl.training.curriculum import Curriculum, assigner
from hrlctl.training.imitation import Repertoire
from hrlctl.training.machine import best_settings
from hrlctl.training.ppo import Learner, UpdateStatistics, schedule
from hrlctl.training.ranks import Ranks
from hrlctl.training.rollout import Rollout
from hrlctl.training.saving import Saving
from hrlctl.training.sources import LocalSource, RolloutSource
from hrlctl.training.warm_start import WarmStart

_SPEED_WINDOW: Final = 10  # updates over which steps/s is averaged


class PPOTrainer:
    """Trains a policy with PPO.

    Args:
        policy: what is trained, in place.
        env: one environment, several, a Gymnasium vector of them that runs in this process, a
            vector of hrlctl's own, or whatever else rollouts come from.
        config: everything else; the defaults without.
        save_dir: where checkpoints go; without it none are written.
        metadata: what checkpoints say beside the training, such as the packs' versions.
        make_desktop: where demonstrations are played, if there are any; the simulator without.
        demonstrators: how many processes share them; none: they are played in this one.
        taught: the policy has learned something already, as with weights of a file.
        ranks: the processes that train the policy together, each in environments of its own;
            without, this one alone. Numbers of steps are those of all of them.
        **overrides: values of ``config.training``, for instance ``learning_rate=1e-4``.

    Raises:
        ConfigurationError: the number of steps of an update is no multiple of the environments.
        UsageError: there are to be demonstrations, and no task has an oracle, or there are several
            ranks.
    """

    def __init__(
        self,
        policy: HierarchicalPolicy,
        env: DesktopEnv | Sequence[DesktopEnv] | EnvironmentVector | RolloutSource,
        *,
        config: RunConfig | None = None,
        save_dir: Path | None = None,
        metadata: dict[str, Any] | None = None,
        make_desktop: Callable[[], Desktop] | None = None,
        demonstrators: int = 0,
        taught: bool = False,
        ranks: Ranks | None = None,
        **overrides: Any,
    ) -> None:
        config = config or RunConfig(curriculum=CurriculumConfig(enabled=False))
        if overrides:
            values = config.training.model_dump() | overrides
            config = config.model_copy(update={"training": TrainingConfig.model_validate(values)})
        self.policy = policy
        self.ranks = ranks = ranks or Ranks()
        training = config.training
        self.random = RandomStreams.of_seed(training.seed, ranks.rank)
        vector = env if isinstance(env, RolloutSource) else _as_vector(env)
        environments = len(vector) * ranks.count
        if training.buffer_size % environments:
            raise ConfigurationError(
                f"{training.buffer_size} steps an update cannot be shared evenly by"
                f" {environments} environments",
                where="training.buffer_size",
                hint="make it a multiple of the number of environments",
            )
        if training.demonstrations and ranks.count > 1:
            raise UsageError(
                "demonstrations are cloned by one process, not by several",
                where="training.demonstrations",
                hint="run the warm start alone, then go on from its cloned.pt with --init-from",
            )
        self.curriculum = Curriculum(config.curriculum, vector.tasks)
        if isinstance(vector, RolloutSource):
            self.source = vector
        else:
            vector.assign = assigner(self.curriculum, self.random.tasks)
            self.source = LocalSource(
                vector,
                training.buffer_size // environments,
                self.random.policy,
                training.gamma,
                training.gae_lambda,
            )
        self.config = config.model_copy(update={"training": self._resolved(training)})
        self.metadata = metadata or {}
        actions = self.source.actions
        self.repertoire = Repertoire((actions.height, actions.width, 3), training.gamma)
        self.learner = Learner(policy, self.config.training, self.repertoire, ranks)
        self.source.follow(policy, self.curriculum, self.learner.precision)
        self.warm_start: WarmStart | None = None
        if training.demonstrations:
            self.warm_start = WarmStart(
                self.learner,
                self.tasks,
                actions,
                make_desktop or desktop_factory("sim", actions.width, actions.height),
                self.source.rules,
                demonstrators=demonstrators,
                taught=taught,
            )
        self.alarms = Alarms()
        self.position = Position()
        self._saving: Saving | None = None
        if save_dir is not None:
            every, keep = training.checkpoint_every, training.keep
            self._saving = Saving(save_dir, every, keep, self.content, writes=ranks.is_first)
        self._discarded = 0  # first screens that were thrown away
        self._speeds: deque[tuple[int, float]] = deque(maxlen=_SPEED_WINDOW)
        self._is_restored = False

    @property
    def tasks(self) -> tuple[Task, ...]:
        return self.source.tasks

    def train(self, total_timesteps: int | None = None) -> RunFinished:
        """Train to the end and return how it ended.

        Args:
            total_timesteps: transitions over all environments; ``config``'s without.
        """
        finished = None
        for event in self.events(total_timesteps):
            finished = event
        if not isinstance(finished, RunFinished):
            raise RuntimeError("a run ends with RunFinished")
        return finished

    def events(
        self, total_timesteps: int | None = None, *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Event]:
        """Train, and tell what happens as it happens.

        Args:
            total_timesteps: transitions over all environments; ``config``'s without.
            stop: asked after each update; true ends the run there, to be resumed.
        """
        if total_timesteps is not None:
            training = self.config.training.model_copy(update={"total_timesteps": total_timesteps})
            self.config = self.config.model_copy(update={"training": training})
        total, size = self.config.training.total_timesteps, self.config.training.buffer_size
        updates = -(-total // size)
        yield self._started(updates)
        if not self._is_restored:
            self.source.begin()
        if self.warm_start is not None:
            yield from self._start_warm(self.warm_start, total, stop)
        while self.position.steps < total and not self.ranks.any(stop()):
            yield from self._update(updates)
        yield from self._finish(interrupted=self.position.steps < total)

    def _start_warm(
        self, warm_start: WarmStart, total: int, stop: Callable[[], bool]
    ) -> Iterator[Event]:
        was_cloned = warm_start.is_cloned
        yield from warm_start.events(self.position, self.position.steps / total, stop)
        if warm_start.is_cloned and not was_cloned and self._saving is not None:
            yield self._saving.attempt(CLONED_NAME, self.position.steps)

    def _update(self, updates: int) -> Iterator[Event]:
        """One rollout, what is learned from it, and what it was like."""
        training, position = self.config.training, self.position
        began = perf_counter()
        rollout = self.source.collect()
        learning_at = perf_counter()
        self.repertoire.keep(rollout)
        now = schedule(training, position.steps / training.total_timesteps)
        if self.warm_start is not None:
            self.warm_start.fade(position.steps / training.total_timesteps)
        # A warm start has taught to see and to read.
        is_reading = self.warm_start is None and position.steps < training.reading_steps
        learn = self.learner.update_perception if is_reading else self.learner.update
        statistics = learn(rollout, now, self.random.minibatches)
        learned_at = perf_counter()
        seen = self.source.view()
        self.source.advance()

        before = position.steps
        position.steps += training.buffer_size
        position.update += 1
        played = self.ranks.gather(Played.of(rollout, self.source.take_faults()))
        for fault in (fault for part in played for fault in part.faults):
            if fault.is_replaced:
                yield WorkerRestarted(position.steps, fault.worker, fault.reason)
            else:
                self._discarded += 1
                yield WarningRaised(
                    position.steps,
                    f"a first screen was thrown away, {self._discarded} so far: {fault.reason}",
                )
        for rank, episode in ((r, e) for r, part in enumerate(played) for e in part.episodes):
            was_drawn = rank == self.ranks.rank and self.source.draws_here
            self.curriculum.record(episode, was_drawn=was_drawn)
            task = self.tasks[episode.task]
            yield EpisodeFinished(
                position.steps,
                task.id,
                task.difficulty.value,
                episode.success,
                episode.truncated,
                episode.length,
                episode.episode_return,
            )
        yield from self.curriculum.spend(training.buffer_size, position.steps)
        usage = _usage(played) if self.policy.is_hierarchical else {}
        yield from self.alarms.check(
            position.steps, usage, self.curriculum.mean_return(), self.curriculum.success_rate()
        )
        seconds = perf_counter() - began
        position.seconds += seconds
        self._speeds.append((training.buffer_size, seconds))
        phases = {**self.source.seconds, "learn": learned_at - learning_at}
        yield self._finished_update(played, statistics, usage, phases, updates, seen)
        if self._saving is not None:
            yield from self._saving.due(before, position.steps)

    def _finished_update(
        self,
        played: Sequence[Played],
        statistics: UpdateStatistics,
        usage: dict[str, float],
        phases: dict[str, float],
        updates: int,
        seen: View,
    ) -> UpdateFinished:
        position = self.position
        diagnostics = dict(statistics.diagnostics)
        milestones, hits = (sum(counts) for counts in zip(*(p.hits for p in played), strict=True))
        if self.policy.is_hierarchical and milestones:
            diagnostics["milestones_by_their_skill"] = hits / milestones
        return UpdateFinished(
            position.update,
            updates,
            position.steps,
            self.config.training.total_timesteps,
            position.seconds,
            sum(n for n, _ in self._speeds) / sum(s for _, s in self._speeds),
            self.curriculum.success_rate(),
            self.curriculum.mean_return(),
            self.curriculum.mean_length(),
            statistics.losses,
            diagnostics,
            statistics.entropies,
            usage,
            phases,
            self.curriculum.task_progress(),
            self.curriculum.stage_progress(),
            seen,
        )

    def _started(self, updates: int) -> RunStarted:
        training = self.config.training
        return RunStarted(
            training.total_timesteps,
            self.position.steps,
            updates,
            len(self.source) * self.ranks.count,
            training.buffer_size,
            sum(p.numel() for p in self.policy.parameters()),
            str(self.policy.device),
            tuple(task.id for task in self.tasks),
            self.policy.config.kind,
            self.policy.config.encoder,
            training.seed,
            self.metadata.get("resumed_from"),
            training.demonstrations + self.metadata.get(INHERITED, 0),
        )

    def _finish(self, *, interrupted: bool) -> Iterator[Event]:
        final = resume = None
        if self._saving is not None:
            name = INTERRUPTED_NAME if interrupted else FINAL_NAME
            yield (saved := self._saving.save(name, self.position.steps))
            final, resume = (None, saved.path) if interrupted else (saved.path, None)
        yield RunFinished(
            self.position.steps,
            self.position.seconds,
            interrupted,
            final,
            resume,
            self.curriculum.success_rate(),
            self.curriculum.stage_progress(),
        )

    def content(self) -> dict[str, Any]:
        """What a checkpoint holds."""
        own, *others = self.ranks.gather(self._own_state())
        training = {
            "config": self.config.model_dump(mode="json"),
            "position": [self.position.steps, self.position.update, self.position.seconds],
            "optimizer": self.learner.optimizer.state_dict(),
            **own,
            "other_ranks": others,
            "saved": [] if self._saving is None else [str(path) for path in self._saving.kept],
            "warm_start": None if self.warm_start is None else self.warm_start.state(),
        }
        tasks = [task.id for task in self.tasks]
        metadata = {k: v for k, v in self.metadata.items() if k != "resumed_from"}
        return {**self.policy.content(), **metadata, "tasks": tasks, "training": training}

    def _own_state(self) -> dict[str, Any]:
        """What each rank has its own of."""
        return {
            "curriculum": self.curriculum.state(),
            "random": self.random.state(),
            "repertoire": self.repertoire.state(),
            "collector": self.source.state(),
        }

    def restore(self, content: dict[str, Any], *, where: str) -> None:
        """Go on from a checkpoint's content; the policy must hold its weights already.

        Raises:
            CheckpointError: it does not fit the tasks or the shape of this run, or was written by
                another number of ranks.
        """
        state = content["training"]
        of_ranks = [state, *state.get("other_ranks", ())]
        if len(of_ranks) != self.ranks.count:
            raise CheckpointError(
                f"its run has {len(of_ranks)} process(es), not {self.ranks.count}",
                where=where,
                hint="resume with as many (torchrun --nproc-per-node), or use --init-from",
            )
        own = of_ranks[self.ranks.rank]
        try:
            self.learner.optimizer.load_state_dict(state["optimizer"])
            self.curriculum.restore(own["curriculum"])
            self.source.restore(own["collector"])
            self.random.restore(own["random"])
            self.repertoire.restore(own["repertoire"])
            if self.warm_start is not None:
                self.warm_start.restore(state.get("warm_start"))
            self.position = Position(*state["position"])
            if self._saving is not None:
                self._saving.kept = [Path(path) for path in state["saved"]]
        except CheckpointError as error:
            error.where = where
            raise
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise CheckpointError(
                f"the run cannot go on from it as it is configured now: {error}",
                where=where,
                hint="resume without changing environments, rollout or network, or use --init-from",
            ) from error
        self._is_restored = True

    def _resolved(self, training: TrainingConfig) -> TrainingConfig:
        """The training configuration with "auto" replaced by what it stands for here."""
        if training.mixed_precision != "auto":
            return training
        actions = self.source.actions
        measured = best_settings(self.policy, actions.width, actions.height).precision
        precision = self.ranks.gather(measured)[0]
        return training.model_copy(update={"mixed_precision": precision})


class Played(NamedTuple):
    """What is told of a rollout."""

    episodes: tuple[EpisodeRecord, ...]
    skill_counts: tuple[int, ...]  # how often the manager chose each
    hits: tuple[int, int]  # milestones reached, and those by a decision of their skill and slot
    faults: tuple[Fault, ...]

    @classmethod
    def of(cls, rollout: Rollout, faults: Sequence[Fault]) -> Played:
        counts = tuple(rollout.skill_counts.tolist())
        return cls(tuple(rollout.episodes), counts, rollout.hits, tuple(faults))


def _usage(played: Sequence[Played]) -> dict[str, float]:
    counts = [sum(of_ranks) for of_ranks in zip(*(p.skill_counts for p in played), strict=True)]
    total = max(1, sum(counts))
    return {skill.value: count / total for skill, count in zip(SKILLS, counts, strict=True)}


def _as_vector(env: DesktopEnv | Sequence[DesktopEnv] | EnvironmentVector) -> EnvironmentVector:
    if isinstance(env, EnvironmentVector):
        return env
    members = getattr(env, "envs", env)
    envs = list(members) if isinstance(members, Sequence) else [env]
    unwrapped = [getattr(member, "unwrapped", member) for member in envs]
    plain = [member for member in unwrapped if isinstance(member, DesktopEnv)]
    if not plain or len(plain) < len(unwrapped):
        raise UsageError(
            "the trainer needs DesktopEnv environments in this process",
            hint="pass a DesktopEnv, a list of them, or a SyncVectorEnv",
        )
    first = plain[0]
    return DesktopVector(
        first.tasks, [member.desktop for member in plain], first.rules, unassigned, first.split
    )
