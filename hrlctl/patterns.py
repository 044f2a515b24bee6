r"""Regular expressions that take no longer than their text is long, whatever they are.

Python's own try one way after the other, on ``(a+)+$`` and forty letters for ever. These follow
all ways at once (Thompson, 1968), so nothing is tried twice. They must fit the whole text, without
regard to case. There are characters, ``.``, classes such as ``[a-z]``, ``[^,]``, ``\d``, ``\w`` and
``\s``, groups, ``|``, and the repeats ``*``, ``+``, ``?`` and ``{2,5}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final, NamedTuple

MAX_LENGTH: Final = 200  # characters of a pattern
_MAX_STATES: Final = 600  # repeats of repeats can make a short pattern a huge one
_MAX_DEPTH: Final = 20  # of groups
_MAX_KNOWN: Final = 5_000  # remembered steps; more mean a text that has no end to it
_ACCEPT: Final = 0

_TOKEN: Final = re.compile(
    r"""(?P<repeat>[*+?]|\{\d{1,3}(?:,\d{0,3})?\})
    |(?P<open>\((?:\?:)?)
    |(?P<close>\))
    |(?P<or>\|)
    |(?P<character>
        \\[dDwWsS] | \\[^a-zA-Z0-9]  # a class, or something that is meant as it stands
        | \[\^?(?:\\[dDwWsS]|\\[^a-zA-Z0-9]|(?!--|&&|~~|\|\|)[^][\\])+\]
        | [^][\\*+?{}()|^$]
    )""",
    re.VERBOSE | re.DOTALL,
)


class PatternError(ValueError):
    """A pattern that cannot be used, and why, in one clause."""


class _State(NamedTuple):
    """A place in a pattern: a character that has to come, or none where ways part."""

    fits: Callable[[str], object] | None
    then: tuple[int, ...]


_Builder = Callable[[int], int]
"""Adds the states of a part of a pattern; takes the one that follows it, gives its first."""


class Pattern:
    """A pattern, ready to be compared with texts.

    Args:
        text: the pattern.

    Raises:
        PatternError: it is not well formed, or too large.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise PatternError(f"it is longer than {MAX_LENGTH} characters")
        self._tokens = _tokens(text)
        self._next = 0
        self._states = [_State(None, ())]  # the first one is where a text that fits ends
        build = self._alternatives(depth=0)
        if self._next < len(self._tokens):
            raise PatternError("a ')' has no '('")
        self._start = self._reachable([build(_ACCEPT)])
        self._known: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def fits(self, text: str) -> bool:
        """Whether the whole of ``text`` is as the pattern says."""
        places = self._start
        for character in text:
            after = self._known.get((places, character))
            if after is None:
                after = self._step(places, character)
            if not after:
                return False
            places = after
        return _ACCEPT in places

    def _step(self, places: frozenset[int], character: str) -> frozenset[int]:
        states = (self._states[place] for place in places)
        after = self._reachable(
            place
            for state in states
            if state.fits is not None and state.fits(character)
            for place in state.then
        )
        if len(self._known) >= _MAX_KNOWN:
            self._known.clear()
        self._known[places, character] = after
        return after

    def _reachable(self, places: Iterable[int]) -> frozenset[int]:
        """``places`` and all that can be reached from them without a character."""
        found: set[int] = set()
        open_ones = list(places)
        while open_ones:
            place = open_ones.pop()
            if place not in found:
                found.add(place)
                if self._states[place].fits is None:
                    open_ones += self._states[place].then
        return frozenset(found)

    def _add(self, state: _State) -> int:
        if len(self._states) >= _MAX_STATES:
            raise PatternError("it repeats too much")
        self._states.append(state)
        return len(self._states) - 1

    # Reading: each method takes tokens from the front, and says how to build what they mean.

    def _kind(self) -> str:
        return self._tokens[self._next][0] if self._next < len(self._tokens) else "end"

    def _alternatives(self, depth: int) -> _Builder:
        if depth > _MAX_DEPTH:
            raise PatternError("its groups are nested too deeply")
        branches = [self._sequence(depth)]
        while self._kind() == "or":
            self._next += 1
            branches.append(self._sequence(depth))
        if len(branches) == 1:
            return branches[0]
        return lambda after: self._add(_State(None, tuple([branch(after) for branch in branches])))

    def _sequence(self, depth: int) -> _Builder:
        parts: list[_Builder] = []
        while self._kind() not in ("or", "close", "end"):
            parts.append(self._repeated(depth))

        def build(after: int) -> int:
            for part in reversed(parts):
                after = part(after)
            return after

        return build

    def _repeated(self, depth: int) -> _Builder:
        kind, text = self._tokens[self._next]
        self._next += 1
        if kind == "repeat":
            raise PatternError(f"there is nothing that {text!r} could repeat")
        if kind == "open":
            part = self._alternatives(depth + 1)
            if self._kind() != "close":
                raise PatternError("a '(' has no ')'")
            self._next += 1
        else:
            part = self._character(text)
        while self._kind() == "repeat":
            part = self._times(part, *_bounds(self._tokens[self._next][1]))
            self._next += 1
        return part

    def _character(self, text: str) -> _Builder:
        try:
            fits = re.compile(text, re.IGNORECASE | re.DOTALL).fullmatch
        except re.error as error:
            raise PatternError(f"{text!r} is no class of characters: {error.msg}") from None
        return lambda after: self._add(_State(fits, (after,)))

    def _times(self, part: _Builder, least: int, most: int | None) -> _Builder:
        def build(after: int) -> int:
            if most is None:
                loop = self._add(_State(None, ()))
                self._states[loop] = _State(None, (part(loop), after))
                after = loop
            else:
                for _ in range(most - least):
                    after = self._add(_State(None, (part(after), after)))
            for _ in range(least):  # a state each, also around nothing: so all of them are counted
                after = self._add(_State(None, (part(after),)))
            return after

        return build


@lru_cache(maxsize=256)
def pattern(text: str) -> Pattern:
    """The pattern that ``text`` describes.

    Raises:
        PatternError: it is not well formed, or too large.
    """
    return Pattern(text)


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of each token."""
    tokens, position = [], 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise PatternError(f"{text[position : position + 8]!r} is not supported")
        tokens.append((str(found.lastgroup), found.group()))
        position = found.end()
    return tokens


def _bounds(repeat: str) -> tuple[int, int | None]:
    """How often at least and, where there is a limit, at most."""
    if repeat in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[repeat]
    least, comma, most = repeat[1:-1].partition(",")
    if not comma:
        return int(least), int(least)
    if most and int(most) < int(least):
        raise PatternError(f"{repeat!r} is no range")
    return int(least), int(most) if most else None
