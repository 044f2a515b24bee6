"""``hrlctl tasks demo``: lines without a terminal, screens on one, an animation in a file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console
from typer.testing import CliRunner, Result

from hrlctl.cli.app import app
from hrlctl.cli.demonstration_view import play_live
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.demonstration import Demonstration
from hrlctl.packs import draw_instance, load_packs
from hrlctl.schema.base import Split

TASK = "desktop_basics/toggle-setting"


def demo(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["tasks", "demo", *arguments])


def test_without_a_terminal_there_is_a_line_a_step_and_no_waiting() -> None:
    result = demo(TASK, "--delay", "60")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert [line[:2] for line in lines[2:5]] == ["1.", "2.", "3."]
    assert "reached: open" in lines[2]
    assert lines[-1].startswith("solved in 3 steps")
    assert "\x1b" not in result.stdout


def test_on_a_terminal_the_screen_is_drawn_and_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr("time.sleep", pauses.append)
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, color_system="truecolor", width=80, height=30
    )
    instance = draw_instance(load_packs(["desktop_basics"]).task(TASK), 0, Split.TRAINING)
    play_live(Demonstration(instance, SimDesktop()), console, delay=0.5)
    text = stream.getvalue()
    assert "▀" in text
    assert "╋" in text  # the pointer
    assert str(instance.parameters["program"]) in text
    assert "solved in 3 steps" in text
    assert pauses == [0.5] * 3


def test_the_animation_has_a_picture_a_step_and_the_first(tmp_path: Path) -> None:
    file = tmp_path / "demo.gif"
    result = demo(TASK, "--record", str(file), "--delay", "0.2")
    assert result.exit_code == 0
    with Image.open(file) as animation:
        assert animation.format == "GIF"
        assert getattr(animation, "n_frames", 1) == 4
        assert animation.info["duration"] == 200
        assert animation.width == 640
        assert animation.height > 480  # the captions
        first = animation.convert("RGB").tobytes()
        animation.seek(3)
        assert animation.info["duration"] == 600
        assert animation.convert("RGB").tobytes() != first


def test_an_oracle_that_fails_is_an_invalid_pack_and_none_is_not(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    start = "instruction: x, difficulty: EASY, num_steps: 1, success_criteria: {window_title: x}"
    file.write_text(f"- {{id: 1, {start}, oracle: [{{press: enter}}]}}\n- {{id: 2, {start}}}\n")
    failing = demo("mine/1", "--tasks", str(file))
    assert failing.exit_code == 4
    assert "mine/1" in failing.stderr
    assert demo("mine/2", "--tasks", str(file)).exit_code == 1


def test_a_file_of_another_kind_is_refused_before_anything_is_played() -> None:
    result = demo(TASK, "--record", "demo.mp4")
    assert result.exit_code == 2
    assert "demo.gif" in result.stderr
    assert result.stdout == ""
