"""Playing chunks in worker processes."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from typing import Any, Final

import torch

from hrlctl.errors import HrlctlError, WorkerError
from hrlctl.evaluation.player import Chunk, Player, PlaySetup
from hrlctl.evaluation.report import EpisodeResult

_SECONDS_TO_END: Final = 5.0


def play_in_workers(setup: PlaySetup, chunks: Sequence[Chunk], workers: int) -> list[EpisodeResult]:
    """Play all chunks in ``workers`` processes; the results are in the order of the chunks.

    Every worker loads checkpoint and tasks itself, computes with one thread, and ends with this
    call, whatever ends it.

    Raises:
        WorkerError: a worker died.
        HrlctlError: what a worker raised.
    """
    context = get_context("spawn")  # forked processes and torch's threads do not go together
    group: list[_Worker] = []
    results: dict[int, list[EpisodeResult]] = {}
    waiting = iter(enumerate(chunks))
    try:
        with _ignoring_interrupts():
            for _ in range(workers):
                group.append(_Worker(context, setup))
        for worker in group:
            worker.give(next(waiting, None))
        while playing := [worker for worker in group if worker.index is not None]:
            ready = wait([worker.connection for worker in playing])
            for worker in playing:
                if worker.connection in ready:
                    index, results_of_chunk = worker.take()
                    results[index] = results_of_chunk
                    worker.give(next(waiting, None))
    finally:
        for worker in group:
            worker.process.terminate()
        for worker in group:
            worker.process.join(_SECONDS_TO_END)
            worker.connection.close()
    return [result for index in range(len(chunks)) for result in results[index]]


class _Worker:
    """A process that plays chunks, seen from the process that wants them played.

    Args:
        context: starts processes.
        setup: what it plays.
    """

    def __init__(self, context: SpawnContext, setup: PlaySetup) -> None:
        self.connection: Connection[Any, Any]
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, setup), daemon=True)
        self.process.start()
        theirs.close()  # so that reading ends when the worker does
        self.index: int | None = None  # of the chunk that it plays

    def give(self, numbered: tuple[int, Chunk] | None) -> None:
        """Let it play a chunk, or let it rest."""
        if numbered is None:
            self.index = None
            return
        self.index, chunk = numbered
        try:
            self.connection.send(chunk)
        except OSError as error:
            raise self._death() from error

    def take(self) -> tuple[int, list[EpisodeResult]]:
        """Its chunk's index and results; waits for them."""
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


def serve(connection: Connection[Any, Any], setup: PlaySetup) -> None:
    """A worker's life: play what is sent, and answer, until nobody is there."""
    torch.set_num_threads(1)
    player: Player | None = None
    while True:
        try:
            chunk: Chunk = connection.recv()
        except EOFError:
            if player is not None:
                player.close()
            return
        try:
            player = player or Player(setup)
            answer: list[EpisodeResult] | HrlctlError = player.play(chunk)
        except HrlctlError as error:
            answer = error
        try:
            connection.send(answer)
        except OSError:  # the process that wanted it is gone
            return
