"""Every task of the pack is solved by its oracle on real programs, and some in the simulator."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from hrlctl.cli.app import app
from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.contract import Desktop
from hrlctl.env.demonstration import measured_steps
from hrlctl.errors import DesktopUnavailableError
from hrlctl.packs import draw_instance, load_packs
from hrlctl.schema.base import Difficulty, Split

# What programs do that nobody here wrote depends on how busy the machine is: a task fails if it
# fails each time. Reruns are listed at the end.
RERUNS = 2

TASKS = load_packs(["linux_apps"]).tasks()
SHARED = [task for task in TASKS if "sim" in task.spec.desktops]


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    try:
        check_available("x11", [task.spec.setup for task in TASKS if task.spec.setup])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    made = make_desktop("x11", 320, 240)
    yield made
    made.close()


def test_what_is_for_both_desktops_proves_itself_in_the_simulator() -> None:
    assert len(SHARED) >= 3
    result = CliRunner().invoke(
        app, ["tasks", "verify", "linux_apps", "--instances", "4", "--workers", "0", "--json"]
    )
    assert result.exit_code == 0, result.stdout
    found = json.loads(result.stdout)
    assert found["verified"] == len(SHARED)
    assert found["failed"] == 0


@pytest.mark.x11
@pytest.mark.flaky(reruns=RERUNS)
@pytest.mark.parametrize(
    ("name", "split", "seed"),
    [(task.id, Split.WORDS, 3) for task in TASKS]
    + [
        # Words that file dialogs and managers complete, and windows that cover each other.
        ("linux_apps/close-window", Split.WORDS, 1),
        ("linux_apps/create-text-file", Split.TRAINING, 1),
        ("linux_apps/create-text-file", Split.TRAINING, 3),
        ("linux_apps/navigate-folder", Split.TRAINING, 0),
        ("linux_apps/navigate-folder", Split.SEEDS, 3),
        ("linux_apps/create-folder", Split.TRAINING, 1),
    ],
)
def test_the_oracle_solves_it_in_the_stated_steps(
    name: str, split: Split, seed: int, desktop: Desktop
) -> None:
    (task,) = (each for each in TASKS if each.id == name)
    steps = measured_steps(draw_instance(task, seed, split), desktop)
    assert steps <= task.num_steps
    assert Difficulty.of_steps(steps) is task.difficulty
