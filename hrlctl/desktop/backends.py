"""The desktops by the names that users give them. What a backend needs is imported with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Final

from hrlctl.errors import DesktopUnavailableError
from hrlctl.schema.setup import DesktopKind, ProgramKind, Setup

if TYPE_CHECKING:
    from hrlctl.desktop.contract import Desktop


XLIB_REMEDY: Final = "pip install --force-reinstall --no-deps python-xlib"


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
        if setup.pages:
            kinds.add("browser")
    for program in sorted(kinds):
        require(program)


def _need_packages() -> None:
    try:
        import mss  # noqa: F401
        import Xlib
    except ImportError as error:
        raise DesktopUnavailableError(
            f"the Python package {error.name!r} is not installed",
            hint="pip install 'hrlctl[x11]'",
        ) from error
    if not is_sound(Xlib.__version__):
        raise DesktopUnavailableError(
            "an old copy of python-xlib lies over it: python3-Xlib, which pyautogui brings",
            hint=XLIB_REMEDY,
        )


def is_sound(version: tuple[int, ...]) -> bool:
    """Whether what is imported as ``Xlib`` is python-xlib, and not an old copy of it."""
    return version >= (0, 33)
