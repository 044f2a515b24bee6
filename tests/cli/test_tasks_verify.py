"""``hrlctl tasks verify``: what it prints, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from hrlctl.cli.tasks_verify import verify

SOUND = """
- id: show
  difficulty: EASY
  num_steps: 2
  instruction: 'Start "{program}"'
  parameters: {program: {kind: name}}
  setup: {launchers: [{name: "{program}", on_desktop: false}]}
  success_criteria: {window_open: "{program}", changed_only: "{program}"}
  oracle:
    - click: {role: start_button}
    - click: {role: menu_item, name: "{program}"}
"""
PLAIN = """[{"id": 1, "instruction": "Open the calculator", "difficulty": "EASY", "num_steps": 5,
  "success_criteria": {"window_title": "Calculator"}}]"""

app = typer.Typer()
app.command()(verify)


def run(*arguments: str | Path) -> Result:
    options = ["--instances", "1", "--workers", "0"]
    return CliRunner().invoke(app, [*map(str, arguments), *options], env={"COLUMNS": "200"})


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.yaml"
    path.write_text(SOUND)
    return path


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    path = tmp_path / "faulty.yaml"
    path.write_text(SOUND.replace("role: menu_item", "role: icon"))
    return path


def test_a_sound_task_shows_its_steps_and_exits_0(sound: Path) -> None:
    result = run(sound)
    assert result.exit_code == 0
    (row,) = (line.split() for line in result.stdout.splitlines() if "sound/show" in line)
    assert row[:3] == ["sound/show", "verified", "2"]


def test_a_faulty_task_is_explained_beside_the_others_and_exits_4(
    sound: Path, faulty: Path
) -> None:
    result = run(faulty, sound)
    assert result.exit_code == 4
    assert "oracle step 2" in result.stdout
    assert "(training, seed 0)" in result.stdout
    assert "1 verified, 1 failed" in result.stdout


def test_json_is_one_object_with_every_task_in_order(sound: Path, faulty: Path) -> None:
    result = run(faulty, sound, "--json")
    assert result.exit_code == 4
    answer = json.loads(result.stdout)
    assert [task["id"] for task in answer["tasks"]] == ["faulty/show", "sound/show"]
    assert (answer["verified"], answer["failed"], answer["unverified"]) == (1, 1, 0)
    assert answer["tasks"][0]["findings"][0]["check"] == "oracle"
    assert answer["tasks"][1]["steps"] == 2


def test_a_task_without_an_oracle_is_unverified_and_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "plain.json"
    path.write_text(PLAIN)
    result = run(path)
    assert result.exit_code == 0
    assert "unverified" in result.stdout


def test_a_file_that_cannot_be_loaded_does_not_stop_the_others(sound: Path) -> None:
    broken = sound.with_name("broken.yaml")
    broken.write_text(SOUND.replace("num_steps", "number_steps"))
    result = run(broken, sound)
    assert result.exit_code == 4
    assert "broken.yaml" in result.stderr
    assert "sound/show" in result.stdout
    assert json.loads(run(broken, sound, "--json").stdout)["broken"][0]["message"]


def test_an_unknown_pack_is_a_mistake_of_the_user() -> None:
    from hrlctl.errors import UnknownNameError

    assert isinstance(run("no_such_pack").exception, UnknownNameError)
