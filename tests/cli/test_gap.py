"""``hrlctl eval --gap``: the same tasks in the simulator and on real programs."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.desktop.backends import check_available
from hrlctl.errors import DesktopUnavailableError
from hrlctl.packs import load_packs

SHARED = [task.id for task in load_packs(["linux_apps"]).tasks() if "sim" in task.spec.desktops]


def evaluate(*arguments: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["eval", "pretrained", "--gap", *arguments])
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.x11
def test_both_desktops_play_the_shared_tasks() -> None:
    tasks = [task for task in load_packs(["linux_apps"]).tasks() if task.id in SHARED]
    try:
        check_available("x11", [task.spec.setup for task in tasks if task.spec.setup])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    code, shown, errors = evaluate("--pack", "linux_apps", "--episodes", str(len(SHARED)), "--json")
    assert code == 0, errors
    found = json.loads(shown)
    assert list(found["sim"]["by_task"]) == list(found["x11"]["by_task"]) == SHARED
    rates = [found[desktop]["success_rate"] for desktop in ("sim", "x11")]
    assert found["gap"] == pytest.approx(rates[0] - rates[1])
    assert set(found["gap_by_task"]) == set(SHARED)


def test_tasks_of_one_desktop_have_no_gap() -> None:
    code, _, errors = evaluate("--pack", "desktop_basics")
    assert code == 2
    assert "desktops: [sim, x11]" in errors


def test_what_belongs_to_one_evaluation_is_refused() -> None:
    code, _, errors = evaluate("--record", "films")
    assert code == 2
    assert "--record does not go with --gap" in errors
