"""The desktops by the names that users give them. What a backend needs is imported with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING

from hrlctl.errors import DesktopUnavailableError
from hrlctl.schema.setup import DesktopKind, ProgramKind, Setup

if TYPE_CHECKING:
    from hrlctl.desktop.contract import Desktop


def make_desktop(kind: DesktopKind, width: int, height: int) -> Desktop:
    """A desktop of this kind whose screen has this size.

    Raises:
        UsageError: the size is not possible.
        DesktopUnavailableError: it cannot be had on this machine.
    """
    if kind == "sim":
        from hrlctl.desktop.sim import SimDesktop

        return SimDesktop(width, height)
    if kind == "x11":
        _need_packages()
        from hrlctl.desktop.x11.desktop import X11Desktop

        return X11Desktop(width, height)
    raise DesktopUnavailableError(f"there is no desktop {kind!r}")


def desktop_factory(kind: DesktopKind, width: int, height: int) -> Callable[[], Desktop]:
    """``make_desktop`` with its arguments; it can be sent to the process that uses it."""
    return partial(make_desktop, kind, width, height)


def check_available(kind: DesktopKind, setups: Iterable[Setup] = ()) -> None:
    """Find out, before anything is started, whether tasks can be played.

    Args:
        kind: of the desktop.
        setups: of the tasks.

    Raises:
        DesktopUnavailableError: the desktop, or a program that a setup names, is not there.
    """
    if kind != "x11":
        return
    _need_packages()
    from hrlctl.desktop.x11.programs import require
    from hrlctl.desktop.x11.session import check_requirements

    check_requirements()
    kinds: set[ProgramKind] = set()
    for setup in setups:
        kinds |= {launcher.program for launcher in setup.launchers}
        kinds |= {window.program for window in setup.windows}
    for program in sorted(kinds):
        require(program)


def _need_packages() -> None:
    try:
        import mss  # noqa: F401
        import Xlib  # noqa: F401
    except ImportError as error:
        raise DesktopUnavailableError(
            f"the Python package {error.name!r} is not installed",
            hint="pip install 'hrlctl[x11]'",
        ) from error
