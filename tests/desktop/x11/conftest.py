"""A private display for the tests of this folder; they are skipped where there can be none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hrlctl.desktop.backends import check_available, make_desktop
from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.errors import DesktopUnavailableError
from hrlctl.schema.setup import Setup, WindowSetup

PROGRAMS = Setup(
    windows=tuple(
        WindowSetup(title=kind, program=kind)
        for kind in ("calculator", "text_editor", "file_manager", "terminal")
    )
)


@pytest.fixture(scope="session")
def real_programs() -> None:
    try:
        check_available("x11", [PROGRAMS])
    except DesktopUnavailableError as error:
        pytest.skip(f"needs real programs: {error}")


@pytest.fixture(scope="module")
def desktop(real_programs: None) -> Iterator[Desktop]:
    made = make_desktop("x11", 320, 240)
    yield made
    made.close()


def middle(desktop: Desktop, locator: Locator) -> tuple[int, int]:
    """Where a thing that must be there is pointed at."""
    rect = desktop.locate(locator)
    assert rect is not None, locator
    return rect.x + rect.width // 2, rect.y + rect.height // 2
