"""What is remembered between a client's screenshots: the manager's state, and what was done."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from hrlctl.env.action import USES, ActionSpace, ActionType, Part
from hrlctl.env.arrays import ObservationArrays, write_sight
from hrlctl.env.observation import Reading, read_instruction
from hrlctl.serve.batching import Question, Reply
from hrlctl.serve.refusals import RefusedError

MAX_SESSIONS: Final = 1000
IDLE_SECONDS: Final = 900.0
"""After so long without a screenshot a session is forgotten."""


@dataclass(slots=True)
class Session:
    """An instruction that is being carried out.

    Attributes:
        instruction: what is asked.
        reading: the same as the agent gets it.
        max_steps: by which the time that is left is measured.
        state: the manager's, (parts,), int64.
        steps: taken so far.
        pointer: where the last action put it, as shares of the screen.
        last_type: of the last action.
        shown: digest of the screen that the agent was asked about last.
        seen: the same, of the screen before the last action.
        said_done: whether the agent said that it has finished.
        id: by which clients name it.
    """

    instruction: str
    max_steps: int
    state: npt.NDArray[np.int64]
    reading: Reading = field(init=False)
    steps: int = 0
    pointer: tuple[float, float] = (0.5, 0.5)
    last_type: int | None = None
    shown: bytes = b""
    seen: bytes = b""
    said_done: bool = False
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    is_busy: bool = False
    used_at: float = 0.0

    def __post_init__(self) -> None:
        self.reading = read_instruction(self.instruction)

    def question(self, screen: npt.NDArray[Any], actions: ActionSpace) -> Question:
        """What the agent is asked on this screen, uint8, of the model's size."""
        self.shown = hashlib.blake2b(screen.tobytes(), digest_size=16).digest()
        seen = ObservationArrays.allocate((1,), actions)
        write_sight(
            self.reading,
            screen,
            seen,
            0,
            time_left=max(0.0, 1 - self.steps / self.max_steps),
            pointer=self.pointer,
            is_unchanged=self.shown == self.seen,
            last_type=self.last_type,
        )
        return Question(seen, self.state)

    def take(self, reply: Reply, actions: ActionSpace, *, says_done: bool) -> None:
        """Remember what the agent does, as if the client carries it out."""
        self.steps += 1
        self.said_done = says_done
        if says_done:
            return
        self.state = reply.state
        self.seen = self.shown
        self.last_type = int(reply.action[Part.TYPE])
        for part in USES[ActionType(self.last_type)]:
            if part in (Part.POINTER, Part.TARGET):
                x, y = actions.centre(int(reply.action[part]))
                self.pointer = x / actions.width, y / actions.height


class Sessions:
    """The sessions that are open.

    Args:
        initial_state: of a session, (parts,), int64.
        clock: seconds.
    """

    def __init__(
        self, initial_state: npt.NDArray[np.int64], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._initial_state, self._clock = initial_state, clock
        self._open: dict[str, Session] = {}

    def __len__(self) -> int:
        return len(self._open)

    def passing(self, instruction: str, max_steps: int) -> Session:
        """A session that nobody can come back to."""
        return Session(instruction, max_steps, self._initial_state)

    def open(self, instruction: str, max_steps: int) -> Session:
        """A session that is kept.

        Raises:
            RefusedError: there are too many.
        """
        now = self._clock()
        for session in list(self._open.values()):
            if now - session.used_at > IDLE_SECONDS and not session.is_busy:
                del self._open[session.id]
        if len(self._open) >= MAX_SESSIONS:
            raise RefusedError(
                HTTPStatus.SERVICE_UNAVAILABLE,
                f"{MAX_SESSIONS:,} sessions are open already",
                hint="delete those that are not needed any more",
                retry_after=60,
            )
        session = self.passing(instruction, max_steps)
        session.used_at = now
        self._open[session.id] = session
        return session

    def find(self, name: str) -> Session:
        """The session called ``name``.

        Raises:
            RefusedError: there is none.
        """
        session = self._open.get(name)
        if session is None or self._clock() - session.used_at > IDLE_SECONDS:
            self._open.pop(name, None)
            raise RefusedError(
                HTTPStatus.NOT_FOUND,
                "there is no such session, or it is forgotten",
                hint=f"open one; it is kept for {IDLE_SECONDS / 60:.0f} minutes after its last use",
            )
        return session

    def close(self, name: str) -> None:
        """Forget a session; raises as ``find``."""
        del self._open[self.find(name).id]

    @contextmanager
    def using(self, session: Session) -> Iterator[None]:
        """Keep others from a session while its next step is thought about.

        Raises:
            RefusedError: another request does so.
        """
        if session.is_busy:
            raise RefusedError(
                HTTPStatus.CONFLICT,
                "the session waits for the answer to another screenshot",
                hint="send one screenshot after the other",
            )
        session.is_busy = True
        try:
            yield
        finally:
            session.is_busy = False
            session.used_at = self._clock()
