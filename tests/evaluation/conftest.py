"""Results of episodes that nobody played."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hrlctl.env.episode import EpisodeRules
from hrlctl.evaluation.plan import PlaySetup
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.results import Ending, EpisodeResult, Failure, MilestoneResult
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Difficulty, Skill, Split

ResultMaker = Callable[..., EpisodeResult]
ReportMaker = Callable[..., EvaluationReport]


def ending(success: bool, steps: int = 4, failure: Failure = Failure.OUT_OF_TIME) -> Ending:
    return Ending(success, steps, None if success else failure)


@pytest.fixture
def make_result() -> ResultMaker:
    """Makes a result; without anything said, a success of both kinds."""

    def make(task: str = "p/a", seed: int = 1, *, success: bool = True, **changes: Any) -> Any:
        result = EpisodeResult(
            task,
            Difficulty.EASY,
            seed,
            "Open it",
            automatic=ending(success),
            agent=ending(success, 5),
            episode_return=1.5 if success else 0.25,
            oracle_steps=2,
            milestones=(MilestoneResult(Skill.OPEN, success),),
            trace=(),
            said_done=4,
        )
        return result._replace(**changes)

    return make


@pytest.fixture
def make_report() -> ReportMaker:
    """Makes a report of results."""

    def make(*results: EpisodeResult, sampled: bool = False, **changes: Any) -> EvaluationReport:
        setup = PlaySetup(
            Path("model.pt"), TaskSelection(), Split.WORDS, EpisodeRules(), 160, 120, sampled, "cpu"
        )
        return EvaluationReport(
            results, setup, **({"seed": 7, "termination": "automatic"} | changes)
        )

    return make
