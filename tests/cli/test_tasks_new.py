"""``hrlctl tasks new`` and ``hrlctl tasks schema``."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.packs import load_task_file


def test_new_writes_a_project_and_says_how_to_go_on(tmp_path: Path) -> None:
    arguments = ["tasks", "new", "garden_tasks", "--directory", str(tmp_path / "deep")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    folder = tmp_path / "deep" / "garden_tasks"
    assert f"pip install -e {folder}" in result.stdout
    tasks = load_task_file(folder / "garden_tasks" / "pack.yaml")
    assert [task.id for task in tasks] == ["garden_tasks/close-window", "garden_tasks/fill-field"]
    again = CliRunner().invoke(app, arguments)
    assert again.exit_code == 2
    assert str(folder) in again.stderr


def test_schema_prints_json_alone() -> None:
    result = CliRunner().invoke(app, ["tasks", "schema"])
    assert "TaskSpec" in json.loads(result.stdout)["$defs"]


@pytest.mark.parametrize("command", [[], ["show"], ["demo"], ["new"], ["schema"]])
def test_help_imports_nothing_heavy(command: list[str]) -> None:
    code = (
        "import sys\nfrom hrlctl.cli.app import app\n"
        f"try: app({['tasks', *command, '--help']!r}, prog_name='hrlctl')\n"
        "except SystemExit: pass\nprint('\\nMODULES', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    modules = set(done.stdout.rpartition("MODULES")[2].split())
    assert "typer" in modules
    assert not modules & {"torch", "torchvision", "numpy", "gymnasium", "PIL"}
