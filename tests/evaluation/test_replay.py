"""Episodes shown again are the episodes that were played."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hrlctl.desktop.commands import Done
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.evaluation.plan import PlaySetup
from hrlctl.evaluation.reference import Reference
from hrlctl.evaluation.replay import Replay, examples
from hrlctl.evaluation.results import EpisodeResult
from hrlctl.evaluation.trial import Trial
from hrlctl.packs import draw_instance, load_packs
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Skill, Split

from .conftest import ReportMaker, ResultMaker

TASK = "desktop_basics/save-word"
SETUP = PlaySetup(
    Path("model.pt"),
    TaskSelection(ids=(TASK,)),
    Split.SEEDS,
    EpisodeRules(),
    160,
    120,
    False,
    "cpu",
)


@pytest.fixture(scope="module")
def played() -> tuple[EpisodeResult, np.ndarray]:
    """The oracle's episode, which says done at its end, and its last screen."""
    instance = draw_instance(load_packs().task(TASK), 5, Split.SEEDS)
    desktop, actions = SimDesktop(160, 120), ActionSpace(160, 120)
    reference = Reference.of(instance, desktop, actions)
    trial = Trial(Episode(instance, desktop, actions, EpisodeRules()), 5, reference)
    oracle = Oracle(instance, actions)
    while (action := oracle.next_action(desktop)) is not None:
        trial.step(action, Skill.ENTER_TEXT, 0, says_done=False)
    trial.step(np.zeros(6, dtype=np.int64), Skill.TASK, 0, says_done=True)
    return trial.result(), desktop.render(2)


def test_it_ends_on_the_same_screen(played: tuple[EpisodeResult, np.ndarray]) -> None:
    result, last = played
    frames = list(Replay(SETUP, 2).frames(result, "automatic"))
    assert [frame.step for frame in frames] == list(range(result.automatic.steps + 1))
    assert np.array_equal(frames[-1].screen, last)
    assert frames[-1].command is None
    assert frames[0].skill.startswith('enter text "')


def test_an_episode_that_the_agent_ended_shows_its_done(
    played: tuple[EpisodeResult, np.ndarray],
) -> None:
    result, last = played
    frames = list(Replay(SETUP, 2).frames(result, "agent"))
    assert frames[-2].command == Done()
    assert frames[-1].step == result.agent.steps == result.automatic.steps + 1
    assert np.array_equal(frames[-1].screen, last)


def test_the_first_success_and_the_first_failure_of_each_task(
    make_result: ResultMaker, make_report: ReportMaker
) -> None:
    good, bad, other = make_result(seed=1), make_result(seed=3, success=False), make_result("p/b")
    report = make_report(good, other, make_result(seed=2), bad, make_result(seed=4, success=False))
    assert examples(report) == [good, other, bad]
