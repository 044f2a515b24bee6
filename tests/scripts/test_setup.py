"""``scripts/setup.sh``: what it says where it cannot do its work. What it installs, CI shows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
COMMANDS = ("bash", "cat", "cksum", "dirname", "grep", "head", "mv", "rm", "sed", "uname")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout in a folder with a space, on a machine that has no Python and no uv."""
    root = tmp_path / "a checkout"
    shutil.copytree(SCRIPTS, root / "scripts")
    (root / "pyproject.toml").write_text("")
    (root / "bin").mkdir()
    for name in COMMANDS:
        (root / "bin" / name).symlink_to(shutil.which(name) or name)
    return root


def run(checkout: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    bash = checkout / "bin" / "bash"
    return subprocess.run(
        [bash, checkout / "scripts" / script, *arguments],
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


def install_python(checkout: Path, version: str, body: str) -> None:
    """Put a ``python3`` on the path that knows its version and otherwise does ``body``."""
    python = checkout / "bin" / "python3"
    python.write_text(f"#!/bin/sh\n[ \"$1\" = -V ] && echo 'Python {version}' && exit 0\n{body}\n")
    python.chmod(0o755)


@pytest.mark.parametrize("script", ["setup.sh", "train.sh", "test.sh"])
def test_a_machine_without_python_is_told_what_to_install(checkout: Path, script: str) -> None:
    result = run(checkout, script)
    assert result.returncode == 1
    assert "3.11" in result.stderr
    assert result.stdout == ""
    assert not (checkout / ".venv").exists()


def test_an_old_python_is_named(checkout: Path) -> None:
    install_python(checkout, "3.9.2", "exit 1")
    result = run(checkout, "setup.sh")
    assert result.returncode == 1
    assert "3.9.2" in result.stderr


def test_a_missing_venv_module_is_named_by_its_package(checkout: Path) -> None:
    install_python(
        checkout,
        "3.12.1",
        'case "$2" in *ensurepip*) exit 1 ;; *"%d.%d"*) echo 3.12 ;; esac',
    )
    result = run(checkout, "setup.sh")
    assert result.returncode == 1
    assert "python3.12-venv" in result.stderr


def test_an_unknown_argument_is_refused(checkout: Path) -> None:
    result = run(checkout, "setup.sh", "--bogus")
    assert result.returncode == 1
    assert "--bogus" in result.stderr
