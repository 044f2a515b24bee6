"""The curriculum: which stage the run is in, and which task is played next."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from hrlctl.env.vector import Assignment, EpisodeRecord
from hrlctl.events import StageAdvanced, StageProgress, StageReopened, TaskProgress, WarningRaised
from hrlctl.packs import Task
from hrlctl.schema.base import Difficulty
from hrlctl.schema.run import CurriculumConfig, Sampling

WINDOW: Final = 50
"""Episodes of a task that its moving averages look back on, and that it needs to be judged."""
_EARLIER_SHARE: Final = 0.25  # of the episodes belong to the stages that were passed
_SLIPPED: Final = 0.85  # times its threshold: below it a stage that was passed is opened again
_LEAST_NEED: Final = 0.25  # share of steps of a task that needs none, of one that needs most
_MOVES: Final = 0.25  # a success rate that changes so much within a window is wholly on the move
_KNOWN: Final = WINDOW // 2  # episodes from which on it is known whether a success rate moves
_INSTANCES: Final = 2**31
_LINGERING: Final = 0.5  # share of the episodes of which the screen after success is seen
_STAGES: Final = tuple(Difficulty)
_SLOW: Final = {Difficulty.EASY: 100_000, Difficulty.MEDIUM: 150_000}


class _TaskRecord:
    """What is known of one task's episodes."""

    def __init__(self, task: Task, sampling: Sampling) -> None:
        self.task = task
        self._sampling = sampling
        # Transitions spent on it, a guess for the episodes under way included; each counts for
        # more the less the task needs them.
        self.spent = 0.0
        self.episodes = 0
        self.successes: deque[bool] = deque(maxlen=WINDOW)
        self.returns: deque[float] = deque(maxlen=WINDOW)
        self.lengths: deque[int] = deque(maxlen=WINDOW)

    @property
    def success_rate(self) -> float | None:
        return sum(self.successes) / len(self.successes) if self.successes else None

    @property
    def progress(self) -> float:
        """How much the success rate has changed within the window, in [0, 1]."""
        if len(self.successes) < _KNOWN:
            return 1.0
        half = len(self.successes) // 2
        older, newer = list(self.successes)[:half], list(self.successes)[half:]
        return min(abs(sum(newer) / len(newer) - sum(older) / half) / _MOVES, 1.0)

    @property
    def price(self) -> float:
        """What a transition counts for: from 1 to 1 / _LEAST_NEED, the more the less it is needed.

        Needed are tasks whose success rate moves (learning progress: Matiisen, Oliver, Cohen and
        Schulman, arXiv 1707.00183), those that fail, or all alike, as the sampling wants it.
        """
        if self._sampling == "uniform":
            return 1.0
        fails = 1 - (self.success_rate or 0.0)
        need = fails if self._sampling == "failure" else self.progress
        return 1 / max(need, _LEAST_NEED)

    @property
    def mean_return(self) -> float | None:
        return sum(self.returns) / len(self.returns) if self.returns else None

    @property
    def mean_length(self) -> float:
        """Expected steps of its next episode."""
        return sum(self.lengths) / len(self.lengths) if self.lengths else self.task.max_steps


class Curriculum:
    """Climbs from stage to stage, and shares out steps, not episodes, over a stage's tasks.

    A task gets the more steps the more it needs them, as ``sampling`` says; every task keeps a
    share.

    A stage is passed when the mean over its tasks of their success rates (the last ``WINDOW``
    episodes of each, all of which it needs) reaches the threshold, after at least
    ``min_steps_per_stage``. Passed stages keep a share of the episodes. One that slips is opened
    again: its tasks are played like those of the stage itself until it is back at its threshold.
    So are those before the stage in which a run begins, until they are passed.

    Args:
        config: thresholds and where to start.
        tasks: all tasks of the run.
    """

    def __init__(self, config: CurriculumConfig, tasks: Sequence[Task]) -> None:
        self.config = config
        self._records = [_TaskRecord(task, config.sampling) for task in tasks]
        self.stage = config.difficulty
        self.steps_in_stage = 0
        self.steps_by_stage = {stage.value: 0 for stage in _STAGES}
        # Where a run begins later, nothing says yet that the stages before are passed.
        self.reopened = {stage for stage in self._passed() if self._of_stages([stage])}
        self._hinted: set[str] = set()

    @property
    def threshold(self) -> float | None:
        """What the stage's success rate has to reach; ``None`` where nothing follows."""
        if not self.config.enabled or self._next_stage() is None:
            return None
        return self._thresholds()[self.stage]

    def _thresholds(self) -> dict[Difficulty, float]:
        return {
            Difficulty.EASY: self.config.easy_threshold,
            Difficulty.MEDIUM: self.config.medium_threshold,
        }

    def draw(self, rng: random.Random) -> int:
        """The index of the task to play next: of its stages, the one least spent on."""
        current = self._of_stages([self.stage, *self.reopened])
        earlier = self._of_stages([s for s in self._passed() if s not in self.reopened])
        if not self.config.enabled or not earlier:
            pool = current
        else:
            pool = earlier if rng.random() < _EARLIER_SHARE else current
        # A little noise keeps tasks with equal counts from being played in lockstep.
        chosen = min(pool, key=lambda i: self._records[i].spent + 20 * rng.random())
        self.expect([chosen])
        return chosen

    def expect(self, tasks: Sequence[int]) -> None:
        """Count episodes under way, of tasks by index, that ``restore`` has not brought back."""
        for task in tasks:
            record = self._records[task]
            record.spent += record.price * record.mean_length

    def record(self, episode: EpisodeRecord, *, was_drawn: bool = True) -> None:
        """Take note of an episode that ended.

        Args:
            episode: what it was like.
            was_drawn: whether this curriculum drew it; else one of a process beside did.
        """
        record = self._records[episode.task]
        guessed = record.mean_length if was_drawn else 0.0
        record.spent += record.price * (episode.length - guessed)
        record.episodes += 1
        record.successes.append(episode.success)
        record.returns.append(episode.episode_return)
        record.lengths.append(episode.length)

    def spend(
        self, transitions: int, steps: int
    ) -> list[StageAdvanced | StageReopened | WarningRaised]:
        """Account for a rollout, open again what has slipped, and move on where a stage is passed.

        Args:
            transitions: of the rollout.
            steps: since the run began, for the events.
        """
        self.steps_in_stage += transitions
        self.steps_by_stage[self.stage.value] += transitions
        reopened = self._reopen(steps)
        rate, threshold = self._judged_rate(self.stage), self.threshold
        following = self._next_stage()
        passed = (
            threshold is not None
            and following is not None
            and rate is not None
            and rate >= threshold
            and self.steps_in_stage >= self.config.min_steps_per_stage
        )
        if not passed or following is None or rate is None:
            return [*reopened, *self._hint(steps)]
        event = StageAdvanced(steps, self.stage.value, following.value, self.steps_in_stage, rate)
        self.stage, self.steps_in_stage = following, 0
        self._level()
        return [*reopened, event]

    def _reopen(self, steps: int) -> list[StageReopened]:
        """Open the stages again that have slipped, and close those that are back."""
        if not self.config.enabled:
            return []
        events = []
        for stage in self._passed():
            rate, threshold = self._judged_rate(stage), self._thresholds()[stage]
            if rate is None:  # the run did not begin with it
                continue
            if stage in self.reopened and rate >= threshold:
                self.reopened.remove(stage)
            elif stage not in self.reopened and rate < _SLIPPED * threshold:
                self.reopened.add(stage)
                self._level()
                events.append(StageReopened(steps, stage.value, rate))
        return events

    def _passed(self) -> list[Difficulty]:
        return list(_STAGES[: _STAGES.index(self.stage)])

    def _level(self) -> None:
        """Tasks that are played from now on start level, so that none is to catch up alone."""
        for index in self._of_stages([self.stage, *self.reopened]):
            self._records[index].spent = 0.0

    def success_rate(self) -> float | None:
        """Mean over the tasks played so far of their success rates."""
        rates = [r.success_rate for r in self._records if r.success_rate is not None]
        return sum(rates) / len(rates) if rates else None

    def mean_return(self) -> float | None:
        """Mean over the tasks played so far of their mean returns."""
        means = [r.mean_return for r in self._records if r.mean_return is not None]
        return sum(means) / len(means) if means else None

    def mean_length(self) -> float | None:
        means = [r.mean_length for r in self._records if r.lengths]
        return sum(means) / len(means) if means else None

    def task_progress(self) -> tuple[TaskProgress, ...]:
        return tuple(
            TaskProgress(
                r.task.id, r.task.difficulty.value, r.episodes, r.success_rate, r.mean_return
            )
            for r in self._records
        )

    def stage_progress(self) -> StageProgress:
        rates = [self._records[i].success_rate for i in self._of_stages([self.stage])]
        known = [rate for rate in rates if rate is not None]
        return StageProgress(
            self.stage.value,
            sum(known) / len(known) if known and len(known) == len(rates) else None,
            self.threshold,
            self.steps_in_stage,
            self.config.min_steps_per_stage if self.threshold is not None else None,
            dict(self.steps_by_stage),
            tuple(stage.value for stage in self._passed() if stage in self.reopened),
        )

    def state(self) -> dict[str, Any]:
        """Everything that ``restore`` needs, in plain values."""
        return {
            "stage": self.stage.value,
            "steps_in_stage": self.steps_in_stage,
            "steps_by_stage": dict(self.steps_by_stage),
            "reopened": sorted(stage.value for stage in self.reopened),
            "hinted": sorted(self._hinted),
            "tasks": {
                r.task.id: {
                    "spent": r.spent,
                    "episodes": r.episodes,
                    "successes": list(r.successes),
                    "returns": list(r.returns),
                    "lengths": list(r.lengths),
                }
                for r in self._records
            },
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned; tasks that it does not know start anew."""
        self.stage = Difficulty(state["stage"])
        self.steps_in_stage = state["steps_in_stage"]
        self.steps_by_stage = dict(state["steps_by_stage"])
        self.reopened = {Difficulty(stage) for stage in state.get("reopened", ())}
        self._hinted = set(state["hinted"])
        for record in self._records:
            if saved := state["tasks"].get(record.task.id):
                record.spent, record.episodes = saved["spent"], saved["episodes"]
                for name in ("successes", "returns", "lengths"):
                    kept = getattr(record, name)
                    kept.clear()
                    kept.extend(saved[name])

    def _of_stages(self, stages: Sequence[Difficulty]) -> list[int]:
        return [i for i, r in enumerate(self._records) if r.task.difficulty in stages]

    def _next_stage(self) -> Difficulty | None:
        """The next stage that has tasks."""
        later = _STAGES[_STAGES.index(self.stage) + 1 :]
        return next((stage for stage in later if self._of_stages([stage])), None)

    def _judged_rate(self, stage: Difficulty) -> float | None:
        """A stage's success rate, once each of its tasks has a full window."""
        records = [self._records[i] for i in self._of_stages([stage])]
        if not records or any(len(r.successes) < WINDOW for r in records):
            return None
        return sum(r.success_rate or 0.0 for r in records) / len(records)

    def _hint(self, steps: int) -> list[WarningRaised]:
        limit = _SLOW.get(self.stage)
        is_slow = limit is not None and self.steps_in_stage > limit and self.threshold is not None
        if not is_slow or self.stage.value in self._hinted:
            return []
        self._hinted.add(self.stage.value)
        return [
            WarningRaised(
                steps,
                f"{self.stage.value} has taken more than {limit:,} steps",
                "this is usual with many tasks; look at the worst of them, or lower the threshold",
            )
        ]


def assigner(curriculum: Curriculum, rng: random.Random) -> Callable[[int], Assignment]:
    """What an environment asks for its next episode."""

    def assign(environment: int) -> Assignment:
        task = curriculum.draw(rng)
        return Assignment(task, rng.randrange(_INSTANCES), int(rng.random() < _LINGERING))

    return assign
