"""Several demonstrators at a time, each with a desktop in a process of its own."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import traceback
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext
from typing import Final, NamedTuple

import torch

from hrlctl.desktop.contract import Desktop
from hrlctl.env import child_processes
from hrlctl.env.episode import EpisodeRules
from hrlctl.errors import DesktopError, DesktopUnavailableError, HrlctlError
from hrlctl.packs import Task
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.schema.task import TaskSpec
from hrlctl.training.demonstrations import Demonstrator, Played, Turn
from hrlctl.training.hands import AgentsHand

_SECONDS: Final = 600.0
"""How long a demonstration may take, and the start of its process."""
_TRIES: Final = 2  # of a demonstration whose desktop fails
_MOST_FAULTS: Final = 6  # of a desktop in a row: it will not work any more


class Part(NamedTuple):
    """What demonstrators play; it can be sent to their processes."""

    tasks: tuple[tuple[TaskSpec, str, str], ...]  # the arguments of Task
    desktop: Callable[[], Desktop]
    rules: EpisodeRules
    seed: int
    agent: bytes | None  # acts in some turns: what ``HierarchicalPolicy.content`` returns, saved

    @classmethod
    def of(
        cls,
        tasks: Sequence[Task],
        desktop: Callable[[], Desktop],
        rules: EpisodeRules,
        seed: int,
        agent: HierarchicalPolicy | None,
    ) -> Part:
        """Of a run."""
        specs = tuple((task.spec, task.pack, task.where) for task in tasks)
        if agent is None:
            return cls(specs, desktop, rules, seed, None)
        saved = io.BytesIO()  # tensors themselves would be shared, not sent
        torch.save(agent.content(), saved)
        return cls(specs, desktop, rules, seed, saved.getvalue())


class Company:
    """Some demonstrators who share what is to be played.

    Args:
        part: what they play.
        processes: how many of them there are; none: one plays in this process.
    """

    def __init__(self, part: Part, processes: int) -> None:
        self._alone = None if processes else _Stage(part)
        spawn = multiprocessing.get_context("spawn")
        self._members = [_Member(spawn, part) for _ in range(processes)]

    def play(self, turns: Sequence[Turn]) -> Iterator[Played]:
        """Play ``turns``, and tell of each in its order.

        Raises:
            HrlctlError: a desktop has failed again and again, or a process is gone.
            RuntimeError: a bug, with its traceback.
        """
        if self._alone is not None:
            yield from map(self._alone.play, turns)
            return
        count = len(self._members)
        for number, member in enumerate(self._members):
            member.send(turns[number::count])
        for index in range(len(turns)):
            yield self._members[index % count].receive()

    def close(self) -> None:
        """End all that was started."""
        if self._alone is not None:
            self._alone.close()
        for member in self._members:
            member.hang_up()
        for member in self._members:
            member.end()


class _Stage:
    """A demonstrator and the desktop, which is made anew where it fails."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._tasks = tuple(Task(*arguments) for arguments in part.tasks)
        self._hand = None
        if part.agent is not None:
            content = torch.load(io.BytesIO(part.agent), weights_only=True)
            policy = HierarchicalPolicy.from_content(content, where="the agent that demonstrates")
            self._hand = AgentsHand(policy.eval())
        self._desktop: Desktop | None = None
        self._faults = 0  # in a row
        self._open()

    def play(self, turn: Turn) -> Played:
        """Play ``turn``; where the desktop fails again, there is nothing to learn from it."""
        for _ in range(_TRIES):
            try:
                played = self._open().play(turn)
            except DesktopUnavailableError:
                raise
            except DesktopError as error:
                self._faults += 1
                if self._faults >= _MOST_FAULTS:
                    raise
                fault = f"its display has failed: {error.message}"
                self.close()
            else:
                self._faults = 0
                return played
        return Played(turn, (), (), has_erred=False, fault=fault)

    def close(self) -> None:
        if self._desktop is not None:
            self._desktop.close()
            self._desktop = None

    def _open(self) -> Demonstrator:
        if self._desktop is None:
            part = self._part
            self._desktop = part.desktop()
            self._demonstrator = Demonstrator(
                self._tasks, self._desktop, part.rules, part.seed, self._hand
            )
        return self._demonstrator


class _Member:
    """A process with a stage of its own."""

    def __init__(self, spawn: SpawnContext, part: Part) -> None:
        self._pipe, remote = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(remote, part), daemon=True)
        child_processes.start(self._process)
        remote.close()  # so that reading ends when the process does

    def send(self, turns: Sequence[Turn]) -> None:
        try:
            self._pipe.send(list(turns))
        except OSError as error:
            raise DesktopError("a process that plays demonstrations is gone") from error

    def receive(self) -> Played:
        try:
            if not self._pipe.poll(_SECONDS):
                raise DesktopError(f"a demonstration is not over after {_SECONDS:g} s")
            reply: Played | HrlctlError | str = self._pipe.recv()
        except (EOFError, OSError) as error:
            raise DesktopError("a process that plays demonstrations is gone") from error
        if isinstance(reply, str):
            raise RuntimeError(f"a process that plays demonstrations failed:\n{reply}")
        if isinstance(reply, HrlctlError):
            raise reply
        return reply

    def hang_up(self) -> None:
        self._pipe.close()

    def end(self) -> None:
        """After ``hang_up``: it ends by itself, once its turn is over."""
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._process.close()


def _serve(pipe: Connection[Played | HrlctlError | str, list[Turn]], part: Part) -> None:
    """The process: play turns until the pipe closes."""
    child_processes.leave_signals()
    torch.set_num_threads(1)
    stage: _Stage | None = None
    try:
        stage = _Stage(part)
        while True:
            for turn in pipe.recv():
                pipe.send(stage.play(turn))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the parent has closed the pipe, or is gone
    except HrlctlError as error:
        _tell(pipe, error)
    except Exception:
        _tell(pipe, traceback.format_exc())
    finally:
        if stage is not None:
            stage.close()


def _tell(pipe: Connection[Played | HrlctlError | str, list[Turn]], end: HrlctlError | str) -> None:
    with contextlib.suppress(OSError):  # the parent may be gone
        pipe.send(end)
