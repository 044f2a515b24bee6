"""The model that ships: small, as its card says, and meant wherever a model is named."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.cli.model_argument import model_file
from hrlctl.policy.files import read_model
from hrlctl.pretrained import CARD, MODEL
from hrlctl.training.checkpoint import demonstrations_of


def test_it_takes_at_most_five_megabytes() -> None:
    assert MODEL.stat().st_size <= 5_000_000


def test_a_file_of_that_name_can_still_be_meant() -> None:
    assert model_file("pretrained") == MODEL
    assert model_file("./pretrained") == Path("pretrained")


def test_its_card_says_how_it_was_trained() -> None:
    summary = read_model(MODEL)["summary"]
    card = CARD.read_text(encoding="utf-8")
    assert f"| seed | {summary['config']['training']['seed']} |" in card
    assert f"| steps of the last training | {summary['steps']:,} |" in card
    shown = demonstrations_of(read_model(MODEL), resumed=False)
    assert f"| demonstrations | {shown:,} |" in card
    assert ("not from scratch" in card) == (shown > 0)


def test_it_scores_what_its_card_says() -> None:
    heading, row = re.findall(r"^\| (?:set|new seeds) \|.*$", CARD.read_text("utf-8"), re.MULTILINE)
    said = dict(zip(_cells(heading), _cells(row), strict=True))
    tasks = [option for task in read_model(MODEL)["tasks"] for option in ("--task", task)]
    result = CliRunner().invoke(
        app, ["eval", "pretrained", *tasks, "--difficulty", "EASY", "--episodes", "108", "--json"]
    )
    assert result.exit_code == 0
    low, high = json.loads(result.stdout)["success_ci95"]
    assert 100 * low <= float(said["EASY"].partition("%")[0]) <= 100 * high


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_run_takes_it_where_no_model_is_named() -> None:
    result = CliRunner().invoke(app, ["run", 'Open "Calculator"', "--max-steps", "8", "--json"])
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert any(line["type"] == "step" for line in lines)
    assert lines[-1]["type"] == "run_finished"


def test_a_training_can_start_from_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        app,
        "train --init-from pretrained --pack desktop_basics --total-timesteps 256"
        " --rollout-steps 256 --num-envs 8 --json".split(),
    )
    assert result.exit_code == 0, result.output
    assert (tmp_path / "checkpoints" / "final_model.pt").is_file()
