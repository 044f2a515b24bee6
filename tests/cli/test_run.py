"""``hrlctl run``: what is shown, what is written, how it ends."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.cli.errand_view import Ending, LiveErrandView
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.evaluation.agents import Move
from hrlctl.evaluation.errand import Errand
from hrlctl.schema.base import Skill
from hrlctl.schema.setup import ScreenSize

CLICK = ActionSpace(160, 120).encode(ActionType.DOUBLE_CLICK, pointer=21)


class Clicker:
    """Clicks, and says that it has finished at its third step, or is interrupted there."""

    ends_with: type[BaseException] | None = None
    steps = 0

    def begin(self, episodes: int, seed: int) -> None:
        self.steps = 0

    def act(self, seen: Any, rows: npt.NDArray[np.int64]) -> list[Move]:
        self.steps += 1
        if self.steps == 3 and self.ends_with is not None:
            raise self.ends_with
        return [Move(CLICK, Skill.OPEN, 1, self.steps == 3)]

    def keep(self, goes_on: npt.NDArray[np.bool_]) -> None: ...


@pytest.fixture
def clicker(monkeypatch: pytest.MonkeyPatch) -> Clicker:
    """Stands for the agent in ``model.onnx``."""
    agent = Clicker()
    monkeypatch.setattr("hrlctl.evaluation.agents.load_agent", lambda *_, **__: agent)
    size = ScreenSize(160, 120)
    monkeypatch.setattr("hrlctl.evaluation.model_files.screen_size", lambda *_: size)
    return agent


def run(*arguments: str) -> Any:
    return CliRunner().invoke(
        app, ["run", "Open the calculator", "--model", "model.onnx", *arguments]
    )


def test_a_line_a_step_without_a_terminal(clicker: Clicker) -> None:
    result = run()
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0] == "Instruction: Open the calculator"
    assert lines[1] == '1. open "calculator" | double click 12 12'
    assert lines[3] == "3. done"
    assert len(lines) == 5


def test_json_lines_for_programs(clicker: Clicker) -> None:
    result = run("--json")
    first, *_, last = map(json.loads, result.stdout.splitlines())
    assert first == {
        "type": "step", "step": 1, "action": "double_click", "x": 12, "y": 12,
        "skill": 'open "calculator"',
    }  # fmt: skip
    assert last["said_done"]
    assert last["steps"] == 3


def test_steps_that_are_used_up_are_a_failure(clicker: Clicker) -> None:
    result = run("--max-steps", "2")
    assert result.exit_code == 1
    assert "within 2 steps" in result.stderr


def test_ctrl_c_ends_it_and_keeps_the_film(clicker: Clicker, tmp_path: Path) -> None:
    clicker.ends_with = KeyboardInterrupt
    film = tmp_path / "run.gif"
    result = run("--record", str(film), "--json")
    assert result.exit_code == 130
    last = json.loads(result.stdout.splitlines()[-1])
    assert last["interrupted"]
    assert last["steps"] == 2
    with Image.open(film) as picture:
        assert picture.n_frames >= 2


def test_the_film_shows_every_step_and_the_end(clicker: Clicker, tmp_path: Path) -> None:
    film = tmp_path / "run.gif"
    assert run("--record", str(film)).exit_code == 0
    with Image.open(film) as picture:
        assert picture.n_frames >= 3
        assert picture.width == 640


@pytest.mark.parametrize(
    "arguments",
    [["--desktop", "simm"], ["--record", "film.mp4"], ["--max-steps", "0"], ["--device", "gpu"]],
)
def test_wrong_usage_is_said_before_anything_starts(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_a_missing_model_and_an_empty_instruction_are_named(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.onnx")
    result = CliRunner().invoke(app, ["run", "Open it", "--model", missing])
    assert result.exit_code == 1
    assert "no such file" in result.stderr
    assert CliRunner().invoke(app, ["run", " ", "--model", missing]).exit_code == 2


def test_on_a_terminal_the_screen_is_drawn_with_the_skill_and_the_action() -> None:
    drawn = io.StringIO()
    console = Console(
        file=drawn, force_terminal=True, width=80, height=24, color_system="truecolor"
    )
    errand = Errand("Open it", Clicker(), SimDesktop(), kind="sim", max_steps=5, seed=0)
    with LiveErrandView(errand, console, 0.0) as view:
        for step in errand.steps():
            view.show(step)
        view.end(Ending.SAID_DONE, step.number)
    text = drawn.getvalue()
    assert "▀" in text
    assert "double click 12 12" in text
    assert "at step 3" in text
