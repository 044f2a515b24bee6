"""What every request passes before it is answered: token, size, number and time are bounded.

A request is refused before its body is read where that is possible, and no body is handed on before
it is known to be small enough.
"""

from __future__ import annotations

import asyncio
import hmac
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hrlctl.serve.metrics import Metrics
from hrlctl.serve.refusals import RefusedError

GUARDED: Final = "/v1/"
"""Below this path everything wants the token."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server takes.

    Attributes:
        body_bytes: of a request.
        requests: that are worked on at the same time.
        upload_seconds: in which a request's body has to arrive.
        answer_seconds: in which it is answered after that.
    """

    body_bytes: int = 10_000_000
    requests: int = 64
    upload_seconds: float = 15.0
    answer_seconds: float = 60.0


class Gate:
    """Middleware in front of the application.

    Args:
        app: what is guarded.
        token: that clients have to send.
        limits: what is taken.
        metrics: told of every request.
    """

    def __init__(self, app: ASGIApp, *, token: str, limits: Limits, metrics: Metrics) -> None:
        self._app, self._limits, self._metrics = app, limits, metrics
        self._token = token.encode()
        self._busy = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._guard(scope, receive, watched)
        except RefusedError as refusal:
            if status == 0:
                await refused(refusal, scope)(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            method = scope["method"] if route != "other" else "other"
            self._metrics.requests.labels(method, route, str(status or "none")).inc()
            self._metrics.seconds.labels(route).observe(time.perf_counter() - started)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith(GUARDED):
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        self._check_token(headers.get(b"authorization", b""))
        self._check_length(headers.get(b"content-length", b"0"))
        if self._busy >= self._limits.requests:
            raise RefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{self._limits.requests} requests are being worked on",
                hint="send fewer at the same time",
                retry_after=1,
            )
        self._busy += 1
        try:
            body = await self._read(receive)
            if body is None:
                return
            await self._answer(scope, _replayed(body, receive), send)
        finally:
            self._busy -= 1

    def _check_token(self, authorization: bytes) -> None:
        scheme, _, given = authorization.partition(b" ")
        is_right = hmac.compare_digest(given.strip(), self._token)
        if scheme.lower() != b"bearer" or not is_right:
            raise RefusedError(
                HTTPStatus.UNAUTHORIZED,
                "the token is missing or wrong",
                hint="send the header 'Authorization: Bearer TOKEN'",
            )

    def _check_length(self, length: bytes) -> None:
        if not length.isdigit() or int(length[:20]) > self._limits.body_bytes:
            raise self._too_large()

    async def _read(self, receive: Receive) -> bytes | None:
        """The body; ``None``: the client has hung up."""
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._limits.upload_seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return None
                    parts.append(message.get("body", b""))
                    size += len(parts[-1])
                    if size > self._limits.body_bytes:
                        raise self._too_large()
                    if not message.get("more_body", False):
                        return b"".join(parts)
        except TimeoutError:
            raise RefusedError(
                HTTPStatus.REQUEST_TIMEOUT,
                f"the request did not arrive within {self._limits.upload_seconds:g} seconds",
            ) from None

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(self._limits.answer_seconds):
                await self._app(scope, receive, send)
        except TimeoutError:
            raise RefusedError(
                HTTPStatus.GATEWAY_TIMEOUT,
                f"there was no answer within {self._limits.answer_seconds:g} seconds",
            ) from None

    def _too_large(self) -> RefusedError:
        return RefusedError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            f"a request may have at most {self._limits.body_bytes:,} bytes",
            hint="send the screenshot as PNG, or scale it down",
        )


def refused(refusal: RefusedError, scope: Scope) -> JSONResponse:
    """The response that says why; the connection is closed where a body may not have been read."""
    headers = refusal.headers
    if refusal.status is HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if scope["method"] not in ("GET", "HEAD", "DELETE"):
        headers["Connection"] = "close"
    return JSONResponse({"detail": refusal.message, "hint": refusal.hint}, refusal.status, headers)


def _replayed(body: bytes, receive: Receive) -> Receive:
    """``receive`` as if nothing had been read yet."""
    is_read = False

    async def replay() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
