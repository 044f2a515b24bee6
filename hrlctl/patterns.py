"""Regular expressions that take no longer than their text is long, whatever they are.

Python's own try one way after the other, on ``(a+)+$`` and forty letters for ever. RE2 follows all
ways at once; its syntax has no look-around and no back references
(https://github.com/google/re2/wiki/Syntax).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

MAX_LENGTH: Final = 200  # characters of a pattern


class PatternError(ValueError):
    """A pattern that cannot be used, and why, in one clause."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    import re2  # few packs need it

    if len(pattern) > MAX_LENGTH:
        raise PatternError(f"it is longer than {MAX_LENGTH} characters")
    options = re2.Options()
    options.case_sensitive = False
    options.dot_nl = True
    options.log_errors = False
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0]
        raise PatternError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def check_pattern(pattern: str) -> None:
    """Make sure that ``pattern`` can be used.

    Raises:
        PatternError: it is not well formed, or too large.
    """
    _compiled(pattern)


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of ``text`` is as ``pattern`` says, without regard to case.

    Raises:
        PatternError: it is not well formed, or too large.
    """
    return _compiled(pattern).fullmatch(text) is not None
