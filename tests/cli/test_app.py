"""The root command: what it shows, what it imports, how it fails."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from hrlctl import __version__
from hrlctl.cli.app import COMMANDS, app

HEAVY = {"torch", "torchvision", "numpy", "gymnasium", "tensorboard"}


@pytest.mark.parametrize("arguments", [["--help"], ["train", "--help"], ["eval", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom hrlctl.cli.app import app\n"
        f"try: app({arguments!r}, prog_name='hrlctl')\nexcept SystemExit: pass\n"
        "print('\\nMODULES', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    modules = set(done.stdout.rpartition("MODULES")[2].split())
    assert "typer" in modules
    assert not modules & HEAVY


def test_completion_imports_nothing_heavy() -> None:
    code = (
        "import sys, atexit\n"
        "atexit.register(lambda: print('MODULES', *sys.modules, file=sys.stderr))\n"
        "sys.argv = ['hrlctl']\nfrom hrlctl.cli.start import main\nmain()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "_HRLCTL_COMPLETE": "complete_bash",
            "COMP_WORDS": "hrlctl train --policy ",
            "COMP_CWORD": "3",
        },
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == ["hierarchical", "flat"]
    assert not set(done.stderr.split()) & HEAVY


def test_help_names_every_command_and_how_to_start() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for name in COMMANDS:
        assert name in result.stdout
    assert "hrlctl train --difficulty EASY" in result.stdout


@pytest.mark.parametrize("command", ["train", "eval"])
def test_each_command_shows_an_example(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"hrlctl {command} " in result.stdout.partition("Examples")[2]


def test_version() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"hrlctl {__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [(["trian"], "train"), (["train", "--learning-rat", "1"], "--learning-rate")],
)
def test_a_misspelt_command_or_option_is_a_usage_error_with_a_suggestion(
    arguments: list[str], suggestion: str
) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert suggestion in result.stderr


def test_a_reader_that_goes_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m hrlctl train --dry-run | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.startswith("key")
    assert "Traceback" not in done.stderr
