"""Names that a desktop draws: unique on the screen, and never mistaken for a task's names."""

from __future__ import annotations

import random
from collections.abc import Iterable

from hrlctl.packs.words import draw_name, draw_word

_RESERVED = frozenset({"ok", "cancel", "apply", "start", "new", "open", "save", "discard"})


class Taken:
    """The names that a task uses; none of them is drawn, nor one that could be mistaken for it.

    Neither their beginnings are drawn nor names that begin with one of them, so that typing the
    first letters of one finds only it.
    """

    __slots__ = ("beginnings", "names")

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple({name.lower(): None for name in names if name})
        self.beginnings = {
            *_RESERVED,
            *(name[:end] for name in self.names for end in range(3, len(name) + 1)),
        }


class Names:
    """A supply of names, each drawn once.

    Args:
        rng: where the names come from.
        held_out: draw from the words that training never sees.
        taken: the task's own names.
    """

    __slots__ = ("_taken", "_used", "held_out", "rng")

    def __init__(self, rng: random.Random, *, held_out: bool, taken: Taken) -> None:
        self.rng = rng
        self.held_out = held_out
        self._taken = taken
        self._used: set[str] = set()

    def _claim(self, name: str) -> bool:
        """Use ``name``, unless it is used or taken."""
        name = name.lower()
        taken = self._taken
        if name in self._used or name in taken.beginnings or name.startswith(taken.names):
            return False
        self._used.add(name)
        return True

    def draw(self) -> str:
        """A capitalised name that has not been drawn before."""
        while not self._claim(name := draw_name(self.rng, held_out=self.held_out)):
            pass
        return name

    def pick(self, listed: tuple[str, ...]) -> str:
        """One of ``listed`` that has not been drawn before, or any name where none is left."""
        for _ in range(8):
            name = listed[int(self.rng.random() * len(listed))]
            if self._claim(name):
                return name
        return self.draw()

    def word(self) -> str:
        """A lower-case word; words may come again."""
        return draw_word(self.rng, held_out=self.held_out)
