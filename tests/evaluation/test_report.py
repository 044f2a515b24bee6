"""From episodes to figures."""

from __future__ import annotations

import json

import pytest

from hrlctl.evaluation.intervals import wilson
from hrlctl.evaluation.report import EpisodeResult, EvaluationReport
from hrlctl.schema.base import Difficulty, Split

RESULTS = [
    EpisodeResult("p/b", Difficulty.EASY, True, 1.5, 4),
    EpisodeResult("p/a", Difficulty.MEDIUM, False, 0.25, 20),
    EpisodeResult("p/b", Difficulty.EASY, False, 0.0, 10),
    EpisodeResult("p/a", Difficulty.MEDIUM, False, 0.25, 20),
]


@pytest.fixture
def report() -> EvaluationReport:
    return EvaluationReport.of(
        RESULTS, seed=7, split=Split.WORDS, termination="agent", sampled=True
    )


def test_the_figures_of_all_episodes(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert figures["episodes"] == 4
    assert figures["success_rate"] == 0.25
    assert figures["success_ci95"] == list(wilson(1, 4))
    assert (figures["mean_return"], figures["mean_steps"]) == (0.5, 13.5)


def test_what_was_measured_is_said(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert (figures["seed"], figures["set"]) == (7, "words")
    assert (figures["termination"], figures["sampled"]) == ("agent", True)


def test_groups_and_the_worst_task(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert list(figures["by_task"]) == ["p/b", "p/a"]
    assert figures["by_task"]["p/b"] == {
        "episodes": 2,
        "success_rate": 0.5,
        "success_ci95": list(wilson(1, 2)),
        "mean_steps": 7.0,
    }
    assert figures["by_difficulty"].keys() == {"EASY", "MEDIUM"}
    assert figures["by_difficulty"]["MEDIUM"]["success_rate"] == 0.0
    assert figures["worst_task"] == "p/a"


def test_json_can_hold_it(report: EvaluationReport) -> None:
    assert json.loads(json.dumps(report.to_dict())) == report.to_dict()
