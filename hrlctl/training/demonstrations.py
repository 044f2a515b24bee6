"""Demonstrations: what is seen while oracles solve training instances, and what they advise there.

They are a function of the tasks, a seed and a number, however many demonstrators share them: a run
that is resumed plays them again, and its checkpoints hold none. A step is kept as it was seen, in
one compressed piece, with the labels that teach to see and to read: unlike what ``imitation``
keeps, it is first learned from while the agent cannot read yet.
"""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import UNLABELLED, ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Advice, Oracle
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.errors import TaskError, UsageError
from hrlctl.packs import Task
from hrlctl.packs.instances import TRAINING_SEEDS
from hrlctl.policy.manager import NOTHING_YET
from hrlctl.training.hands import Hand, SlippingHand

AT_A_TIME: Final = 32
"""Demonstrations whose tasks are chosen at a time, by what those before have shown."""
_ATTEMPTS: Final = 3  # with a hand, at an instance; then the oracle plays it alone
_NEWEST: Final = 0.3  # weight of a task's newest episode by hand in how often the hand errs
_LEAST_NEED: Final = 0.25  # of a task in which the hand never errs


class _Step(NamedTuple):
    """A step of an episode that is watched."""

    seen: bytes  # a packed observation
    aim: npt.NDArray[np.int64]  # (2,): skill and slot of what is due
    memory: tuple[int, int] | None  # the skill and slot that the hand remembers
    advice: Advice
    reward: float
    reaches: bool  # a milestone


class Lessons(NamedTuple):
    """What was advised at each of some steps, and what for; arrays with one row a step.

    Where the screen shows the finished task there is nothing to do: ``steps_left`` is 0. A skill
    that is about no slot has the slot of what was due before.
    """

    action: npt.NDArray[np.int64]  # (count, 6), also where another one was taken
    cells: npt.NDArray[np.uint8]  # (count, 2, bytes): pointers and targets that serve as well, bits
    aim: npt.NDArray[np.int64]  # (count, 2): skill and slot that were due, or ``UNLABELLED``
    before: npt.NDArray[np.int64]  # (count, 2): what is remembered; at first NOTHING_YET
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


class Turn(NamedTuple):
    """A demonstration that is to be played."""

    number: int
    task: int
    by_hand: bool


class Played(NamedTuple):
    """What a demonstration has shown: nothing, where its oracle has failed."""

    turn: Turn
    observations: Sequence[bytes]  # packed, one for each step, and the last screen
    lessons: Sequence[Lessons]  # a row for each of them
    has_erred: bool  # the hand did, the first time
    fault: str | None


class _Watched(NamedTuple):
    """An episode that was watched; nothing is kept of one that fails."""

    observations: list[bytes]
    lessons: list[Lessons]
    lost_at: int | None
    """Where it fails: the step in which the hand should have done as advised, the first since
    something was reached in which it did not. ``None`` where it succeeds."""
    has_erred: bool  # the hand did anything but what was advised


class Demonstrations:
    """Whose turn it is, and the steps of the demonstrations that were played so far.

    In every other one the oracle acts alone, and the tasks take turns. In the others a hand acts,
    and tasks in which it errs come up to four times as often as others.

    Args:
        tasks: that are demonstrated; all have an oracle.
        actions: of the screen.

    Attributes:
        played: how many demonstrations were played.
        faults: by the id of a task whose oracle has failed: why, the first time.
    """

    def __init__(self, tasks: Sequence[Task], actions: ActionSpace) -> None:
        self._tasks = tasks
        self._record = _record(actions)
        self._errs = [1.0] * len(tasks)  # how often the hand errs in a task, of late
        self._spent = [0.0] * len(tasks)  # on a task by hand; the more, the less it is needed
        self.played = 0
        self.faults: dict[str, str] = {}
        self._observations: list[bytes] = []
        self._lessons: list[Lessons] = []

    def __len__(self) -> int:
        return len(self._observations)

    def turns(self, count: int) -> list[Turn]:
        """What is to be played next, of ``count`` in all: up to ``AT_A_TIME``."""
        turns = []
        for number in range(self.played, min(self.played + AT_A_TIME, count)):
            turn, by_hand = divmod(number, 2)
            task = turn % len(self._tasks)
            if by_hand:
                task = min(range(len(self._tasks)), key=self._spent.__getitem__)
                self._spent[task] += 1 / max(self._errs[task], _LEAST_NEED)
            turns.append(Turn(number, task, bool(by_hand)))
        return turns

    def add(self, played: Played) -> None:
        """Keep what the next demonstration has shown."""
        task = played.turn.task
        if played.turn.by_hand and played.fault is None:
            self._errs[task] += _NEWEST * (played.has_erred - self._errs[task])
        if played.fault is not None:
            self.faults.setdefault(self._tasks[task].id, played.fault)
        self._observations += played.observations
        self._lessons += played.lessons
        self.played += 1

    def take(self, rows: npt.NDArray[np.int64]) -> tuple[ObservationArrays, Lessons]:
        """What was seen at the steps ``rows``, all of it fresh, and what was done."""
        packed = b"".join(zlib.decompress(self._observations[row]) for row in rows)
        records = np.frombuffer(packed, self._record)
        seen = (np.ascontiguousarray(records[name]) for name in ObservationArrays._fields)
        parts = zip(*(self._lessons[row] for row in rows), strict=True)
        return ObservationArrays._make(seen), Lessons._make(map(np.stack, parts))


class Demonstrator:
    """Plays demonstrations.

    Args:
        tasks: that are demonstrated; all have an oracle.
        desktop: where they are played.
        rules: rewards of the run.
        seed: with it a demonstration's number says which instance is played.
        hand: acts in some turns; without it one that does as advised and slips.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        desktop: Desktop,
        rules: EpisodeRules,
        seed: int,
        hand: Hand | None = None,
    ) -> None:
        self._tasks, self._desktop, self._gamma, self._seed = tasks, desktop, rules.gamma, seed
        self._vector = DesktopVector(tasks, [desktop], rules, _unassigned)
        self.actions = self._vector.actions
        self._hand: Hand = SlippingHand(self.actions) if hand is None else hand
        self._seen = self._vector.allocate(1).row(0)
        self._results = self._vector.allocate_results(1).row(0)
        self._record = _record(self.actions)

    def play(self, turn: Turn) -> Played:
        """Play a demonstration.

        The hand acts up to what the oracle cannot make up for. One whose oracle fails is noted, and
        there is nothing to learn from it.
        """
        rng = random.Random(self._seed << 32 | turn.number)
        # The screen of the finished task is seen, too; nothing is done there any more.
        assignment = Assignment(turn.task, rng.randrange(TRAINING_SEEDS), linger=1)
        until = self._tasks[turn.task].max_steps if turn.by_hand else 0
        try:
            watched = first = self._watch(assignment, until)
            attempts = 1
            while watched.lost_at is not None:
                until = watched.lost_at if attempts < _ATTEMPTS else 0
                watched = self._watch(assignment, until)
                attempts += 1
        except TaskError as error:
            return Played(turn, (), (), has_erred=False, fault=error.message)
        return Played(turn, watched.observations, watched.lessons, first.has_erred, None)

    def _watch(self, assignment: Assignment, until: int) -> _Watched:
        """Watch one episode.

        Args:
            assignment: what is played.
            until: the step from which on the oracle acts, not the hand.

        Raises:
            TaskError: the oracle alone does not solve it.
        """
        vector, seen, results = self._vector, self._seen, self._results
        vector.begin(0, assignment)
        vector.observe(seen)
        self._hand.begin(assignment.seed)
        oracle = Oracle(vector.episode(0).instance, vector.actions)
        steps: list[_Step] = []
        errors: list[int] = []
        while not seen.is_finished[0]:
            try:
                advice = oracle.advise(self._desktop)
                if advice is None:
                    raise self._unsolved(assignment)
                action, memory = advice.action, None
                if len(steps) < until:
                    memory = self._hand.memory
                    action = self._hand.act(seen, advice)
                if advice.allows(action):
                    oracle.advance()
                else:
                    errors.append(len(steps))
                packed, aim = self._packed(), seen.aims[0].astype(np.int64)
                if vector.act(action[np.newaxis], results):
                    raise self._unsolved(assignment)
            except TaskError:
                if not errors:
                    raise
                reached = [n for n, step in enumerate(steps) if step.reaches]
                since = [n for n in errors if not reached or n > reached[-1]]
                return _Watched([], [], (since or errors[-1:])[0], has_erred=True)
            reaches = bool(results.reached_skill[0] >= 0)
            steps.append(_Step(packed, aim, memory, advice, float(results.rewards[0]), reaches))
            vector.observe(seen)
        memory = self._hand.memory if len(steps) <= until else None
        lessons = _lessons(steps, memory, self._gamma)
        return _Watched(
            [*(step.seen for step in steps), self._packed()],
            [Lessons._make(row) for row in zip(*lessons, strict=True)],
            None,
            bool(errors),
        )

    def _unsolved(self, assignment: Assignment) -> TaskError:
        return TaskError(
            f"the oracle does not solve the instance of seed {assignment.seed}",
            where=self._tasks[assignment.task].id,
        )

    def _packed(self) -> bytes:
        record = np.zeros(1, self._record)
        for name, array in zip(ObservationArrays._fields, self._seen, strict=True):
            record[name] = array
        return zlib.compress(record.tobytes(), 1)


def _record(actions: ActionSpace) -> np.dtype[np.void]:
    """How an observation is packed."""
    fields = zip(ObservationArrays._fields, ObservationArrays.layout((), actions), strict=True)
    return np.dtype([(name, dtype, shape) for name, (shape, dtype) in fields])


def _unassigned(index: int) -> Assignment:
    raise RuntimeError("demonstrations begin their episodes themselves")


def _lessons(steps: Sequence[_Step], memory: tuple[int, int] | None, gamma: float) -> Lessons:
    """Of one episode, its last screen included.

    Args:
        steps: from the first to the last.
        memory: what is remembered on the last screen.
        gamma: discount for one step.
    """
    nothing = np.full(2, UNLABELLED, np.int64)
    due = np.stack([*(step.aim for step in steps), nothing])
    for step in range(1, len(steps)):
        # Where all milestones are reached before success, what was due last is gone on with. What
        # is about no slot keeps the last one in mind: how far the task is would be forgotten.
        if due[step, 0] == UNLABELLED:
            due[step] = due[step - 1]
        elif due[step, 1] == UNLABELLED:
            due[step, 1] = due[step - 1, 1]
    before = np.concatenate([[(NOTHING_YET, 0)], due[:-1]])
    for step, remembered in enumerate([*(step.memory for step in steps), memory]):
        if remembered is not None:
            before[step] = remembered
    left = np.zeros(len(due), np.int64)
    value = np.zeros(len(due), np.float32)
    for step in reversed(range(len(steps))):
        left[step] = 1 if steps[step].reaches else left[step + 1] + 1
        value[step] = steps[step].reward + gamma * value[step + 1]
    first = steps[0].advice
    at_the_end = Advice(np.zeros_like(first.action), first.pointer, first.target)
    advised = [*(step.advice for step in steps), at_the_end]
    return Lessons(
        np.stack([advice.action for advice in advised]),
        np.packbits([(advice.pointer, advice.target) for advice in advised], axis=2),
        due,
        before,
        left,
        value,
    )
