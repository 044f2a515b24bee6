"""The process that serves: its socket, its token, its beginning and its end."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, NamedTuple

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from hrlctl.errors import UsageError
from hrlctl.serve.application import create_application
from hrlctl.serve.model import load_model

MIN_TOKEN: Final = 16  # characters
CONNECTIONS: Final = 256
"""At the same time; more are answered with 503 at once."""
HEAD_SECONDS: Final = 15.0
"""In which the head of a request has to arrive, from when it can."""
STOP_SECONDS: Final = 10
"""For which requests that are being answered are waited for at the end."""


class Listening(NamedTuple):
    """Where a server listens, and what it wants."""

    url: str
    token: str
    token_file: Path | None  # that the token comes from; ``None``: it was drawn


def serve(
    model: Path,
    *,
    host: str,
    port: int,
    token_file: Path | None,
    device: str,
    announce: Callable[[Listening], None],
) -> None:
    """Serve a model until SIGINT or SIGTERM; requests that are being answered are finished.

    Args:
        model: a checkpoint or an exported model.
        host: an address of this machine.
        port: 0 takes a free one.
        token_file: holds the token that clients send; without it one is drawn.
        device: on which a checkpoint computes.
        announce: told where clients find it, once they do.

    Raises:
        UsageError: the host is open to others and there is no token file, or the address or the
            token cannot be used.
        CheckpointError: the model cannot be used.
        KeyboardInterrupt: it was told twice to stop.
    """
    if token_file is None and not is_loopback(host):
        raise UsageError(
            f"{host} can be reached from other machines, and there is no token file",
            where="--host",
            hint="write a long random token into a file and name it with --token-file",
        )
    token = secrets.token_urlsafe(24) if token_file is None else read_token(token_file)
    with listening_socket(host, port) as listener:
        application = create_application(
            load_model(model, device=device), name=model.name, token=token
        )
        server = uvicorn.Server(
            uvicorn.Config(
                application,
                http=PromptProtocol,
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )
        shown = f"[{host}]" if ":" in host else host
        announce(Listening(f"http://{shown}:{listener.getsockname()[1]}", token, token_file))
        with _signals_kept():
            server.run(sockets=[listener])


class PromptProtocol(H11Protocol):
    """HTTP that hangs up on those who do not ask.

    uvicorn waits for as long as a connection lasts until the head of a request is complete: so
    many who say nothing as it takes ``CONNECTIONS`` would keep everybody else out.
    """

    _hang_up: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def on_response_complete(self) -> None:
        self._await_head()  # first: the next request may be there already, and begins in here
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if self._hang_up is not None:
            self._hang_up.cancel()

    def _await_head(self) -> None:
        if self._hang_up is not None:
            self._hang_up.cancel()
        self._hang_up = self.loop.call_later(HEAD_SECONDS, self._check_head, self.cycle)

    def _check_head(self, last: object) -> None:
        if self.cycle is last:  # a request has a cycle of its own from its head on
            self.transport.close()


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches ``host``."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False  # a name: whatever it stands for may change


def read_token(path: Path) -> str:
    """The token in a file.

    Raises:
        UsageError: the file cannot be read, or what it holds is no token.
    """
    try:
        token = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not ASCII text"
        raise UsageError(f"the token cannot be read: {reason}", where=str(path)) from error
    if len(token) < MIN_TOKEN or not token.isprintable() or " " in token:
        raise UsageError(
            f"this is no token: one line of at least {MIN_TOKEN} characters without spaces",
            where=str(path),
            hint="for example what 'openssl rand -hex 32' prints",
        )
    return token


@contextmanager
def listening_socket(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens, before the seconds that loading a model takes.

    Raises:
        UsageError: the address is not one of this machine, or the port is taken.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(
            f"{host} is no address of this machine: {error.strerror}", where="--host"
        ) from error
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(address)
            listener.listen()
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(
                    f"port {port} of {host} is in use",
                    where="--port",
                    hint="choose another, or 0 to take a free one",
                ) from error
            raise UsageError(
                f"cannot listen on port {port} of {host}: {error.strerror}", where="--port"
            ) from error
        yield listener


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Keep the signals that uvicorn sends itself again once it has stopped for them.

    The first has been obeyed by then. A second one says that stopping takes too long.
    """
    received = 0

    def count(number: int, frame: FrameType | None) -> None:
        nonlocal received
        received += 1

    previous = {number: signal.signal(number, count) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if received > 1:
        raise KeyboardInterrupt
