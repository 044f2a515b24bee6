"""``hrlctl init`` and ``hrlctl config show``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.config import resolve
from hrlctl.config.keys import known_keys
from hrlctl.packs import draw_instance, load_task_file
from hrlctl.schema.base import Split


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(app, list(arguments), env=environ)


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_is_written_is_what_training_reads() -> None:
    before = resolve({}, {})
    result = run("init")
    assert result.exit_code == 0, result.stderr
    after = resolve({}, {})
    assert (after.file, before.file) == (Path("config/config.yaml"), None)
    assert after.config.environment.task_file == Path("config/tasks.json")
    assert after.config.training == before.config.training
    for name in ("config/config.yaml", "config/tasks.json"):
        assert name in result.stdout


def test_every_key_is_there_with_a_place_to_change_it() -> None:
    run("init")
    lines = Path("config/config.yaml").read_text().splitlines()
    written = {line.strip(" #").partition(":")[0] for line in lines if line.startswith("  #")}
    assert written == {key.short_name for key in known_keys().values()}


def test_the_tasks_can_be_played() -> None:
    run("init", "deeper/folder")
    tasks = load_task_file(Path("deeper/folder/config/tasks.json"))
    assert [task.id for task in tasks] == ["tasks/1", "tasks/2"]
    assert draw_instance(tasks[0], 1, Split.TRAINING).instruction == "Open the calculator"


@pytest.mark.parametrize("name", ["config.yaml", "tasks.json"])
def test_nothing_is_overwritten(name: str) -> None:
    Path("config").mkdir()
    Path("config", name).write_text("mine")
    result = run("init")
    assert result.exit_code == 2
    assert name in result.stderr
    assert [path.read_text() for path in Path("config").iterdir()] == ["mine"]


def test_a_folder_that_cannot_be_made() -> None:
    Path("file").write_text("")
    assert run("init", "file").exit_code == 1


def test_config_show_is_a_dry_run_with_the_options_of_train() -> None:
    arguments = ["--gamma", "0.98", "--no-curriculum", "--json"]
    shown = run("config", "show", *arguments, DIFFICULTY="HARD")
    assert shown.exit_code == 0, shown.stderr
    assert shown.stdout == run("train", "--dry-run", *arguments, DIFFICULTY="HARD").stdout
    content = json.loads(shown.stdout)
    assert content["sources"]["training.gamma"]["name"] == "--gamma"
    assert content["sources"]["curriculum.difficulty"]["name"] == "DIFFICULTY"
    assert content["sources"].keys() == known_keys().keys()


def test_config_show_trains_nothing_even_where_training_is_off() -> None:
    result = run("config", "show", TRAINING_ENABLED="false")
    assert (result.exit_code, list(Path().iterdir())) == (0, [])


@pytest.mark.parametrize(
    "arguments", [["--gama", "1"], ["--gamma", "high"], ["--config", "no.yaml"]]
)
def test_a_mistake_is_refused(arguments: list[str]) -> None:
    assert run("config", "show", *arguments).exit_code == 2
