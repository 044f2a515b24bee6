"""``hrlctl export``: options to the engine, what was found to people and programs, exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app


class FakeComparison(SimpleNamespace):
    def to_dict(self) -> dict[str, Any]:
        return {key: value for key, value in vars(self).items() if key != "matches"}


class FakeEngine:
    """Stands for ``hrlctl.export.exporter`` and ``hrlctl.evaluation``."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []
        self.same = 1000

    def _exported(self, path: Path, size: int, comparison: FakeComparison | None) -> Any:
        found = comparison.to_dict() if comparison else None
        return SimpleNamespace(
            path=path,
            bytes=size,
            comparison=comparison,
            to_dict=lambda: {"path": str(path), "bytes": size, "comparison": found},
        )

    def export_onnx(
        self, checkpoint: Path, folder: Path, *, quantize: bool, screen: tuple[int, int] | None
    ) -> list[Any]:
        self.calls.append(("onnx", checkpoint, folder, quantize, screen))
        comparison = FakeComparison(
            observations=1000,
            same_choices=self.same,
            largest_difference=3.1e-5,
            worst_head="pointer_log_probs",
            ties=1,
            torch_milliseconds=9.2,
            onnx_milliseconds=3.1,
            matches=self.same == 1000,
        )
        models = [self._exported(folder / "model.onnx", 2_050_000, comparison)]
        if quantize:
            models.append(self._exported(folder / "model.int8.onnx", 590_000, comparison))
        return models

    def export_safetensors(self, checkpoint: Path, folder: Path) -> Any:
        self.calls.append(("safetensors", checkpoint, folder))
        return self._exported(folder / "model.safetensors", 2_010_000, None)

    def evaluate(self, model: Path, *, episodes: int) -> Any:
        self.calls.append(("evaluate", model.name, episodes))
        rate = 0.6 if "int8" in model.name else 0.62
        overall = SimpleNamespace(episodes=episodes, success_rate=rate, success_ci95=(0.5, 0.7))
        return SimpleNamespace(overall=overall)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    fake = FakeEngine()
    exporter, evaluation = ModuleType("hrlctl.export.exporter"), ModuleType("hrlctl.evaluation")
    exporter.export_onnx = fake.export_onnx  # type: ignore[attr-defined]
    exporter.export_safetensors = fake.export_safetensors  # type: ignore[attr-defined]
    evaluation.evaluate = fake.evaluate  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "hrlctl.export.exporter", exporter)
    monkeypatch.setitem(sys.modules, "hrlctl.evaluation", evaluation)
    return fake


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["export", *arguments])


def test_the_defaults(engine: FakeEngine) -> None:
    assert run("final.pt").exit_code == 0
    assert engine.calls == [("onnx", Path("final.pt"), Path("exported"), False, None)]


def test_another_screen(engine: FakeEngine) -> None:
    assert run("final.pt", "--screen", "320x240").exit_code == 0
    assert engine.calls[0][-1] == (320, 240)


def test_safetensors(engine: FakeEngine) -> None:
    result = run("final.pt", "--format", "safetensors", "--output", "weights")
    assert (result.exit_code, engine.calls) == (
        0,
        [("safetensors", Path("final.pt"), Path("weights"))],
    )
    assert "model.safetensors" in result.stdout


def test_people_see_both_models_and_the_loss(engine: FakeEngine) -> None:
    result = run("final.pt", "--quantize", "int8", "--episodes", "50")
    assert result.exit_code == 0
    assert engine.calls[1:] == [
        ("evaluate", "model.onnx", 50),
        ("evaluate", "model.int8.onnx", 50),
    ]
    for figure in ("1000 of 1000", "2.05 MB", "0.59 MB", "62.0%", "60.0%", "-2.0 points", "29%"):
        assert figure in result.stdout


def test_programs_get_one_object(engine: FakeEngine) -> None:
    found = json.loads(run("final.pt", "--quantize", "int8", "--json").stdout)
    assert [Path(model["path"]).name for model in found["models"]] == [
        "model.onnx",
        "model.int8.onnx",
    ]
    assert [each["success_rate"] for each in found["success"]] == [0.62, 0.6]


def test_a_difference_is_shown_and_fails(engine: FakeEngine) -> None:
    engine.same = 998
    result = run("final.pt", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["models"][0]["comparison"]["same_choices"] == 998
    assert "2 of 1000 choices differ" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["--format", "onx"], "onnx"),
        (["--quantize", "int4"], "int8"),
        (["--format", "safetensors", "--quantize", "int8"], "--format onnx"),
        (["--format", "safetensors", "--screen", "320x240"], "--format onnx"),
        (["--screen", "big"], "WIDTHxHEIGHT"),
    ],
)
def test_nonsense_is_refused_with_a_suggestion(
    engine: FakeEngine, arguments: list[str], suggestion: str
) -> None:
    result = run("final.pt", *arguments)
    assert (result.exit_code, engine.calls) == (2, [])
    assert suggestion in result.stderr
