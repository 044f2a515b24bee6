"""Demonstrators in processes of their own show what one here would, and their faults are seen."""

from __future__ import annotations

import os
import signal
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from hrlctl.desktop.contract import Screen
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import EpisodeRules
from hrlctl.errors import DesktopError, UsageError
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.run import PolicyConfig
from hrlctl.training.demonstrations import AT_A_TIME, Demonstrations, Turn
from hrlctl.training.demonstrators import Company, Part

SIZE = (128, 96)
COUNT = AT_A_TIME + 6


class Faulty(SimDesktop):
    """Fails when a file is there, and takes it away: once for each file that is put there."""

    def __init__(self, sign: Path) -> None:
        super().__init__(*SIZE)
        self._sign = sign

    def capture(self) -> Screen:
        if self._sign.exists():
            self._sign.unlink()
            raise DesktopError("the display is gone")
        return super().capture()


class Broken(SimDesktop):
    """Always fails."""

    def capture(self) -> Screen:
        raise DesktopError("the display is gone")


def part_of(
    tasks: tuple[Task, ...], agent: HierarchicalPolicy | None = None, **desktop: Path
) -> Part:
    make = partial(Faulty, **desktop) if desktop else partial(SimDesktop, *SIZE)
    return Part.of(tasks, make, EpisodeRules(), 7, agent)


def shown(part: Part, tasks: tuple[Task, ...], processes: int) -> Demonstrations:
    found = Demonstrations(tasks, ActionSpace(*SIZE))
    with closing(Company(part, processes)) as company:
        while turns := found.turns(COUNT):
            for played in company.play(turns):
                found.add(played)
    return found


def assert_same(one: Demonstrations, other: Demonstrations) -> None:
    assert len(one) == len(other)
    rows = np.arange(len(one))
    for mine, theirs in zip(one.take(rows), other.take(rows), strict=True):
        for first, second in zip(mine, theirs, strict=True):
            np.testing.assert_array_equal(first, second)


def test_any_number_of_processes_shows_the_same(basics: tuple[Task, ...]) -> None:
    agent = HierarchicalPolicy(PolicyConfig(width=16)).eval()
    part = part_of(basics[:5], agent)
    alone = shown(part, basics[:5], 0)
    assert alone.played == COUNT
    assert_same(shown(part, basics[:5], 2), alone)


def test_a_desktop_that_fails_is_made_anew(basics: tuple[Task, ...], tmp_path: Path) -> None:
    sign = tmp_path / "fails"
    sign.touch()
    found = shown(part_of(basics[:2], sign=sign), basics[:2], 0)
    assert not sign.exists()
    assert_same(found, shown(part_of(basics[:2]), basics[:2], 0))


def test_one_that_fails_again_and_again_is_said(basics: tuple[Task, ...]) -> None:
    part = part_of(basics[:2])._replace(desktop=partial(Broken, *SIZE))
    turns = [Turn(number, 0, by_hand=False) for number in range(9)]
    with closing(Company(part, 2)) as company:
        played = company.play(turns)
        assert (
            next(played).fault == "its display has failed: the display is gone"
        )  # a single one costs its demonstration
        with pytest.raises(DesktopError, match="display is gone"):
            list(played)


def test_a_desktop_that_cannot_be_made_is_said(basics: tuple[Task, ...]) -> None:
    part = part_of(basics[:2])._replace(desktop=partial(SimDesktop, 1, 1))
    with closing(Company(part, 1)) as company, pytest.raises(UsageError, match="1x1"):
        list(company.play([Turn(0, 0, by_hand=False)]))


def test_a_process_that_is_killed_is_said(basics: tuple[Task, ...]) -> None:
    with closing(Company(part_of(basics[:2]), 1)) as company:
        turns = [Turn(number, 0, by_hand=False) for number in range(40)]
        played = company.play(turns)
        next(played)
        (member,) = company._members
        assert member._process.pid is not None
        os.kill(member._process.pid, signal.SIGKILL)
        with pytest.raises(DesktopError, match="is gone"):
            list(played)
