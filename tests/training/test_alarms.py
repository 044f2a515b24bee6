"""Alarms: each one provoked, and none without cause."""

from __future__ import annotations

import pytest

from hrlctl.schema.base import Skill
from hrlctl.training.alarms import Alarms

UPDATES = 60


def usage(skill: Skill, share: float) -> dict[str, float]:
    others = (1 - share) / (len(Skill) - 1)
    return {each.value: share if each is skill else others for each in Skill}


def raised(
    skills: dict[str, float],
    returns: list[float | None],
    rates: list[float | None],
) -> list[str]:
    alarms = Alarms()
    return [
        warning.message
        for update, (mean_return, rate) in enumerate(zip(returns, rates, strict=True))
        for warning in alarms.check(update * 2048, skills, mean_return, rate)
    ]


NOTHING: list[float | None] = [None] * UPDATES
RISING: list[float | None] = [0.01 * update for update in range(UPDATES)]


@pytest.mark.parametrize(
    ("skill", "share", "word"), [(Skill.TASK, 0.6, "unused"), (Skill.OPEN, 0.97, "collapsed")]
)
def test_a_manager_that_does_nothing_is_told_once(skill: Skill, share: float, word: str) -> None:
    (message,) = raised(usage(skill, share), NOTHING, NOTHING)
    assert word in message
    assert repr(skill.value) in message


def test_return_without_success_is_told_once() -> None:
    (message,) = raised(usage(Skill.OPEN, 0.4), RISING, [0.0] * UPDATES)
    assert "no episode has succeeded" in message


def test_a_healthy_run_is_left_alone() -> None:
    rates: list[float | None] = [0.0] * (UPDATES - 1) + [0.02]
    falling: list[float | None] = [-0.01 * update for update in range(UPDATES)]
    assert raised(usage(Skill.TASK, 0.4), RISING, [0.5] * UPDATES) == []
    assert raised(usage(Skill.OPEN, 0.9), falling, rates) == []
    assert raised({}, NOTHING, NOTHING) == []  # flat, and no episode has ended
