"""``hrlctl eval``: options to the engine, figures to people and programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.schema.base import Difficulty, Split

REPORT = {
    "episodes": 500,
    "success_rate": 0.912,
    "success_ci95": [0.884, 0.934],
    "mean_return": 1.1,
    "mean_steps": 4.2,
    "seed": 0,
    "set": "words",
    "termination": "automatic",
    "sampled": False,
    "worst_task": "desktop_basics/bad",
    "by_task": {
        "desktop_basics/good": {
            "episodes": 250,
            "success_rate": 1.0,
            "success_ci95": [0.98, 1.0],
            "mean_steps": 3.0,
        },
        "desktop_basics/bad": {
            "episodes": 250,
            "success_rate": 0.824,
            "success_ci95": [0.77, 0.87],
            "mean_steps": None,
        },
    },
    "by_difficulty": {"EASY": {"episodes": 500, "success_rate": 0.912}},
}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[SimpleNamespace]:
    """What the engine was called with; it answers with ``REPORT``."""
    seen: list[SimpleNamespace] = []

    def evaluate(checkpoint: Path, **arguments: Any) -> SimpleNamespace:
        seen.append(SimpleNamespace(checkpoint=checkpoint, **arguments))
        return SimpleNamespace(to_dict=lambda: REPORT)

    module = ModuleType("hrlctl.evaluation")
    module.evaluate = evaluate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hrlctl.evaluation", module)
    return seen


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["eval", *arguments])


def test_the_defaults(calls: list[SimpleNamespace]) -> None:
    assert run("final_model.pt").exit_code == 0
    (call,) = calls
    assert call.checkpoint == Path("final_model.pt")
    assert (call.split, call.episodes, call.seed) == (Split.SEEDS, 500, 0)
    assert (call.packs, call.tasks, call.difficulty, call.task_file) == ((), (), None, None)
    assert (call.sampled, call.termination, call.device) == (False, "automatic", "auto")


def test_options_reach_the_engine(calls: list[SimpleNamespace]) -> None:
    run(
        *"m.pt --set words --episodes 20 --seed 3 --pack a --task a/b --difficulty easy".split(),
        *"--sampled --termination agent --workers 2 --device cpu --tasks t.json".split(),
    )
    (call,) = calls
    assert (call.split, call.episodes, call.seed, call.workers) == (Split.WORDS, 20, 3, 2)
    assert (call.packs, call.tasks, call.difficulty) == (("a",), ("a/b",), Difficulty.EASY)
    assert (call.sampled, call.termination, call.device) == (True, "agent", "cpu")
    assert call.task_file == Path("t.json")


def test_json_is_the_report_and_nothing_else(calls: list[SimpleNamespace]) -> None:
    assert json.loads(run("m.pt", "--json").stdout) == REPORT


def test_people_see_the_headline_its_interval_and_the_worst_task(
    calls: list[SimpleNamespace],
) -> None:
    text = run("m.pt").stdout
    for figure in ("91.2%", "88.4%", "93.4%", "500", "words"):
        assert figure in text
    assert text.index("bad") < text.index("good")
    assert "worst task desktop_basics/bad 82.4%" in text


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["--set", "word"], "words"),
        (["--difficulty", "EASYY"], "EASY"),
        (["--termination", "agnet"], "agent"),
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
