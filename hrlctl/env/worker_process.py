"""A process that steps some of a vector's environments, and the handle by which it is asked to.

What is seen and what steps led to goes through shared memory; only small messages, with the place
in it, go through the pipe. The process ends when its pipe closes, so it never outlives its parent.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Sequence
from multiprocessing import connection, context, reduction
from typing import Any, Final, NamedTuple

import numpy as np

from hrlctl.desktop.contract import Desktop
from hrlctl.env import child_processes
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import Layout, ObservationArrays, StepResults
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.shared_memory import SharedBlock
from hrlctl.env.vector import Assignment, DesktopVector, EnvironmentState, EpisodeRecord
from hrlctl.errors import DesktopError, DesktopUnavailableError, HrlctlError
from hrlctl.packs import Task
from hrlctl.schema.base import Split
from hrlctl.schema.task import TaskSpec

START_SECONDS: Final = 120.0
_END_SECONDS: Final = 5.0

DesktopFactory = Callable[[], Desktop]


class Place(NamedTuple):
    """A row of shared arrays: of which block, in the order of attaching, and which row."""

    block: int
    row: int


class WorkerSetup(NamedTuple):
    """What a process is started with."""

    tasks: tuple[tuple[TaskSpec, str, str], ...]  # the arguments of Task
    rules: EpisodeRules
    split: Split
    desktop: DesktopFactory
    envs: slice  # its environments in the whole vector


class Attach(NamedTuple):
    """A block of shared memory; its descriptor follows."""

    layout: Layout


class Step(NamedTuple):
    """Carry out the actions; then see, unless an environment needs its next episode."""

    actions: Place
    before: Place
    into: Place
    results: Place


class Begin(NamedTuple):
    """Start episodes, then see."""

    assignments: tuple[tuple[int, Assignment], ...]  # by index in the whole vector
    before: Place | None
    into: Place


class Restore(NamedTuple):
    """Bring the environments to these states."""

    states: tuple[EnvironmentState, ...]


class Ready(NamedTuple):
    """The desktops stand; their size in pixels."""

    width: int
    height: int


class Stepped(NamedTuple):
    """What a step led to beside the results; indices are those of the whole vector."""

    needing: tuple[int, ...]  # environments that wait for ``Begin``
    finished: tuple[EpisodeRecord, ...]


class Finished(NamedTuple):
    """``Begin`` or ``Restore`` is carried out."""

    discarded: tuple[str, ...]  # what was wrong with initial states that were thrown away


class Failed(NamedTuple):
    """An exception, in parts that can always be sent."""

    kind: type[HrlctlError] | None  # None: a bug, whose traceback is the message
    message: str
    where: str | None = None
    hint: str | None = None


Message = Attach | Step | Begin | Restore
Reply = Ready | Stepped | Finished | Failed


class WorkerLostError(Exception):
    """The process died, gave no answer in time, or its desktop had a fault."""


class WorkerProcess:
    """The parent's handle of one process.

    Args:
        spawn: how processes are started.
        number: of the worker, for messages.
        setup: what it is started with.
    """

    def __init__(self, spawn: context.SpawnContext, number: int, setup: WorkerSetup) -> None:
        self.number, self.setup = number, setup
        self.is_lost = False
        self.failures = 0  # without a whole step in between
        self._spawn = spawn
        self._start()

    def _start(self) -> None:
        """Start the process; it answers ``Ready``."""
        self._is_ending = False  # it has said so, and closes its desktops
        self._pipe, remote = self._spawn.Pipe()
        self.process = self._spawn.Process(
            target=_serve,
            args=(remote, self.setup),
            name=f"hrlctl-worker-{self.number}",
            daemon=True,
        )
        child_processes.start(self.process)
        remote.close()  # so that reading ends when the process does

    def attach(self, block: SharedBlock) -> None:
        """Share ``block``; its number is how many were attached before.

        Raises:
            WorkerLostError: the process is gone.
        """
        self.send(Attach(block.layout))
        try:
            reduction.send_handle(self._pipe, block.descriptor, self.process.pid)
        except OSError as error:
            raise WorkerLostError(self._end_of_life()) from error

    def send(self, message: Message) -> None:
        """Raises ``WorkerLostError`` when the process is gone."""
        try:
            self._pipe.send(message)
        except OSError as error:
            raise WorkerLostError(self._end_of_life()) from error

    def receive(self, seconds: float) -> Any:
        """The next reply.

        Raises:
            WorkerLostError: none came within ``seconds``, or the desktop had a fault.
            HrlctlError: the user's mistake that the process met.
            RuntimeError: a bug in the process, with its traceback.
        """
        try:
            if not self._pipe.poll(seconds):
                raise WorkerLostError(f"it gave no answer for {seconds:g} s")
            reply: Reply = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise WorkerLostError(self._end_of_life()) from error
        if isinstance(reply, Failed):
            self._is_ending = True
            _raise(reply, self.number)
        return reply

    def restart(self, blocks: Sequence[SharedBlock]) -> None:
        """End what is left of a lost process and start a new one with all ``blocks``.

        Raises:
            WorkerLostError: the new one does not start.
        """
        self.hang_up()
        self.end()
        self._start()
        self.receive(START_SECONDS)
        for block in blocks:
            self.attach(block)
        self.is_lost = False

    def hang_up(self) -> None:
        """Close the pipe: the process ends by itself."""
        self._pipe.close()

    def end(self) -> None:
        """After ``hang_up``: wait until the process has ended, or end it by force."""
        if self._is_ending or not self.is_lost:
            self.process.join(_END_SECONDS)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()
        self.process.close()

    def _end_of_life(self) -> str:
        self.process.join(_END_SECONDS)
        code = self.process.exitcode
        if code is None:
            return "it closed its pipe"
        if code < 0:
            return f"it was ended by {signal.Signals(-code).name}"
        return f"it exited with code {code}"


def _raise(failed: Failed, number: int) -> None:
    if failed.kind is None:
        raise RuntimeError(f"worker process {number} failed:\n{failed.message}")
    if issubclass(failed.kind, DesktopError) and failed.kind is not DesktopUnavailableError:
        raise WorkerLostError(failed.message)
    error = failed.kind.__new__(failed.kind)
    HrlctlError.__init__(error, failed.message, where=failed.where, hint=failed.hint)
    raise error


def _serve(pipe: connection.Connection[Reply, Any], setup: WorkerSetup) -> None:
    """The process: carry out messages until the pipe closes."""
    child_processes.leave_signals()
    desktops: list[Desktop] = []
    try:
        desktops += [setup.desktop() for _ in range(setup.envs.start, setup.envs.stop)]
        group = _Group(setup, desktops)
        pipe.send(Ready(desktops[0].width, desktops[0].height))
        while True:
            message = pipe.recv()
            if isinstance(message, Attach):
                group.blocks.append(SharedBlock(message.layout, reduction.recv_handle(pipe)))
            else:
                pipe.send(group.carry_out(message))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent has closed the pipe, or is gone
    except HrlctlError as error:
        pipe.send(Failed(type(error), error.message, error.where, error.hint))
    except Exception:
        pipe.send(Failed(None, traceback.format_exc()))
    finally:
        for desktop in desktops:
            desktop.close()


class _Group:
    """The environments of one process, and the shared memory that they write."""

    def __init__(self, setup: WorkerSetup, desktops: Sequence[Desktop]) -> None:
        self.setup = setup
        self.blocks: list[SharedBlock] = []
        tasks = [Task(*arguments) for arguments in setup.tasks]
        self._vector = DesktopVector(tasks, desktops, setup.rules, _assigned_above, setup.split)

    def carry_out(self, message: Step | Begin | Restore) -> Stepped | Finished:
        self._vector.faults = []
        match message:
            case Step():
                return self._step(message)
            case Begin(assignments, before, into):
                for index, assignment in assignments:
                    self._vector.begin(index - self.setup.envs.start, assignment)
                self._vector.observe(
                    self._seen(into), None if before is None else self._seen(before)
                )
            case Restore(states):
                self._vector.restore(states)
        return Finished(tuple(fault.reason for fault in self._vector.faults))

    def _step(self, step: Step) -> Stepped:
        first = self.setup.envs.start
        actions = self.blocks[step.actions.block].arrays[0][step.actions.row, self.setup.envs]
        needing = self._vector.act(actions, StepResults._make(self._rows(step.results)))
        if not needing:
            self._vector.observe(self._seen(step.into), self._seen(step.before))
        return Stepped(
            tuple(first + index for index in needing),
            tuple(record._replace(env=first + record.env) for record in self._vector.finished),
        )

    def _seen(self, place: Place) -> ObservationArrays:
        return ObservationArrays._make(self._rows(place))

    def _rows(self, place: Place) -> list[np.ndarray[Any, Any]]:
        """This group's part of each array at ``place``."""
        return [array[place.row, self.setup.envs] for array in self.blocks[place.block].arrays]


def _assigned_above(index: int) -> Assignment:
    raise RuntimeError("a worker's episodes are assigned by its parent")


def actions_layout(count: int, actions: ActionSpace) -> Layout:
    """One row of actions of ``count`` environments."""
    return (((1, count, len(actions.sizes)), np.int64),)
