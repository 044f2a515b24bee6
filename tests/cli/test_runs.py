"""``hrlctl runs`` and ``hrlctl report``: trainings that were recorded."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.schema.run import RunConfig
from hrlctl.schema.run_record import RunEnd, RunRecord

from .browser import probe

BEGIN = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def write_run(folder: Path, *, seed: int, ends: bool = True, **values: Any) -> None:
    """A run of three updates that succeeds the more the higher its seed."""
    folder.mkdir(parents=True)
    end = RunEnd(
        state="finished",
        at=BEGIN,
        steps=3000,
        seconds=90.0,
        success_rate=0.3,
        model=Path("final_model.pt"),
    )
    record = RunRecord(
        command=("hrlctl", "train", "<b>"),
        started=BEGIN + timedelta(hours=seed),
        policy="hierarchical",
        encoder="compact",
        seed=seed,
        device="cpu",
        parameters=1000,
        total_steps=3000,
        first_step=0,
        resumed_from=None,
        tasks=("p/a", "p/b"),
        commit="0123456789",
        packages={"hrlctl": "0.1.0"},
        packs={"p": "1"},
        end=end if ends else None,
    )
    (folder / "run.json").write_text(record.model_dump_json())
    config = RunConfig().model_dump(mode="json")
    config["training"] |= {"seed": seed, **values}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    rows = [
        f"{steps},{steps / 10000 * seed},{steps / 5000},,{steps / 100}"
        for steps in (1000, 2000, 3000 if ends else 2500)
    ]
    heads = "steps,success/overall,success/task/p/a,success/task/p/b,time/seconds"
    (folder / "curves.csv").write_text("\n".join([heads, *rows]) + "\n")


@pytest.fixture
def logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_run(tmp_path / "logs" / "second", seed=2, ends=False, learning_rate=0.01)
    write_run(tmp_path / "logs" / "first", seed=1)
    (tmp_path / "logs" / "no-run").mkdir()
    return tmp_path / "logs"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_runs_are_listed_the_newest_last(logs: Path) -> None:
    text = run("runs", "list").stdout
    rows = [line.split() for line in text.splitlines()]
    assert rows[1] == [*"first hierarchical 1 3,000 30.0% 1:30 finished 0123456".split()]
    assert rows[2] == [*"second hierarchical 2 2,500 50.0% 0:25 unfinished 0123456".split()]


def test_runs_as_json(logs: Path) -> None:
    first, second = json.loads(run("runs", "list", "--json").stdout)
    assert (first["name"], first["state"], first["success_rate"]) == ("first", "finished", 0.3)
    assert second["record"]["seed"] == 2


def test_no_runs_are_no_error(tmp_path: Path) -> None:
    result = run("runs", "list", "--log-dir", str(tmp_path / "none"))
    assert (result.exit_code, result.stdout) == (0, "")


def test_a_damaged_run_harms_no_other(logs: Path) -> None:
    (logs / "second" / "run.json").write_text('{"seed": 2}')
    result = run("runs", "list")
    assert result.exit_code == 0
    assert "first" in result.stdout
    assert "second/run.json" in result.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [("curves.csv", "steps,a\nx,y\n"), ("config.yaml", "- [1"), ("config.yaml", "5")],
)
def test_a_damaged_file_is_one_message(logs: Path, name: str, content: str) -> None:
    (logs / "second" / name).write_text(content)
    result = run("runs", "compare", "first", "second")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"second/{name}" in result.stderr


def test_a_comparison_names_what_differs_and_the_success_at_the_same_steps(logs: Path) -> None:
    found = json.loads(run("runs", "compare", "first", str(logs / "second"), "--json").stdout)
    assert found["differences"] == {
        "training.learning_rate": [0.0003, 0.01],
        "training.seed": [1, 2],
    }
    assert found["success_rates"] == {
        "625": [None, None],
        "1250": [0.1, 0.2],
        "1875": [0.1, 0.2],
        "2500": [0.2, 0.5],
    }
    text = run("runs", "compare", "first", "second").stdout
    assert "training.learning_rate" in text
    assert "training.gamma" not in text


def test_a_single_run_and_an_unknown_one_are_refused(logs: Path) -> None:
    assert run("runs", "compare", "first").exit_code == 2
    result = run("runs", "compare", "first", "secnd")
    assert result.exit_code == 2
    assert "second" in result.stderr


def test_a_report_of_a_run(logs: Path) -> None:
    result = run("report", "first")
    assert result.exit_code == 0, result.stderr
    found = probe(
        logs / "first" / "report.html",
        """const root = document.documentElement;
        return {text: document.body.innerText, wide: root.scrollWidth - root.clientWidth,
                charts: document.querySelectorAll("section > svg.chart polyline").length,
                tasks: document.querySelectorAll("#task-table tbody tr").length};""",
        width=390,
    )
    assert (found["charts"], found["tasks"], found["wide"]) == (1, 1, 0)
    assert "30.0%" in found["text"]
    assert "hrlctl train <b>" in found["text"]


def test_programs_are_told_names_and_paths_and_nothing_else(logs: Path) -> None:
    assert run("runs", "list", "--quiet").stdout == "first\nsecond\n"
    told = json.loads(run("report", "first", "--json").stdout)["wrote"]
    assert run("report", "first", "--quiet").stdout.split() == told
    assert "<html" in Path(*told).read_text(encoding="utf-8")
    success = run("runs", "compare", "first", "second", "--quiet").stdout
    assert success.startswith("success after")


def test_a_report_goes_where_it_is_wanted(logs: Path, tmp_path: Path) -> None:
    assert run("report", "second", "--output", str(tmp_path / "new" / "a.html")).exit_code == 0
    assert "50.0%" in (tmp_path / "new" / "a.html").read_text()
    (tmp_path / "file").write_text("")
    assert run("report", "second", "--output", str(tmp_path / "file" / "a.html")).exit_code == 1
