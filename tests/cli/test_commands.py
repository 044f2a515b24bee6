"""What all commands have in common: how they speak, and that their help shows how to use them."""

from __future__ import annotations

import errno
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from hrlctl.cli.app import COMMANDS, app
from hrlctl.cli.errors import reporting_errors

from .command_lines import TAKE_OPTIONS_OF_TRAIN, check, command_lines, leaves, options_of

LEAVES = dict(leaves())


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 0, result.stderr
    assert not result.stderr
    return result.stdout


def test_the_commands_are_all_there() -> None:
    assert {name.partition(" ")[0] for name in LEAVES} == set(COMMANDS)
    assert {"config show", "runs list", "tasks validate", "serve"} <= LEAVES.keys()


@pytest.mark.parametrize("name", LEAVES)
def test_every_command_speaks_to_programs_and_can_be_silent(name: str) -> None:
    options = options_of(LEAVES["train" if name in TAKE_OPTIONS_OF_TRAIN else name])
    assert {"--json", "--quiet"} <= options


@pytest.mark.parametrize("name", LEAVES)
def test_the_help_of_every_command_has_examples_that_work(name: str) -> None:
    examples = re.findall(r"\[cyan\](.*?)\[/cyan\]", LEAVES[name].epilog or "", re.DOTALL)
    assert name in [check(line) for line in command_lines("\n".join(examples))]


def test_the_help_of_hrlctl_has_a_working_example_of_every_command() -> None:
    examples = run("--help").partition("Examples")[2].partition("╰")[0].replace("│", "")
    shown = [check(line) for line in command_lines(examples)]
    assert {name.partition(" ")[0] for name in shown} == set(COMMANDS)


def test_a_list_is_silent_but_for_the_names() -> None:
    ids = run("tasks", "list", "--pack", "desktop_basics", "--quiet").splitlines()
    tasks = json.loads(run("tasks", "list", "--pack", "desktop_basics", "--json"))["tasks"]
    assert ids == [task["id"] for task in tasks]


def test_what_was_written_is_told_in_the_form_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    wrote = json.loads(run("init", "a", "--json"))["wrote"]
    assert wrote == ["a/config/config.yaml", "a/config/tasks.json"]
    assert run("init", "b", "--quiet").split() == [path.replace("a/", "b/", 1) for path in wrote]
    made = json.loads(run("tasks", "new", "my_first", "--json"))["wrote"]
    assert all(Path(path).is_file() for path in made)
    assert len(run("tasks", "new", "my_second", "--quiet").split()) == len(made)


def test_a_demonstration_for_programs_ends_as_it_does_for_people() -> None:
    task = "desktop_basics/toggle-setting"
    *steps, end = [json.loads(line) for line in run("tasks", "demo", task, "--json").splitlines()]
    assert [step["number"] for step in steps] == [1, 2, 3]
    assert (end["type"], end["task"], end["steps"]) == ("solved", task, 3)
    assert run("tasks", "demo", task, "--quiet").startswith("solved in 3 steps")
    assert run("tasks", "show", task, "--quiet").strip() == end["instruction"]


def test_validation_is_one_object_for_programs_and_silence_where_all_is_well(
    tmp_path: Path,
) -> None:
    wrong = tmp_path / "wrong.json"
    wrong.write_text("[{}]")
    result = CliRunner().invoke(app, ["tasks", "validate", "--json", str(wrong), "workflows"])
    assert (result.exit_code, result.stderr) == (4, "")
    faulty, sound = json.loads(result.stdout)["checked"]
    assert (faulty["is_valid"], sound["is_valid"]) == (False, True)
    assert str(wrong) in faulty["problems"][0]["where"]
    assert run("tasks", "validate", "--quiet", "workflows") == ""


def called(*arguments: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, **environ},
    )


@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("cp1252", "==-- é “\\u03a9” \\U0001f600".encode("cp1252")),  # a pipe on Windows
        ("ascii", rb'==-- \xe9 "\u03a9" \U0001f600'),
        ("utf-8", "━━── é “Ω” 😀".encode()),
    ],
)
def test_what_cannot_be_encoded_is_written_otherwise(encoding: str, expected: bytes) -> None:
    code = (
        "from hrlctl.cli.encoding import make_output_encodable; make_output_encodable();"
        "from hrlctl.cli.charts import bar; print(bar(0.5, 4, 'red'), 'é “Ω” 😀')"
    )
    assert called("-c", code, PYTHONIOENCODING=encoding).stdout.strip() == expected


def test_a_command_prints_whatever_the_encoding() -> None:
    done = called("-m", "hrlctl", "tasks", "show", "Ω/计", PYTHONIOENCODING="cp1252")
    assert done.returncode == 2
    assert rb"\u03a9/\u8ba1" in done.stderr
    assert b"Traceback" not in done.stderr


def test_names_stay_whole_in_a_pipe_and_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ids = set(run("tasks", "list", "--quiet").split())
    monkeypatch.setenv("COLUMNS", "40")
    assert ids <= set(run("tasks", "list").split())
    monkeypatch.setenv("COLUMNS", "80")
    assert ids | {"EASY", "HARD"} <= set(run("tasks", "list").split())
    monkeypatch.delenv("COLUMNS")
    assert "…" not in run("tasks", "list")


@pytest.mark.parametrize(
    ("environ", "is_coloured"),
    [
        ({"TERM": "xterm"}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_whose_user_wants_them(
    environ: dict[str, str], is_coloured: bool
) -> None:
    kept = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "TERM")}
    ours, theirs = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "hrlctl", "tasks", "show", "no/task"],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            check=False,
            timeout=120,
            env={**kept, **environ},
        )
        said = os.read(ours, 4096)
    finally:
        os.close(theirs)
        os.close(ours)
    assert b"unknown" in said
    assert (b"\x1b[" in said) == is_coloured


def test_nothing_is_said_on_the_way_where_nobody_watches() -> None:
    """Standard error begins with the error: no bar, no blank line of one."""
    done = called("-m", "hrlctl", "eval", "missing.pt")
    assert done.returncode == 1
    assert done.stderr.startswith(b"error: ")
    assert b"did you mean 'pretrained'" in called("-m", "hrlctl", "eval", "pretraind").stderr


def test_a_full_disk_is_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as stopped, reporting_errors():
        raise OSError(errno.ENOSPC, "No space left on device", "figures.csv")
    assert stopped.value.exit_code == 1
    assert "figures.csv" in capsys.readouterr().err
