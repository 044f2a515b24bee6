"""From episodes to figures."""

from __future__ import annotations

import json

import pytest

from hrlctl.evaluation.figures import Figures, Flakiness, figures_by_skill
from hrlctl.evaluation.intervals import wilson
from hrlctl.evaluation.plan import Ablation
from hrlctl.evaluation.report import EvaluationReport
from hrlctl.evaluation.results import Ending, Failure, MilestoneResult, TracedStep
from hrlctl.schema.base import Difficulty, Skill

from .conftest import ReportMaker, ResultMaker

LOST = Ending(False, 20, Failure.OUT_OF_TIME)


@pytest.fixture
def report(make_result: ResultMaker, make_report: ReportMaker) -> EvaluationReport:
    lost = make_result(
        "p/a", success=False, difficulty=Difficulty.MEDIUM, automatic=LOST, agent=LOST
    )
    failed = make_result("p/b", success=False, automatic=Ending(False, 10, Failure.IDLE))
    unnoticed = make_result("p/b", agent=Ending(False, 10, Failure.UNNOTICED))
    return make_report(unnoticed, lost, failed, lost, sampled=True)


def test_the_figures_of_all_episodes(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert figures["episodes"] == 4
    assert figures["success_rate"] == 0.25
    assert figures["success_ci95"] == list(wilson(1, 4))
    assert (figures["mean_return"], figures["mean_steps"]) == (0.5625, 13.5)


def test_what_was_measured_is_said(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert (figures["seed"], figures["set"], figures["checkpoint"]) == (7, "words", "model.pt")
    assert (figures["termination"], figures["sampled"]) == ("automatic", True)


def test_too_many_faults_make_an_evaluation_invalid(
    make_result: ResultMaker, make_report: ReportMaker
) -> None:
    results = [make_result()] * 97 + [make_result(faults=2, discarded=1)]
    figures = make_report(*results).to_dict()
    assert (figures["faults"], figures["fault_rate"], figures["is_valid"]) == (2, 0.02, True)
    assert figures["discarded_first_screens"] == 1
    assert not make_report(*results[1:]).to_dict()["is_valid"]


def test_both_terminations_stand_side_by_side(report: EvaluationReport) -> None:
    both = report.to_dict()["by_termination"]
    assert both["automatic"]["success_rate"] == 0.25
    assert both["agent"]["success_rate"] == 0.0
    assert both["agent"]["failures"]["finished, but never said done"] == 1


def test_groups_and_the_worst_task(report: EvaluationReport) -> None:
    figures = report.to_dict()
    assert list(figures["by_task"]) == ["p/b", "p/a"]
    assert figures["by_task"]["p/b"] == {
        "episodes": 2,
        "success_rate": 0.5,
        "success_ci95": list(wilson(1, 2)),
        "mean_steps": 7.0,
        "steps_to_oracle": 2.0,
        "failures": {"changed nothing": 1},
    }
    assert figures["by_difficulty"].keys() == {"EASY", "MEDIUM"}
    assert figures["by_difficulty"]["MEDIUM"]["success_rate"] == 0.0
    assert figures["worst_task"] == "p/a"


def test_steps_are_compared_with_the_oracles_where_it_has_a_solution(
    make_result: ResultMaker,
) -> None:
    slow = make_result(automatic=Ending(True, 9, None), oracle_steps=3)
    fast = make_result(automatic=Ending(True, 1, None), oracle_steps=1)
    unknown = make_result(automatic=Ending(True, 50, None), oracle_steps=None)
    assert Figures.of([slow, fast, unknown], "automatic").steps_to_oracle == 2.5
    assert Figures.of([unknown], "automatic").steps_to_oracle is None


def test_a_skill_is_measured_by_its_milestones_and_by_how_often_it_is_chosen(
    make_result: ResultMaker,
) -> None:
    step = TracedStep((0,) * 6, Skill.OPEN, 0)
    result = make_result(
        milestones=(MilestoneResult(Skill.OPEN, True), MilestoneResult(Skill.CONFIRM, False)),
        trace=(step, step, step, step._replace(skill=Skill.TASK)),
    )
    figures = figures_by_skill([result, result])
    assert list(figures) == [Skill.TASK, Skill.OPEN, Skill.CONFIRM]
    assert (figures[Skill.OPEN].chosen, figures[Skill.OPEN].reached) == (0.75, 1.0)
    assert (figures[Skill.CONFIRM].chosen, figures[Skill.CONFIRM].reached) == (0.0, 0.0)
    assert (figures[Skill.TASK].milestones, figures[Skill.TASK].reached) == (0, None)


def test_a_policy_without_a_manager_has_chosen_nothing(make_result: ResultMaker) -> None:
    result = make_result(trace=(TracedStep((0,) * 6, None, 0),))
    assert figures_by_skill([result])[Skill.OPEN].chosen is None


def test_flaky_tasks_are_those_whose_instances_end_differently(make_result: ResultMaker) -> None:
    def repeat(*successes: bool) -> list[object]:
        tasks = ("p/steady", "p/flaky", "p/flaky")
        return [
            make_result(task, seed, success=success)
            for seed, (task, success) in enumerate(zip(tasks, successes, strict=True))
        ]

    found = Flakiness.of([repeat(True, True, False), repeat(True, False, False)], "automatic")
    assert found.flaky_tasks == {"p/flaky": 0.5}
    assert found.success_rates == (2 / 3, 1 / 3)


def test_json_can_hold_it(report: EvaluationReport, make_report: ReportMaker) -> None:
    full = make_report(*report.results, ablations={Ablation.SCREEN: report.overall})
    assert json.loads(json.dumps(full.to_dict())) == full.to_dict()
