"""Environments in worker processes: the same episodes as in one process, for the same seed.

Each process steps a contiguous group of the environments and writes what is seen in place. What is
played next is decided here, in the order of the environments, so that nothing depends on how many
processes there are. One that dies or hangs is replaced; the episodes of its environments are
broken off as faults and fresh ones begin.
"""

from __future__ import annotations

import atexit
import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from multiprocessing.process import BaseProcess
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import Layout, ObservationArrays, StepResults
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.shared_memory import SharedBlock
from hrlctl.env.vector import Assignment, EnvironmentState, EnvironmentVector, Fault
from hrlctl.env.worker_process import (
    START_SECONDS,
    Begin,
    DesktopFactory,
    Finished,
    Message,
    Place,
    Restore,
    Step,
    WorkerLostError,
    WorkerProcess,
    WorkerSetup,
    actions_layout,
)
from hrlctl.errors import DesktopError, UsageError
from hrlctl.packs import Task
from hrlctl.schema.base import Split

MAX_FAILURES: Final = 3
"""A process that fails more often than this without a whole step in between ends the run."""

Assigned = dict[int, Assignment]
"""The next episode of some environments."""

_ACTIONS: Final = Place(0, 0)  # the first block


class WorkerVector(EnvironmentVector):
    """Environments in processes of their own.

    Args:
        tasks: what assignments refer to.
        count: how many environments there are.
        desktop: makes a desktop, in the process that uses it; it must be picklable.
        rules: rewards and termination.
        assign: called with an environment's index whenever it needs its next episode.
        split: which instances are drawn.
        workers: how many processes there are, 1 to ``count``.
        seconds: how long a process may take for one step of its environments.

    Raises:
        UsageError: more processes than environments.
        DesktopError: a process does not start.
        HrlctlError: what making a desktop raised.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        count: int,
        desktop: DesktopFactory,
        rules: EpisodeRules,
        assign: Callable[[int], Assignment],
        split: Split = Split.TRAINING,
        *,
        workers: int,
        seconds: float = 60.0,
    ) -> None:
        if not 1 <= workers <= count:
            raise UsageError(
                f"{workers} worker processes cannot share {count} environments",
                hint=f"choose 1 to {count} workers, or more environments",
            )
        self.seconds = seconds
        specs = tuple((task.spec, task.pack, task.where) for task in tasks)
        bounds = [count * number // workers for number in range(workers + 1)]
        spawn = multiprocessing.get_context("spawn")
        self._blocks: list[SharedBlock] = []
        self._workers: list[WorkerProcess] = []
        atexit.register(self.close)
        try:
            for number, (first, end) in enumerate(pairwise(bounds)):
                setup = WorkerSetup(specs, rules, split, desktop, slice(first, end))
                self._workers.append(WorkerProcess(spawn, number, setup))
            ready = [worker.receive(START_SECONDS) for worker in self._workers]
        except WorkerLostError as lost:
            self.close()
            raise DesktopError(f"a worker process does not start: {lost}") from lost
        except BaseException:
            self.close()
            raise
        actions = ActionSpace(ready[0].width, ready[0].height)
        super().__init__(tasks, count, actions, rules, assign, split)
        self._actions = self._block(actions_layout(count, actions))

    @property
    def processes(self) -> list[BaseProcess]:
        """The worker processes that run now, in the order of their environments."""
        return [worker.process for worker in self._workers]

    def allocate(self, rows: int) -> ObservationArrays:
        """Shared arrays, (rows, count, ...); they stay allocated until the vector is closed."""
        layout = ObservationArrays.layout((rows, len(self)), self.actions)
        return ObservationArrays._make(self._block(layout).arrays)

    def allocate_results(self, rows: int) -> StepResults:
        """Shared arrays, (rows, count); they stay allocated until the vector is closed."""
        return StepResults._make(self._block(StepResults.layout((rows, len(self)))).arrays)

    def _block(self, layout: Layout) -> SharedBlock:
        block = SharedBlock(layout)
        self._blocks.append(block)
        for worker in self._workers:
            try:
                worker.attach(block)
            except WorkerLostError:
                continue  # it is found lost, and replaced, when it is next asked
        return block

    def _place(self, arrays: ObservationArrays | StepResults) -> Place:
        """Where one row of allocated arrays lies."""
        for number, block in enumerate(self._blocks):
            if (row := block.row_of(arrays[0])) is not None:
                return Place(number, row)
        raise ValueError("the arrays are not of those that this vector has allocated")

    def reset(self, into: ObservationArrays) -> None:
        self.faults = []
        self._begin(self._workers, self._assigned(range(len(self))), None, into)

    def observe(self, into: ObservationArrays) -> None:
        self.faults = []
        self._begin(self._workers, {}, None, into)

    def step(
        self,
        actions: npt.NDArray[np.int64],
        before: ObservationArrays,
        into: ObservationArrays,
        results: StepResults,
    ) -> None:
        self.finished, self.faults = [], []
        self._actions.arrays[0][0] = actions
        for history, action in zip(self._histories, actions.tolist(), strict=True):
            history.append(tuple(action))
        message = Step(_ACTIONS, self._place(before), self._place(into), self._place(results))
        answers = self._ask((worker, message) for worker in self._workers)
        self.finished = [record for answer in answers.values() for record in answer.finished]
        needing = [index for answer in answers.values() for index in answer.needing]
        waiting = [worker for worker, answer in answers.items() if answer.needing]
        self._begin(waiting, self._assigned(needing), before, into)
        broken = {fault.worker for fault in self.faults if fault.is_replaced}
        for worker in self._workers:
            if worker.number in broken:
                envs = worker.setup.envs
                results.mark_fault(envs)
                self.finished = [r for r in self.finished if not envs.start <= r.env < envs.stop]
            else:
                worker.failures = 0

    def restore(self, states: Sequence[EnvironmentState]) -> None:
        self.faults = []
        for index, state in enumerate(states):
            self._note(index, Assignment(*state.assignment))
            self._histories[index] = [tuple(action) for action in state.history]
        waiting = self._workers
        while waiting:
            self._ask((worker, Restore(tuple(states[worker.setup.envs]))) for worker in waiting)
            waiting = self._replaced()

    def _begin(
        self,
        workers: Iterable[WorkerProcess],
        assigned: Assigned,
        before: ObservationArrays | None,
        into: ObservationArrays,
    ) -> None:
        """Let ``workers`` start the episodes ``assigned`` to their environments, and see.

        The environments of workers that are lost, here or just before, start fresh ones.
        """
        place = self._place(into)
        earlier = None if before is None else self._place(before)
        self._ask((w, Begin(_part(assigned, w), earlier, place)) for w in workers)
        while new := self._replaced():
            envs = [i for w in new for i in range(w.setup.envs.start, w.setup.envs.stop)]
            assigned = self._assigned(envs)
            self._ask((w, Begin(_part(assigned, w), None, place)) for w in new)

    def _assigned(self, envs: Iterable[int]) -> Assigned:
        """The next episode of each of ``envs``."""
        drawn = {index: self.assign(index) for index in envs}
        for index, assignment in drawn.items():
            self._note(index, assignment)
        return drawn

    def _ask(self, questions: Iterable[tuple[WorkerProcess, Message]]) -> dict[WorkerProcess, Any]:
        """Send all messages, then wait for the answers; a worker that gives none is lost."""
        asked = []
        for worker, message in questions:
            try:
                worker.send(message)
                asked.append(worker)
            except WorkerLostError as lost:
                self._record_fault(worker, lost)
        answers = {}
        for worker in asked:
            try:
                answers[worker] = answer = worker.receive(self.seconds)
            except WorkerLostError as lost:
                self._record_fault(worker, lost)
                continue
            if isinstance(answer, Finished):
                self.faults += [
                    Fault(worker.number, reason, is_replaced=False) for reason in answer.discarded
                ]
        return answers

    def _record_fault(self, worker: WorkerProcess, lost: WorkerLostError) -> None:
        worker.is_lost = True
        worker.failures += 1
        self.faults.append(Fault(worker.number, str(lost)))
        if worker.failures > MAX_FAILURES:
            raise DesktopError(
                f"worker process {worker.number} failed {worker.failures} times in a row;"
                f" the last time {lost}",
                hint="run with --workers 0 to see what happens in this process",
            ) from lost

    def _replaced(self) -> list[WorkerProcess]:
        """Start a new process for every lost worker; returns those workers."""
        lost = [worker for worker in self._workers if worker.is_lost]
        for worker in lost:
            while worker.is_lost:
                try:
                    worker.restart(self._blocks)
                except WorkerLostError as again:
                    self._record_fault(worker, again)
        return lost

    def close(self) -> None:
        atexit.unregister(self.close)
        for worker in self._workers:
            worker.hang_up()
        for worker in self._workers:
            worker.end()
        for block in self._blocks:
            block.close()
        self._workers, self._blocks = [], []


def _part(assigned: Assigned, worker: WorkerProcess) -> tuple[tuple[int, Assignment], ...]:
    """What is assigned to the environments of ``worker``."""
    envs = worker.setup.envs
    return tuple((i, drawn) for i, drawn in assigned.items() if envs.start <= i < envs.stop)
