"""The DevTools protocol of a browser, on two pipes that nobody else has.

Messages are JSON, each ended by a zero byte (``--remote-debugging-pipe``); requests bear a number
that their answers repeat, see https://chromedevtools.github.io/devtools-protocol/.
"""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ANSWER_SECONDS: Final = 2.0
"""How long an answer is waited for; a browser that hangs must not hold up everything."""
_AT_ONCE: Final = 1 << 16  # bytes
_REQUESTS: Final = 3  # the descriptors at which a browser finds its ends
_ANSWERS: Final = 4


class DevTools:
    """The end of hrlctl.

    Args:
        folder: where the two named pipes are made.
        handle: takes each event, by its method and its parameters.

    Attributes:
        pipes: what the browser is to be started with: paths by descriptor, in the direction in
            which it uses them.
        is_gone: the browser has ended, or reads no more.
    """

    def __init__(self, folder: Path, handle: Callable[[str, dict[str, Any]], None]) -> None:
        paths = folder / "requests", folder / "answers"
        for path in paths:
            os.mkfifo(path, 0o600)
        self.pipes: Final = {_REQUESTS: (str(paths[0]), "r"), _ANSWERS: (str(paths[1]), "w")}
        # For both ways, as opening waits for the other end otherwise.
        self._requests = os.open(paths[0], os.O_RDWR | os.O_NONBLOCK)
        self._answers = os.open(paths[1], os.O_RDONLY | os.O_NONBLOCK)
        self._handle = handle
        self._rest = b""
        self._number = 0
        self._awaited: dict[int, dict[str, Any] | None] = {}  # answers by their numbers
        self.is_gone = False

    def fileno(self) -> int:
        """What can be read when something has come."""
        return self._answers

    def send(self, method: str, session: str | None = None, **parameters: Any) -> int:
        """Ask for something without waiting for it; returns the request's number."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        return self._number

    def call(
        self,
        method: str,
        session: str | None = None,
        seconds: float | None = None,
        **parameters: Any,
    ) -> dict[str, Any] | None:
        """What a request leads to; ``None`` where it is refused or not answered in time.

        Args:
            method: what is asked for.
            session: of the tab that is asked; the browser itself without.
            seconds: to wait for the answer; ``ANSWER_SECONDS`` without.
            parameters: of the request.
        """
        number = self.send(method, session, **parameters)
        self._awaited[number] = None
        ends = time.monotonic() + (ANSWER_SECONDS if seconds is None else seconds)
        while self._awaited[number] is None and not self.is_gone:
            left = ends - time.monotonic()
            if left <= 0:
                break
            select.select([self._answers], [], [], left)
            self.pump()
        answer = self._awaited.pop(number)
        return None if answer is None else answer.get("result")

    def pump(self) -> bool:
        """Handle all that has come; returns whether anything had."""
        received = self._rest
        while not self.is_gone:
            try:
                part = os.read(self._answers, _AT_ONCE)
            except BlockingIOError:
                break
            self.is_gone = not part
            received += part
        *messages, self._rest = received.split(b"\0")
        for text in messages:
            message = json.loads(text)
            if "method" in message:
                self._handle(message["method"], message["params"])
            elif message["id"] in self._awaited:
                self._awaited[message["id"]] = message
        return bool(messages)

    def _write(self, data: bytes) -> None:
        ends = time.monotonic() + ANSWER_SECONDS
        while data and not self.is_gone:
            try:
                data = data[os.write(self._requests, data) :]
            except BlockingIOError:
                left = ends - time.monotonic()
                self.is_gone = left <= 0 or not select.select([], [self._requests], [], left)[1]

    def close(self) -> None:
        """Let go of the pipes."""
        self.is_gone = True
        for descriptor in (self._requests, self._answers):
            os.close(descriptor)
        for path, _ in self.pipes.values():
            Path(path).unlink(missing_ok=True)
