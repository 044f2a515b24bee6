"""The programs of one private display: a tree of processes, and the handle by which it is run."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from hrlctl.errors import DesktopError

_SUPERVISOR: Final = Path(__file__).with_name("supervisor.py")
_PREFIX: Final = "hrlctl-x11-"
_END_SECONDS: Final = 5.0
_NEW: Final = 60.0
"""Seconds in which a folder may not be locked yet."""

Pipes = Mapping[int, tuple[str, str]]
"""Named pipes by the descriptor that a program finds them at: path, and "r" if it reads, or "w"."""


class ProcessTree:
    """Programs that end together: with ``close``, or with this process, however that ends.

    Attributes:
        folder: of the tree's own, removed with it; programs' homes and sockets lie in it.
        kept: processes that were started with ``keep``.
    """

    def __init__(self) -> None:
        _remove_left_over(Path(tempfile.gettempdir()))
        self.folder: Final = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.kept: Final[set[int]] = set()
        # Locked until both this process and the supervisor have ended, however they do.
        self._lock = _locked(self.folder)
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_SUPERVISOR), str(self.folder), str(self._lock)],
            pass_fds=() if self._lock is None else (self._lock,),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl-C in the terminal is hrlctl's to handle
        )

    @property
    def supervisor(self) -> int:
        """The process that all others descend from."""
        return self._process.pid

    def start(
        self,
        argv: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: Path,
        *,
        keep: bool = False,
        pipes: Pipes | None = None,
    ) -> int:
        """Start a program; returns its process id.

        Args:
            argv: the program and its arguments.
            environment: all that it sees of it.
            folder: where it starts.
            output: the file or pipe that takes what it prints.
            keep: it belongs to the display: ``sweep`` leaves it running.
            pipes: what it finds open beside; the other ends must be open already.

        Raises:
            DesktopError: it cannot be started, or the supervisor is gone.
        """
        answer = self._ask(
            do="start",
            argv=list(argv),
            environment=dict(environment),
            folder=str(folder),
            output=str(output),
            keep=keep,
            pipes=dict(pipes or {}),
        )
        pid = int(answer["pid"])
        if keep:
            self.kept.add(pid)
        return pid

    def sweep(self) -> int:
        """Kill all that was not started with ``keep``, and what came of it; returns how many."""
        return int(self._ask(do="sweep")["ended"])

    def running(self) -> list[int]:
        """All processes of the tree."""
        return [int(pid) for pid in self._ask(do="running")["running"]]

    def _ask(self, **request: Any) -> dict[str, Any]:
        pipe, answers = self._process.stdin, self._process.stdout
        assert pipe is not None
        assert answers is not None
        try:
            pipe.write(json.dumps(request) + "\n")
            pipe.flush()
            line = answers.readline()
        except (OSError, ValueError) as error:
            raise DesktopError("the supervisor of a display is gone") from error
        if not line:
            raise DesktopError("the supervisor of a display is gone")
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise DesktopError(f"{request['argv'][0]} cannot be started: {answer['error']}")
        return answer

    def close(self) -> None:
        """End everything and wait until it has ended."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except OSError:  # it is gone already
                    continue
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)  # where it could not
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _locked(folder: Path) -> int | None:
    """A descriptor that holds the lock of ``folder``; ``None`` if somebody else does."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        return None
    return opened


def _remove_left_over(parent: Path) -> None:
    """Remove the folders of trees that were killed together with their supervisors."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            about = folder.lstat()
        except OSError:  # somebody else has removed it
            continue
        if about.st_uid != os.getuid() or time.time() - about.st_mtime < _NEW:
            continue
        lock = _locked(folder)
        if lock is not None:
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
