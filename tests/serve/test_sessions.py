"""Sessions: what the agent is shown of what it did, how many there are, when they are forgotten."""

from __future__ import annotations

import numpy as np
import pytest

from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.arrays import IS_UNCHANGED, LAST_TYPE, TIME_LEFT
from hrlctl.serve.batching import Reply
from hrlctl.serve.refusals import RefusedError
from hrlctl.serve.sessions import IDLE_SECONDS, MAX_SESSIONS, Sessions

ACTIONS = ActionSpace(160, 120)
SCREEN = np.zeros((120, 160, 3), np.uint8)
STATE = np.array([13, 0, 0])


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_next_screenshot_is_seen_with_what_was_done_before() -> None:
    session = Sessions(STATE).open("Open it", 4)
    drag = ACTIONS.encode(ActionType.DRAG, pointer=0, target=21)
    session.question(SCREEN, ACTIONS)
    session.take(Reply(drag, STATE + 1, 0.0, {}), ACTIONS, says_done=False)
    asked = session.question(SCREEN, ACTIONS)
    context = asked.seen.context[0]
    assert context[:LAST_TYPE] == pytest.approx([0.75, 12 / 160, 12 / 120, 1.0])
    assert np.flatnonzero(context[LAST_TYPE:]).tolist() == [ActionType.DRAG]
    assert (asked.state == STATE + 1).all()


def test_a_screenshot_is_compared_with_the_one_before() -> None:
    session = Sessions(STATE).open("Open it", 4)
    wait = Reply(ACTIONS.encode(ActionType.WAIT), STATE, 0.0, {})
    unchanged = []
    for screen in (SCREEN, SCREEN, SCREEN + 1, SCREEN):
        question = session.question(screen, ACTIONS)
        unchanged.append(bool(question.seen.context[0, IS_UNCHANGED]))
        session.take(wait, ACTIONS, says_done=False)
    assert unchanged == [False, True, False, False]


def test_the_time_that_is_left_does_not_become_negative() -> None:
    session = Sessions(STATE).open("Open it", 1)
    wait = ACTIONS.encode(ActionType.WAIT)
    for _ in range(3):
        session.question(SCREEN, ACTIONS)
        session.take(Reply(wait, STATE, 0.0, {}), ACTIONS, says_done=False)
    assert session.question(SCREEN, ACTIONS).seen.context[0, TIME_LEFT] == 0


def test_idle_sessions_are_forgotten() -> None:
    clock = Clock()
    sessions = Sessions(STATE, clock)
    first = sessions.open("Open it", 4)
    clock.now = IDLE_SECONDS
    assert sessions.find(first.id) is first
    with sessions.using(first):
        pass
    clock.now = 2 * IDLE_SECONDS
    assert sessions.find(first.id) is first
    clock.now = 2 * IDLE_SECONDS + 1
    with pytest.raises(RefusedError) as refusal:
        sessions.find(first.id)
    assert refusal.value.status == 404
    assert len(sessions) == 0


def test_there_are_not_more_than_can_be_kept() -> None:
    clock = Clock()
    sessions = Sessions(STATE, clock)
    for _ in range(MAX_SESSIONS):
        sessions.open("Open it", 4)
    with pytest.raises(RefusedError) as refusal:
        sessions.open("Open it", 4)
    assert refusal.value.status == 503
    assert refusal.value.retry_after
    clock.now = IDLE_SECONDS + 1
    sessions.open("Open it", 4)
    assert len(sessions) == 1


def test_a_session_is_free_again_after_a_fault() -> None:
    sessions = Sessions(STATE)
    session = sessions.open("Open it", 4)
    with pytest.raises(ValueError, match="broken"), sessions.using(session):
        raise ValueError("broken")
    with sessions.using(session), pytest.raises(RefusedError), sessions.using(session):
        pass
