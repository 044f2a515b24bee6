"""Playing in worker processes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from typing import Any, Final

from hrlctl.errors import HrlctlError, WorkerError
from hrlctl.evaluation.agents import computing_alike
from hrlctl.evaluation.plan import PlaySetup
from hrlctl.evaluation.player import Job, Players
from hrlctl.evaluation.results import EpisodeResult

_SECONDS_TO_END: Final = 5.0


def play_in_workers(
    setups: Sequence[PlaySetup],
    jobs: Sequence[Job],
    workers: int,
    played: Callable[[int], None],
) -> list[list[EpisodeResult]]:
    """Play all jobs in ``workers`` processes; the results are in the order of the jobs.

    Every worker loads checkpoint and tasks itself, computes with one thread, and ends with this
    call, whatever ends it. ``played`` is told of each job that is done how many episodes it had.

    Raises:
        WorkerError: a worker died.
        HrlctlError: what a worker raised.
    """
    context = get_context("spawn")  # forked processes and torch's threads do not go together
    group: list[_Worker] = []
    results: dict[int, list[EpisodeResult]] = {}
    waiting = iter(enumerate(jobs))
    try:
        with _ignoring_interrupts():
            for _ in range(workers):
                group.append(_Worker(context, setups))
        for worker in group:
            worker.give(next(waiting, None))
        while playing := [worker for worker in group if worker.index is not None]:
            ready = wait([worker.connection for worker in playing])
            for worker in playing:
                if worker.connection in ready:
                    index, results[index] = worker.take()
                    played(len(results[index]))
                    worker.give(next(waiting, None))
    finally:
        for worker in group:
            worker.process.terminate()
        for worker in group:
            worker.process.join(_SECONDS_TO_END)
            worker.connection.close()
    return [results[index] for index in range(len(jobs))]


class _Worker:
    """A process that plays jobs, seen from the process that wants them played.

    Args:
        context: starts processes.
        setups: what jobs refer to.
    """

    def __init__(self, context: SpawnContext, setups: Sequence[PlaySetup]) -> None:
        self.connection: Connection[Any, Any]
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, tuple(setups)), daemon=True)
        self.process.start()
        theirs.close()  # so that reading ends when the worker does
        self.index: int | None = None  # of the job that it plays

    def give(self, numbered: tuple[int, Job] | None) -> None:
        """Let it play a job, or let it rest."""
        if numbered is None:
            self.index = None
            return
        self.index, job = numbered
        try:
            self.connection.send(job)
        except OSError as error:
            raise self._death() from error

    def take(self) -> tuple[int, list[EpisodeResult]]:
        """Its job's index and results; waits for them."""
        assert self.index is not None  # callers ask only workers that play
        try:
            answer: list[EpisodeResult] | HrlctlError = self.connection.recv()
        except (EOFError, OSError) as error:
            raise self._death() from error
        if isinstance(answer, HrlctlError):
            raise answer
        return self.index, answer

    def _death(self) -> WorkerError:
        self.process.join(_SECONDS_TO_END)
        return WorkerError(
            f"a worker process ended before its work was done (exit code {self.process.exitcode})",
            hint="it may have run out of memory: try fewer workers, or none. A script that uses"
            " workers must call evaluate() below 'if __name__ == \"__main__\":'",
        )


@contextmanager
def _ignoring_interrupts() -> Iterator[None]:
    """Processes started here never see Ctrl-C, which reaches the whole group: we end them."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change signals
        return
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)


def serve(connection: Connection[Any, Any], setups: Sequence[PlaySetup]) -> None:
    """A worker's life: play what is sent, and answer, until nobody is there."""
    with computing_alike([setup.checkpoint for setup in setups]):
        _play_what_is_sent(connection, Players(setups))


def _play_what_is_sent(connection: Connection[Any, Any], players: Players) -> None:
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            players.close()
            return
        try:
            answer: list[EpisodeResult] | HrlctlError = players.play(job)
        except HrlctlError as error:
            answer = error
        try:
            connection.send(answer)
        except OSError:  # the process that wanted it is gone
            return
