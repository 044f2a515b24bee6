"""``hrlctl tasks``: listing and validating."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrlctl.cli import tasks
from hrlctl.packs import BrokenPack, Pack, Registry, load_task_file
from hrlctl.schema.pack import PackInfo

PLAIN = """[{"id": 1, "instruction": "Open the calculator", "difficulty": "EASY", "num_steps": 5,
  "success_criteria": {"window_title": "Calculator"}}]"""


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.json"
    path.write_text(PLAIN)
    return path


@pytest.fixture
def _packs(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_task_file(plain)
    pack = Pack("plain", "dist", "1", PackInfo(name="plain"), loaded)
    broken = BrokenPack("bad", "other-dist", "ImportError: gone")
    monkeypatch.setattr(tasks, "load_packs", lambda: Registry([pack], [broken]))


@pytest.mark.usefixtures("_packs")
def test_list_names_tasks_and_broken_packs() -> None:
    result = CliRunner().invoke(tasks.app, ["list"])
    assert result.exit_code == 0
    assert "plain/1" in result.stdout
    assert "ImportError: gone" in result.stderr
    answer = json.loads(CliRunner().invoke(tasks.app, ["list", "--json"]).stdout)
    assert [task["id"] for task in answer["tasks"]] == ["plain/1"]
    assert answer["broken"][0]["distribution"] == "other-dist"


@pytest.mark.usefixtures("_packs")
def test_a_terminal_gets_as_much_of_a_line_as_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    tasks.list_tasks()
    assert "plain/1  EASY            5  Open the calculator\n" in capsys.readouterr().out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    tasks.list_tasks()
    assert "plain/1  EASY            5  Open the ca…\n" in capsys.readouterr().out


@pytest.mark.usefixtures("_packs")
def test_list_filters_by_difficulty() -> None:
    result = CliRunner().invoke(tasks.app, ["list", "--difficulty", "hard", "--json"])
    assert json.loads(result.stdout)["tasks"] == []


@pytest.mark.usefixtures("_packs")
@pytest.mark.parametrize(("desktop", "ids"), [("sim", ["plain/1"]), ("x11", [])])
def test_list_filters_by_desktop(desktop: str, ids: list[str]) -> None:
    result = CliRunner().invoke(tasks.app, ["list", "--desktop", desktop, "--json"])
    assert [task["id"] for task in json.loads(result.stdout)["tasks"]] == ids


def test_validate_accepts_a_sound_file(plain: Path) -> None:
    assert CliRunner().invoke(tasks.app, ["validate", str(plain)]).exit_code == 0


@pytest.mark.usefixtures("_packs")
def test_validate_exits_4_where_a_pack_is_broken() -> None:
    assert CliRunner().invoke(tasks.app, ["validate", "plain"]).exit_code == 0
    result = CliRunner().invoke(tasks.app, ["validate"])
    assert result.exit_code == 4
    assert "ImportError: gone" in result.stderr


@pytest.mark.parametrize(
    ("old", "new"), [('"EASY"', '"HARD"'), ("window_title", "window_titel"), ("[{", "{")]
)
def test_validate_reports_every_faulty_file(plain: Path, old: str, new: str) -> None:
    wrong = plain.with_name("wrong.json")
    wrong.write_text(PLAIN.replace(old, new, 1))
    result = CliRunner().invoke(tasks.app, ["validate", str(wrong), str(plain)])
    assert result.exit_code == 4
    assert "wrong.json" in result.stderr
    assert "plain.json" in result.stdout
