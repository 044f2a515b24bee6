"""Playing an exported model: without torch, and as the checkpoint plays."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hrlctl.errors import UsageError
from hrlctl.evaluation import evaluate
from hrlctl.export.exporter import export_onnx
from hrlctl.schema.base import Difficulty
from hrlctl.schema.setup import ScreenSize

if TYPE_CHECKING:
    from tests.export.conftest import Export

# The whole command line in a Python that has no torch.
WITHOUT_TORCH = (
    "import sys; sys.modules.update(torch=None, torchvision=None); "
    "from hrlctl.cli.app import main; main()"
)


def test_the_command_line_plays_it_without_torch_as_the_checkpoint_plays(export: Export) -> None:
    model = str(export.folder / "model.onnx")
    options = "--episodes 12 --seed 3 --workers 0 --json --difficulty EASY".split()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, "eval", model, *options],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = evaluate(
        export.checkpoint, episodes=12, seed=3, difficulty=Difficulty.EASY, device="cpu"
    )
    assert json.loads(done.stdout) == report.to_dict() | {"checkpoint": model}


def test_it_says_when_it_has_finished_as_the_policy_does(export: Export) -> None:
    arguments = {"episodes": 6, "termination": "agent", "device": "cpu"}
    exported = evaluate(export.folder / "model.onnx", **arguments)  # type: ignore[arg-type]
    trained = evaluate(export.checkpoint, **arguments)  # type: ignore[arg-type]
    assert exported.results == trained.results


def test_workers_change_nothing(export: Export) -> None:
    model = export.folder / "model.onnx"
    task = ["desktop_basics/open-icon"]
    assert evaluate(model, episodes=34, tasks=task, workers=2) == evaluate(
        model, episodes=34, tasks=task
    )


def test_it_plays_on_screens_of_the_size_that_it_was_exported_for(
    export: Export, tmp_path: Path
) -> None:
    (larger,) = export_onnx(
        export.checkpoint, tmp_path / "larger", observations=8, screen=ScreenSize(192, 144)
    )
    # Logits may differ more: what an untrained network names a cell turns on the last bits.
    assert larger.comparison is not None
    assert larger.comparison.same_choices == larger.comparison.observations
    report = evaluate(larger.path, episodes=2, tasks=["desktop_basics/open-icon"])
    assert (report.setup.width, report.setup.height) == (192, 144)
    with pytest.raises(UsageError, match="192x144") as caught:
        evaluate(larger.path, episodes=1, desktop="x11")
    assert "--screen 320x240" in (caught.value.hint or "")
    with pytest.raises(UsageError, match="not exported for screens of 192x144"):
        evaluate(larger.path, episodes=1, compare_with=export.folder / "model.onnx")


def test_what_it_cannot_do_is_refused(export: Export) -> None:
    model = export.folder / "model.onnx"
    with pytest.raises(UsageError, match="draws none"):
        evaluate(model, episodes=1, sampled=True)
    with pytest.raises(UsageError, match="CPU"):
        evaluate(model, episodes=1, device="cuda")
