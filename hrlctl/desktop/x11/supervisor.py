"""The process that everything of a private display descends from, so that nothing outlives hrlctl.

It runs as a script of its own, ``python -I -S supervisor.py FOLDER LOCK``, and imports the standard
library only. LOCK is the descriptor that keeps the folder locked as long as it runs. Orphans come
to it instead of to init (PR_SET_CHILD_SUBREAPER), so that whatever a program starts stays its
descendant. When the pipe to it closes, however hrlctl ended, it kills them all and removes the
folder. Should it be killed itself, what it has started directly dies with it.

Requests and answers are lines of JSON on standard input and output; see ``hrlctl.desktop.x11.tree``
for the other end.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import resource
import shutil
import signal
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
LARGEST_FILE = 64 * 2**20
"""Bytes; a program that writes more into one file is stopped, so that no episode fills a disk."""
ABOVE_PIPES = 10
"""The lowest descriptor that no program finds a pipe of its own at."""
_LIBC = ctypes.CDLL(None, use_errno=True)


class Supervisor:
    """Starts programs and ends them.

    Args:
        folder: is removed at the end.
    """

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.kept: set[int] = set()  # what a sweep leaves running

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Carry out one request."""
        match request["do"]:
            case "start":
                return self._start(request)
            case "sweep":
                return {"ended": self.sweep(self.kept)}
            case "running":
                self._reap()
                return {"running": sorted(_descendants())}
            case unknown:
                return {"error": f"unknown request {unknown!r}"}

    def _start(self, request: dict[str, Any]) -> dict[str, Any]:
        reader, told = os.pipe()  # close-on-exec: it ends without a word when exec succeeds
        writer = fcntl.fcntl(told, fcntl.F_DUPFD_CLOEXEC, ABOVE_PIPES)
        os.close(told)
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            try:
                _become(request, parent)
            except OSError as error:
                os.write(writer, (error.strerror or "unknown error").encode())
            finally:
                os._exit(127)
        os.close(writer)
        with os.fdopen(reader) as pipe:
            trouble = pipe.read()
        if trouble:
            os.waitpid(pid, 0)
            return {"error": trouble}
        if request["keep"]:
            self.kept.add(pid)
        return {"pid": pid}

    def sweep(self, kept: set[int]) -> int:
        """Kill all descendants but ``kept`` until there are none; returns how many there were."""
        ended: set[int] = set()
        while found := _descendants() - kept:
            for pid in found:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            ended |= found
            if not self._reap():
                signal.sigtimedwait([signal.SIGCHLD], 0.001)
        return len(ended)

    def _reap(self) -> int:
        count = 0
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                count += 1
        except ChildProcessError:
            pass
        return count

    def end(self) -> None:
        """Leave nothing."""
        self.sweep(set())
        shutil.rmtree(self.folder, ignore_errors=True)


def _become(request: dict[str, Any], parent: int) -> None:
    """In the child: turn into the program asked for."""
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it died before the line above
        os._exit(127)
    os.setsid()
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = os.open(request["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    pipes = {number: _open_pipe(*pipe) for number, pipe in request["pipes"].items()}
    for number, pipe in pipes.items():
        os.dup2(pipe, int(number))
    os.chdir(request["folder"])
    os.execvpe(request["argv"][0], request["argv"], request["environment"])


def _open_pipe(path: str, direction: str) -> int:
    """The end of a named pipe that is read ("r") or written, out of the way of all others."""
    opened = os.open(path, os.O_RDONLY if direction == "r" else os.O_WRONLY)
    moved = fcntl.fcntl(opened, fcntl.F_DUPFD_CLOEXEC, ABOVE_PIPES)
    os.close(opened)
    return moved


def _descendants() -> set[int]:
    """The processes that come from this one and are no zombies of other parents."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                # The name, in parentheses, may hold anything; state and parent follow it.
                state, parent = file.read().rpartition(b")")[2].split(None, 2)[:2]
        except OSError:  # it has just ended
            continue
        if state not in (b"Z", b"X"):
            children.setdefault(int(parent), []).append(int(entry))
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        for pid in children.get(waiting.pop(), []):
            found.add(pid)
            waiting.append(pid)
    return found


def main() -> None:
    """Serve requests until the pipe closes, then leave nothing."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # taken where it is waited for
    supervisor = Supervisor(sys.argv[1])
    if sys.argv[2] != "None":
        os.set_inheritable(int(sys.argv[2]), False)  # programs would hold it longer
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    try:
        for line in sys.stdin:
            print(json.dumps(supervisor.answer(json.loads(line))), flush=True)
    finally:
        supervisor.end()


if __name__ == "__main__":
    main()
