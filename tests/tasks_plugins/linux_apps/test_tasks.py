"""Every task of the pack is solved by its oracle on real programs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.contract import Desktop
from hrlctl.env.demonstration import measured_steps
from hrlctl.errors import DesktopUnavailableError
from hrlctl.packs import draw_instance, load_packs
from hrlctl.schema.base import Difficulty, Split

pytestmark = pytest.mark.x11

TASKS = load_packs(["linux_apps"]).tasks()


@pytest.fixture(scope="module")
def desktop() -> Iterator[Desktop]:
    try:
        check_available("x11", [task.spec.setup for task in TASKS if task.spec.setup])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")
    made = make_desktop("x11", 320, 240)
    yield made
    made.close()


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.id)
def test_the_oracle_solves_it_in_the_stated_steps(task: object, desktop: Desktop) -> None:
    known = next(each for each in TASKS if each is task)
    steps = measured_steps(draw_instance(known, 3, Split.WORDS), desktop)
    assert steps <= known.num_steps
    assert Difficulty.of_steps(steps) is known.difficulty
