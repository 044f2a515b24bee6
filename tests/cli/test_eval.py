"""``hrlctl eval``: options to the engine, figures to people and programs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.errors import TargetNotMetError
from hrlctl.evaluation import Ablation, Target
from hrlctl.schema.base import Difficulty, Split

ENDING = {
    "episodes": 500,
    "success_rate": 0.912,
    "success_ci95": [0.884, 0.934],
    "mean_steps": 4.2,
    "steps_to_oracle": 1.25,
    "failures": {"changed a wrong window": 30, "out of time on the way": 14},
}
REPORT = {
    **ENDING,
    "mean_return": 1.1,
    "checkpoint": "m.pt",
    "seed": 0,
    "set": "words",
    "termination": "automatic",
    "sampled": False,
    "desktop": "sim",
    "faults": 0,
    "fault_rate": 0.0,
    "is_valid": True,
    "discarded_first_screens": 0,
    "by_termination": {
        "agent": {**ENDING, "success_rate": 0.804, "success_ci95": [0.767, 0.836]},
        "automatic": ENDING,
    },
    "worst_task": "desktop_basics/bad",
    "by_task": {
        "desktop_basics/good": {**ENDING, "success_rate": 1.0},
        "desktop_basics/bad": {**ENDING, "success_rate": 0.824, "steps_to_oracle": None},
    },
    "by_difficulty": {"EASY": ENDING},
    "by_skill": {
        "enter_text": {
            "chosen": 0.25,
            "milestones": 40,
            "reached": 0.725,
            "reached_ci95": [0.572, 0.839],
        },
        "task": {
            "chosen": 0.75,
            "milestones": 0,
            "reached": None,
            "reached_ci95": [0.0, 1.0],
        },
    },
}
MORE = {
    "flakiness": {"repeats": 2, "success_rates": [0.5, 0.625], "flaky_tasks": {"p/odd": 0.375}},
    "ablations": {
        "instruction": {**ENDING, "success_rate": 0.061},
        "screen": {**ENDING, "success_rate": 0.032},
    },
    "comparison": {
        "checkpoint": "old.pt",
        "other": {**ENDING, "success_rate": 0.707},
        "both": 300,
        "this_only": 59,
        "other_only": 6,
        "neither": 135,
        "p_value": 4.96e-12,
    },
}


class FakeEngine:
    """Notes how it is called; answers with ``content`` as its report."""

    def __init__(self) -> None:
        self.calls: list[SimpleNamespace] = []
        self.content: dict[str, Any] = REPORT
        self.missed = False

    def evaluate(self, checkpoint: Path, **arguments: Any) -> SimpleNamespace:
        self.calls.append(SimpleNamespace(checkpoint=checkpoint, **arguments))
        return SimpleNamespace(to_dict=lambda: self.content)

    def require(self, targets: list[Target], report: object) -> None:
        if self.missed:
            raise TargetNotMetError("success is 91.2%, less than 95.0%")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """Stands for ``hrlctl.evaluation``."""
    fake = FakeEngine()
    monkeypatch.setattr("hrlctl.evaluation.evaluate", fake.evaluate)
    monkeypatch.setattr("hrlctl.evaluation.require", fake.require)
    return fake


@pytest.fixture
def calls(engine: FakeEngine) -> list[SimpleNamespace]:
    """What the engine was called with."""
    return engine.calls


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments])


def test_the_defaults(calls: list[SimpleNamespace]) -> None:
    assert run("final_model.pt").exit_code == 0
    (call,) = calls
    assert call.checkpoint == Path("final_model.pt")
    assert (call.split, call.episodes, call.seed) == (Split.SEEDS, 500, 0)
    assert (call.packs, call.tasks, call.difficulty, call.task_file) == ((), (), None, None)
    assert (call.sampled, call.termination, call.device) == (False, "automatic", "auto")
    assert (call.repeats, call.ablations, call.compare_with, call.targets) == (1, [], None, [])


def test_options_reach_the_engine(calls: list[SimpleNamespace]) -> None:
    run(
        *"m.pt --set words --episodes 20 --seed 3 --pack a --task a/b --difficulty easy".split(),
        *"--sampled --termination agent --workers 2 --device cpu --tasks t.json".split(),
        *"--repeat 3 --ablate screen --ablate instruction --ablate screen".split(),
        *"--compare old.pt --min-success 0.5 --min-success a/b=0.75".split(),
    )
    (call,) = calls
    assert (call.split, call.episodes, call.seed, call.workers) == (Split.WORDS, 20, 3, 2)
    assert (call.packs, call.tasks, call.difficulty) == (("a",), ("a/b",), Difficulty.EASY)
    assert (call.sampled, call.termination, call.device) == (True, "agent", "cpu")
    assert (call.task_file, call.compare_with) == (Path("t.json"), Path("old.pt"))
    assert (call.repeats, call.ablations) == (3, [Ablation.SCREEN, Ablation.INSTRUCTION])
    assert call.targets == [Target(0.5), Target(0.75, "a/b")]


def test_json_is_the_report_and_nothing_else(calls: list[SimpleNamespace]) -> None:
    assert json.loads(run("m.pt", "--json").stdout) == REPORT


def test_people_see_the_headline_its_interval_and_the_worst_task(
    calls: list[SimpleNamespace],
) -> None:
    text = run("m.pt").stdout
    for figure in ("91.2%", "88.4%", "93.4%", "80.4%", "500", "words", "1.25 x", "72.5%"):
        assert figure in text
    assert text.index("bad") < text.index("good")
    assert "worst task desktop_basics/bad 82.4%" in text


def test_people_see_why_episodes_failed(calls: list[SimpleNamespace]) -> None:
    rows = [row.split() for row in run("m.pt").stdout.splitlines()]
    assert [*"changed a wrong window 30 6.0%".split()] in [row[:6] for row in rows]


def test_people_see_what_faults_do_to_an_evaluation(engine: FakeEngine) -> None:
    faults = {"desktop": "x11", "faults": 20, "fault_rate": 20 / 520, "is_valid": False}
    engine.content = {**REPORT, **faults}
    output = run("m.pt").stdout
    assert "(3.8% of all)" in output
    assert "invalid" in output
    engine.content = {**REPORT, "desktop": "x11"}
    assert "0 plays broken off" in run("m.pt").stdout


def test_people_see_what_else_was_asked_for(engine: FakeEngine) -> None:
    engine.content = REPORT | MORE
    text = run("m.pt").stdout
    for figure in (
        "62.5%",
        "37.5%",
        "p/odd",
        "6.1%",
        "3.2%",
        "old.pt",
        "70.7%",
        "+20.5",
        "5e-12",
    ):
        assert figure in text


def test_a_missed_target_is_told_after_the_figures_and_exits_3(engine: FakeEngine) -> None:
    engine.missed = True
    result = run("m.pt", "--json", "--min-success", "0.95")
    assert result.exit_code == 3
    assert json.loads(result.stdout) == REPORT
    assert "95.0%" in result.stderr


@pytest.mark.parametrize("rate", ["95", "x", "p/a=-1"])
def test_a_target_that_is_no_rate_is_refused(calls: list[SimpleNamespace], rate: str) -> None:
    result = run("m.pt", "--min-success", rate)
    assert (result.exit_code, calls) == (2, [])
    assert "--min-success" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["--set", "word"], "words"),
        (["--difficulty", "EASYY"], "EASY"),
        (["--termination", "agnet"], "agent"),
        (["--ablate", "screens"], "screen"),
    ],
)
def test_unknown_words_are_refused_with_a_suggestion(
    calls: list[SimpleNamespace], arguments: list[str], suggestion: str
) -> None:
    result = run("m.pt", *arguments)
    assert (result.exit_code, calls) == (2, [])
    assert suggestion in result.stderr


def test_no_episodes_are_refused(calls: list[SimpleNamespace]) -> None:
    assert run("m.pt", "--episodes", "0").exit_code == 2
