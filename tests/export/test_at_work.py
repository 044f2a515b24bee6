"""Checkpoints and exported models at work: on an instruction, and behind a server."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.arrays import ObservationArrays
from hrlctl.errors import UsageError
from hrlctl.evaluation.model_files import screen_size
from hrlctl.packs import draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split
from hrlctl.serve.interpretation import Interpreter
from hrlctl.serve.model import load_model
from hrlctl.serve.sessions import Sessions

if TYPE_CHECKING:
    from tests.export.conftest import Export

WITHOUT_TORCH = (
    "import sys; sys.modules['torch'] = None; import hrlctl.serve.server; "
    "from hrlctl.cli.app import main; main()"
)


def test_a_checkpoint_is_served_as_what_was_exported_from_it(export: Export) -> None:
    models = [load_model(path) for path in (export.checkpoint, export.folder / "model.onnx")]
    first, second = (model.info for model in models)
    assert (first.screen, first.state, first.done_threshold) == (
        second.screen, second.state, second.done_threshold,
    )  # fmt: skip
    desktop, actions = SimDesktop(), Interpreter(first).actions
    session = Sessions(models[0].initial_state(1)[0]).passing('Open the "calculator"', 30)
    questions = []
    for seed, task in enumerate(TaskSelection(desktop="sim").load()[:4]):
        instance = draw_instance(task, seed, Split.SEEDS)
        desktop.reset(instance.setup, instance.seed)
        questions.append(session.question(desktop.capture(), actions).seen)
    seen = ObservationArrays(*map(np.concatenate, zip(*questions, strict=True)))
    given = {"screen": seen.screens, "tokens": seen.tokens, "slots": seen.slots,
             "context": seen.context}  # fmt: skip
    ours, theirs = (model.act(given, model.initial_state(4)) for model in models)
    assert (ours.action == theirs.action).all()
    assert (ours.state == theirs.state).all()
    assert ours.done_probability == pytest.approx(theirs.done_probability, abs=1e-4)
    assert ours.heads.keys() == theirs.heads.keys()
    for name, head in ours.heads.items():
        assert head == pytest.approx(theirs.heads[name], abs=1e-3)


def test_an_exported_model_carries_out_an_instruction_without_torch(export: Export) -> None:
    model = str(export.folder / "model.onnx")
    arguments = ["run", "Open the calculator", "--model", model, "--max-steps", "2", "--json"]
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCH, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    *steps, last = map(json.loads, done.stdout.splitlines())
    assert last["steps"] == len(steps)
    assert (done.returncode == 0) == last["said_done"]


def test_real_programs_want_a_model_for_their_screen(export: Export) -> None:
    assert screen_size(export.folder / "model.onnx", "sim") == (160, 120)
    assert screen_size(export.checkpoint, "x11") == (320, 240)
    with pytest.raises(UsageError, match="160x120"):
        screen_size(export.folder / "model.onnx", "x11")
