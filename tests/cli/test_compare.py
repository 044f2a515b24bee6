"""``hrlctl compare``: trains, measures and draws; what is done is not done again."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app

TRAINING = {
    "total_timesteps": 128,
    "buffer_size": 64,
    "minibatches": 2,
    "num_envs": 4,
    "reading_steps": 0,
    "mixed_precision": "off",
}
SECTIONS = {
    "training": TRAINING,
    "policy": {"width": 16},
    "environment": {
        "tasks": ["desktop_basics/open-icon"],
        "screen_width": 128,
        "screen_height": 96,
    },
}


def compare(folder: Path, *arguments: str) -> Result:
    config = folder / "config.yaml"
    config.write_text(yaml.safe_dump(SECTIONS))
    fixed = ["compare", "--config", str(config), "--output", str(folder / "found")]
    return CliRunner().invoke(app, [*fixed, "--episodes", "2", *arguments])


def test_it_trains_measures_and_draws_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    result = compare(tmp_path, "--seeds", "1", "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert list(found["policies"]) == ["hierarchical", "flat"]
    assert list(found["differences"]) == ["hierarchical - flat"]
    for trial in found["trials"]:
        assert trial["steps"] == 128
        assert trial["episodes"] == 2
        assert set(trial["success_rates"]) == {"EASY", "all"}
        assert [steps for steps, _ in trial["curve"]] == [64, 128]
    means = found["policies"]["flat"]["all"]
    assert means == {"mean": found["trials"][1]["success_rates"]["all"], "ci95": None, "seeds": 1}
    picture = ElementTree.parse(tmp_path / "found" / "comparison.svg")
    assert "hierarchical" in "".join(picture.getroot().itertext())

    models = [Path(trial["model"]) for trial in found["trials"]]
    written = [model.stat().st_mtime_ns for model in models]
    again = compare(tmp_path, "--seeds", "1")
    assert again.exit_code == 0, again.output
    assert "hierarchical - flat" in again.stdout
    assert [model.stat().st_mtime_ns for model in models] == written


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--policies", "hierarchical,flatt"], "flat"),
        (["--policies", ","], "--policies"),
        (["--policy", "flat"], "--policies"),
        (["--save-dir", "x"], "--output"),
        (["--resume", "x.pt"], "--resume"),
        (["--gamma", "2"], "--gamma"),
        (["--seeds", "0"], "--seeds"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, arguments: list[str], word: str) -> None:
    result = compare(tmp_path, *arguments)
    assert result.exit_code == 2
    assert word in result.output
    assert not (tmp_path / "found").exists()
