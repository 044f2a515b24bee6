"""The curriculum: which stage the run is in, and which task is played next."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from hrlctl.env.vector import Assignment, EpisodeRecord
from hrlctl.events import StageAdvanced, StageProgress, TaskProgress, WarningRaised
from hrlctl.packs import Task
from hrlctl.schema.base import Difficulty
from hrlctl.schema.run import CurriculumConfig

WINDOW: Final = 50
"""Episodes of a task that its moving averages look back on, and that it needs to be judged."""
_EARLIER_SHARE: Final = 0.25  # of the episodes belong to the stages that were passed
_LEAST_NEED: Final = 0.25  # share of steps of a task that is solved, of one that is not
_INSTANCES: Final = 2**31
_LINGERING: Final = 0.5  # share of the episodes of which the screen after success is seen
_STAGES: Final = tuple(Difficulty)
_SLOW: Final = {Difficulty.EASY: 100_000, Difficulty.MEDIUM: 150_000}


class _TaskRecord:
    """What is known of one task's episodes."""

    def __init__(self, task: Task) -> None:
        self.task = task
        # Transitions spent on it, a guess for the episodes under way included; each counts for
        # more the better the task is known.
        self.spent = 0.0
        self.episodes = 0
        self.successes: deque[bool] = deque(maxlen=WINDOW)
        self.returns: deque[float] = deque(maxlen=WINDOW)
        self.lengths: deque[int] = deque(maxlen=WINDOW)

    @property
    def success_rate(self) -> float | None:
        return sum(self.successes) / len(self.successes) if self.successes else None

    @property
    def price(self) -> float:
        """What a transition counts for: 1 while nothing succeeds, and up to 1 / _LEAST_NEED."""
        return 1 / max(1 - (self.success_rate or 0.0), _LEAST_NEED)

    @property
    def mean_return(self) -> float | None:
        return sum(self.returns) / len(self.returns) if self.returns else None

    @property
    def mean_length(self) -> float:
        """Expected steps of its next episode."""
        return sum(self.lengths) / len(self.lengths) if self.lengths else self.task.max_steps


class Curriculum:
    """Climbs from stage to stage, and shares out steps, not episodes, over a stage's tasks.

    A task gets the more steps the less often it succeeds; one that is solved keeps a share.

    A stage is passed when the mean over its tasks of their success rates (the last ``WINDOW``
    episodes of each, all of which it needs) reaches the threshold, after at least
    ``min_steps_per_stage``. Passed stages keep a share of the episodes.

    Args:
        config: thresholds and where to start.
        tasks: all tasks of the run.
    """

    def __init__(self, config: CurriculumConfig, tasks: Sequence[Task]) -> None:
        self.config = config
        self._records = [_TaskRecord(task) for task in tasks]
        self.stage = config.difficulty
        self.steps_in_stage = 0
        self.steps_by_stage = {stage.value: 0 for stage in _STAGES}
        self._hinted: set[str] = set()

    @property
    def threshold(self) -> float | None:
        """What the stage's success rate has to reach; ``None`` where nothing follows."""
        if not self.config.enabled or self._next_stage() is None:
            return None
        thresholds = {
            Difficulty.EASY: self.config.easy_threshold,
            Difficulty.MEDIUM: self.config.medium_threshold,
        }
        return thresholds[self.stage]

    def draw(self, rng: random.Random) -> int:
        """The index of the task to play next: of its stage, the one least spent on."""
        current = self._of_stages([self.stage])
        earlier = self._of_stages(_STAGES[: _STAGES.index(self.stage)])
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

    def spend(self, transitions: int, steps: int) -> list[StageAdvanced | WarningRaised]:
        """Account for a rollout, and move on where the stage is passed.

        Args:
            transitions: of the rollout.
            steps: since the run began, for the events.
        """
        self.steps_in_stage += transitions
        self.steps_by_stage[self.stage.value] += transitions
        rate, threshold = self._judged_rate(), self.threshold
        following = self._next_stage()
        passed = (
            threshold is not None
            and following is not None
            and rate is not None
            and rate >= threshold
            and self.steps_in_stage >= self.config.min_steps_per_stage
        )
        if not passed or following is None or rate is None:
            return self._hint(steps)
        event = StageAdvanced(steps, self.stage.value, following.value, self.steps_in_stage, rate)
        self.stage, self.steps_in_stage = following, 0
        # The new stage's tasks start level, so that none is played alone to catch up.
        for index in self._of_stages([following]):
            self._records[index].spent = 0.0
        return [event]

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
        )

    def state(self) -> dict[str, Any]:
        """Everything that ``restore`` needs, in plain values."""
        return {
            "stage": self.stage.value,
            "steps_in_stage": self.steps_in_stage,
            "steps_by_stage": dict(self.steps_by_stage),
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

    def _judged_rate(self) -> float | None:
        """The stage's success rate, once each of its tasks has a full window."""
        records = [self._records[i] for i in self._of_stages([self.stage])]
        if any(len(r.successes) < WINDOW for r in records):
            return None
        return sum(r.success_rate or 0.0 for r in records) / len(records)

    def _hint(self, steps: int) -> list[StageAdvanced | WarningRaised]:
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
