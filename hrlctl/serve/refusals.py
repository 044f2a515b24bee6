"""Requests that are not answered as asked, and why."""

from __future__ import annotations

from http import HTTPStatus

from hrlctl.errors import HrlctlError


class RefusedError(HrlctlError):
    """A request that is refused.

    Args:
        status: of the response.
        message: why, in one sentence.
        hint: what to do next.
        retry_after: seconds after which the same request may be taken.
    """

    def __init__(
        self,
        status: HTTPStatus,
        message: str,
        *,
        hint: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.status, self.retry_after = status, retry_after

    @property
    def headers(self) -> dict[str, str]:
        """Of the response, beside the usual ones."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
