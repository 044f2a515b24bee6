"""Demonstrations: what is seen and done while the oracles solve training instances.

They are a function of the tasks, a seed and a number: a run that is resumed plays them again, and
its checkpoints hold none. A step is kept as it was seen, in one compressed piece, with the labels
that teach to see and to read: unlike what ``imitation`` keeps, it is first learned from while the
agent cannot read yet.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import Action
from hrlctl.env.arrays import UNLABELLED, ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Advice, Oracle
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.errors import TaskError, UsageError
from hrlctl.packs import Task
from hrlctl.packs.instances import TRAINING_SEEDS
from hrlctl.policy.manager import NOTHING_YET
from hrlctl.training.slips import RATE, slip


class Lessons(NamedTuple):
    """What was done at each of some steps, and what for; arrays with one row a step.

    Where the screen shows the finished task there is nothing to do: ``steps_left`` is 0.
    """

    action: npt.NDArray[np.int64]  # (count, 6), the oracle's, also where another one was taken
    cells: npt.NDArray[np.uint8]  # (count, 2, bytes): pointers and targets that serve as well, bits
    aim: npt.NDArray[np.int64]  # (count, 2): skill and slot that were due, or ``UNLABELLED``
    before: npt.NDArray[np.int64]  # (count, 2): those of the step before; at first NOTHING_YET
    steps_left: npt.NDArray[np.int64]  # (count,), until what is due is reached, this one included
    value: npt.NDArray[np.float32]  # (count,), discounted return of R from here


def solvable(tasks: Sequence[Task]) -> tuple[Task, ...]:
    """The tasks that have an oracle.

    Raises:
        UsageError: there is none.
    """
    found = tuple(task for task in tasks if task.spec.oracle)
    if not found:
        raise UsageError(
            "none of the tasks has an oracle that could demonstrate it",
            where=tasks[0].id,
            hint="write the steps of its solution under 'oracle', or leave out --demonstrations",
        )
    return found


class Demonstrations:
    """The steps of the demonstrations that were played so far.

    Args:
        tasks: that are demonstrated; all have an oracle.
        desktop: where they are played.
        rules: rewards of the run.
        seed: with it a demonstration's number says what is played.

    Attributes:
        played: how many demonstrations were played.
        faults: by the id of a task whose oracle has failed: why, the first time.
    """

    def __init__(
        self, tasks: Sequence[Task], desktop: Desktop, rules: EpisodeRules, seed: int
    ) -> None:
        self._tasks, self._desktop, self._gamma, self._seed = tasks, desktop, rules.gamma, seed
        self._vector = DesktopVector(tasks, [desktop], rules, _unassigned)
        self._seen = self._vector.allocate(1).row(0)
        self._results = self._vector.allocate_results(1).row(0)
        layout = ObservationArrays.layout((), self._vector.actions)
        fields = zip(ObservationArrays._fields, layout, strict=True)
        self._record = np.dtype([(name, dtype, shape) for name, (shape, dtype) in fields])
        self.played = 0
        self.faults: dict[str, str] = {}
        self._observations: list[bytes] = []
        self._lessons: list[Lessons] = []

    def __len__(self) -> int:
        return len(self._observations)

    def play(self) -> None:
        """Play the next demonstration; the tasks take turns.

        Slips are made in every other one of a task, unless the oracle cannot make up for them: it
        is then played again without. One that fails is noted, and there is nothing to learn
        from it.
        """
        rng = random.Random(self._seed << 32 | self.played)
        turn, task = divmod(self.played, len(self._tasks))
        self.played += 1
        # The screen of the finished task is seen, too; nothing is done there any more.
        assignment = Assignment(task, rng.randrange(TRAINING_SEEDS), linger=1)
        if turn % 2:
            with suppress(TaskError):
                return self._watch(assignment, rng)
        try:
            self._watch(assignment, None)
        except TaskError as error:
            self.faults.setdefault(self._tasks[task].id, error.message)

    def take(self, rows: npt.NDArray[np.int64]) -> tuple[ObservationArrays, Lessons]:
        """What was seen at the steps ``rows``, all of it fresh, and what was done."""
        packed = b"".join(zlib.decompress(self._observations[row]) for row in rows)
        records = np.frombuffer(packed, self._record)
        seen = (np.ascontiguousarray(records[name]) for name in ObservationArrays._fields)
        parts = zip(*(self._lessons[row] for row in rows), strict=True)
        return ObservationArrays._make(seen), Lessons._make(map(np.stack, parts))

    def _watch(self, assignment: Assignment, slips: random.Random | None) -> None:
        """Keep what is seen and what is to be done in one episode.

        Args:
            assignment: what is played.
            slips: source of the slips; ``None``: there are none.

        Raises:
            TaskError: the oracle does not solve it.
        """
        vector, seen, results = self._vector, self._seen, self._results
        vector.begin(0, assignment)
        vector.observe(seen)
        episode = vector.episode(0)
        oracle = Oracle(episode.instance, vector.actions)
        unsolved = TaskError(
            f"the oracle does not solve the instance of seed {assignment.seed}",
            where=episode.instance.task_id,
        )
        observations, aims = [self._packed()], [seen.aims[0].astype(np.int64)]
        advised: list[Advice] = []
        rewards: list[float] = []
        reaches: list[bool] = []
        before: Action | None = None
        while not seen.is_finished[0]:
            advice = oracle.advise(self._desktop)
            if advice is None:
                raise unsolved
            slipped = None
            if slips is not None and slips.random() < RATE:
                slipped = slip(advice, before, vector.actions, slips)
            before = advice.action if slipped is None else slipped
            if vector.act(before[np.newaxis], results):
                raise unsolved
            if slipped is None:
                oracle.advance()
            vector.observe(seen)
            observations.append(self._packed())
            aims.append(seen.aims[0].astype(np.int64))
            advised.append(advice)
            rewards.append(float(results.rewards[0]))
            reaches.append(bool(results.reached_skill[0] >= 0))
        lessons = _lessons(aims, advised, rewards, reaches, self._gamma)
        self._observations += observations
        self._lessons += map(Lessons._make, zip(*lessons, strict=True))

    def _packed(self) -> bytes:
        record = np.zeros(1, self._record)
        for name, array in zip(ObservationArrays._fields, self._seen, strict=True):
            record[name] = array
        return zlib.compress(record.tobytes(), 1)


def _unassigned(index: int) -> Assignment:
    raise RuntimeError("demonstrations begin their episodes themselves")


def _lessons(
    aims: Sequence[npt.NDArray[np.int64]],
    advised: Sequence[Advice],
    rewards: Sequence[float],
    reaches: Sequence[bool],
    gamma: float,
) -> Lessons:
    """Of one episode, its last screen included.

    Args:
        aims: what was due at each step, and last, on the finished screen.
        advised: what the oracle wanted at each step.
        rewards: of each step.
        reaches: whether a milestone was reached by the step.
        gamma: discount for one step.
    """
    due = np.stack(aims)
    for step in range(1, len(advised)):
        # Where all milestones are reached before success, what was due last is gone on with.
        if due[step, 0] == UNLABELLED:
            due[step] = due[step - 1]
    start = np.array([[NOTHING_YET, 0]])
    left = np.zeros(len(due), np.int64)
    value = np.zeros(len(due), np.float32)
    for step in reversed(range(len(advised))):
        left[step] = 1 if reaches[step] else left[step + 1] + 1
        value[step] = rewards[step] + gamma * value[step + 1]
    first = advised[0]
    at_the_end = Advice(np.zeros_like(first.action), first.pointer, first.target)
    told = [*advised, at_the_end]
    return Lessons(
        np.stack([advice.action for advice in told]),
        np.packbits([(advice.pointer, advice.target) for advice in told], axis=2),
        due,
        np.concatenate([start, due[:-1]]),
        left,
        value,
    )
