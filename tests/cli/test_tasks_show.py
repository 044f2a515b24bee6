"""``hrlctl tasks show``: the episode that is shown is the one that is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.packs import draw_instance, load_packs
from hrlctl.schema.base import Split

TASK = "desktop_basics/toggle-setting"
FILE = """
- id: 1
  instruction: Open the calculator
  difficulty: EASY
  num_steps: 1
  success_criteria: {window_title: Calculator}
  oracle: [{press: enter}]
- {id: 2, instruction: x, difficulty: EASY, num_steps: 1, success_criteria: {window_title: x}}
"""


def show(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["tasks", "show", *arguments])


def test_shows_the_instance_and_set_that_were_asked_for() -> None:
    drawn = draw_instance(load_packs(["desktop_basics"]).task(TASK), 3, Split.WORDS)
    answer = json.loads(show(TASK, "--instance", "3", "--set", "words", "--json").stdout)
    assert answer["instruction"] == drawn.instruction
    assert answer["parameters"] == drawn.parameters
    assert (answer["set"], answer["instance"], answer["seed"]) == ("words", 3, drawn.seed)
    assert answer["measured_steps"] == answer["num_steps"] == 3
    assert answer["success_criteria"]["criteria"][0]["name"] == drawn.parameters["setting"]
    assert answer["setup"]["launchers"][0]["name"] == drawn.parameters["program"]
    assert answer["milestones"][0]["skill"] == "open"
    text = show(TASK, "--instance", "3", "--set", "words").stdout
    assert str(drawn.parameters["program"]) in text
    assert "3 measured" in text


def test_writes_the_first_screen(tmp_path: Path) -> None:
    file = tmp_path / "first.png"
    assert show(TASK, "--picture", str(file)).exit_code == 0
    with Image.open(file) as picture:
        assert (picture.format, picture.size) == ("PNG", (640, 480))
        assert len(picture.getcolors(maxcolors=100_000) or ()) > 5


def test_a_task_of_a_file_is_shown_with_what_is_wrong_with_its_oracle(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(FILE)
    answer = json.loads(show("mine/1", "--tasks", str(file), "--json").stdout)
    assert answer["measured_steps"] is None
    assert "criteria do not hold" in answer["oracle_fault"]
    assert "the oracle fails" in show("mine/1", "--tasks", str(file)).stdout
    without = show("mine/2", "--tasks", str(file))
    assert without.exit_code == 0
    assert "not measured" in without.stdout


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["desktop_basics/togle-setting"], TASK),
        (["toggle-setting"], TASK),
        ([TASK, "--set", "word"], "'words'"),
        ([TASK, "--picture", "first.jpg"], "first.png"),
    ],
)
def test_what_does_not_exist_is_a_usage_error_with_the_nearest(
    arguments: list[str], hint: str
) -> None:
    result = show(*arguments)
    assert result.exit_code == 2
    assert hint in result.stderr


def test_a_picture_that_cannot_be_written_is_no_traceback(tmp_path: Path) -> None:
    result = show(TASK, "--picture", str(tmp_path / "nowhere" / "first.png"))
    assert result.exit_code == 1
    assert "nowhere" in result.stderr


def test_the_shell_completes_ids() -> None:
    from hrlctl.cli.task_instance import complete_task

    assert list(complete_task("desktop_basics/toggle")) == [TASK]
