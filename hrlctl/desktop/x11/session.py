"""A private display: an X server, a session bus and a window manager that nobody else can reach."""

from __future__ import annotations

import os
import select
import shutil
import socket
import struct
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from Xlib import error as x_error
from Xlib.display import Display

from hrlctl.desktop.x11 import sandbox
from hrlctl.desktop.x11.tree import Pipes, ProcessTree
from hrlctl.errors import DesktopError, DesktopUnavailableError

START_SECONDS: Final = 20.0
_FAMILY_LOCAL: Final = 256
_COOKIE: Final = b"MIT-MAGIC-COOKIE-1"
_BUS_CONFIGURATION: Final = """<!DOCTYPE busconfig PUBLIC
 "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={path}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


class Requirement(NamedTuple):
    """A program that a private display is made of."""

    command: str
    package: str  # of Debian
    purpose: str


REQUIREMENTS: Final = (
    Requirement("Xvfb", "xvfb", "X server without a screen"),
    Requirement("openbox", "openbox", "window manager"),
    Requirement("dbus-daemon", "dbus", "session bus"),
)


def check_requirements() -> None:
    """Raise ``DesktopUnavailableError`` if a private display cannot be made here."""
    if not hasattr(os, "pidfd_open") or not Path("/proc/self/stat").exists():
        raise DesktopUnavailableError(
            "private displays need Linux", hint="use --desktop sim on other systems"
        )
    missing = [each for each in REQUIREMENTS if shutil.which(each.command) is None]
    if missing:
        names = " and ".join(f"{each.command} ({each.purpose})" for each in missing)
        packages = " ".join(each.package for each in missing)
        raise DesktopUnavailableError(
            f"{names} {'is' if len(missing) == 1 else 'are'} not installed",
            hint=f"on Debian: apt-get install {packages}",
        )


class Session:
    """A display of its own and what belongs to it as long as it stands.

    Args:
        width, height: of the screen in pixels.
        tree: what its processes belong to.

    Attributes:
        environment: what programs on it see of the environment.

    Raises:
        DesktopError: the server does not start.
    """

    def __init__(self, width: int, height: int, tree: ProcessTree) -> None:
        self.width, self.height, self.tree = width, height, tree
        self.home = tree.folder / "home"
        self.is_sandboxed = sandbox.is_available()
        self.home_seen = sandbox.HOME if self.is_sandboxed else str(self.home)
        self._log = tree.folder / "log"
        self._runtime = tree.folder / "run"
        for folder in (self.home, self._runtime):
            folder.mkdir(mode=0o700)
        authority = tree.folder / "authority"
        cookie = os.urandom(16)
        _write_authority(authority, cookie, "")
        self.name = f":{self._start_server(authority)}"
        _write_authority(authority, cookie, self.name[1:])
        self.environment: dict[str, str] = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self.home_seen,
            "USER": "user",
            "LOGNAME": "user",
            "SHELL": "/bin/bash",
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "DISPLAY": self.name,
            "XAUTHORITY": str(authority),
            "XDG_RUNTIME_DIR": str(self._runtime),
            "XDG_CONFIG_HOME": f"{self.home_seen}/.config",
            "XDG_DATA_HOME": f"{self.home_seen}/.local/share",
            "XDG_CACHE_HOME": f"{self.home_seen}/.cache",
            "XDG_CURRENT_DESKTOP": "openbox",
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={self._bus}",
            "GSETTINGS_BACKEND": "keyfile",
            "GIO_USE_VFS": "local",
            "GIO_USE_VOLUME_MONITOR": "unix",
            "GTK_CSD": "0",
            "GTK_OVERLAY_SCROLLING": "0",  # such scrollbars come and go by themselves
            "GDK_BACKEND": "x11",
            "NO_AT_BRIDGE": "1",
        }
        with self.authorised():
            self.x = Display(self.name)

    @property
    def _bus(self) -> Path:
        return self._runtime / "bus"

    def _start_server(self, authority: Path) -> str:
        """The number of the display that the server has taken."""
        told = self.tree.folder / "display"
        os.mkfifo(told, 0o600)
        descriptor = os.open(told, os.O_RDWR)  # so that opening waits for nobody
        try:
            self.tree.start(
                [
                    *("Xvfb", "-displayfd", "1", "-auth", str(authority), "-nolisten", "tcp"),
                    *("-noreset", "-dpi", "96", "-screen", "0", f"{self.width}x{self.height}x24"),
                ],
                {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.tree.folder)},
                self.tree.folder,
                told,
                keep=True,
            )
            return self._told_number(descriptor)
        finally:
            os.close(descriptor)
            told.unlink()

    def _told_number(self, descriptor: int) -> str:
        """Wait for the line with the number; others say which displays were taken already."""
        text = b""
        ends = time.monotonic() + START_SECONDS
        while True:
            for line in text.split(b"\n")[:-1]:
                if line.strip().isdigit():
                    return line.strip().decode()
            left = ends - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                said = text.decode(errors="replace").strip()
                raise DesktopError(f"Xvfb does not start: {said or 'it says nothing'}")
            text += os.read(descriptor, 4096)

    def renew(self) -> None:
        """Let all that programs share beside the home be new: the runtime folder, the bus, the log.

        A program may leave files in the folder, remove the socket of the bus, or fill the log up to
        the largest file that may be written, which would stop all that print something later.
        To be called when no program runs and the home stands; ``wait_for_bus`` follows.
        """
        shutil.rmtree(self._runtime)
        self._runtime.mkdir(mode=0o700)
        self._log.write_bytes(b"")
        configuration = self._runtime / "bus.conf"
        configuration.write_text(_BUS_CONFIGURATION.format(path=self._bus))
        # In a sandbox as its clients are: outside it would know them by another user's number.
        self.start(["dbus-daemon", "--nofork", f"--config-file={configuration}"])

    def wait_for_bus(self) -> None:
        """Wait until programs find their bus; raises ``DesktopError`` if it does not start."""
        wait_until(self._bus.exists, "the session bus does not start")

    def start(self, argv: Sequence[str], *, pipes: Pipes | None = None) -> int:
        """Start a program of an episode on this display, in a sandbox where there is one.

        Args:
            argv: the program and its arguments.
            pipes: what it finds open, see ``ProcessTree.start``.

        Returns:
            Its process id.
        """
        if self.is_sandboxed:
            shared = [
                Path(f"/tmp/.X11-unix/X{self.name[1:]}"),
                self._runtime,
                self.tree.folder / "authority",
            ]
            argv = sandbox.sandboxed(argv, home=self.home, shared=shared)
        return self._start(argv, keep=False, pipes=pipes)

    def start_part(self, argv: Sequence[str]) -> int:
        """Start a program that the display consists of; returns its process id."""
        return self._start(argv, keep=True)

    def _start(self, argv: Sequence[str], *, keep: bool, pipes: Pipes | None = None) -> int:
        return self.tree.start(argv, self.environment, self.home, self._log, keep=keep, pipes=pipes)

    @contextmanager
    def authorised(self) -> Iterator[None]:
        """What connects to a display within may connect to this one."""
        before = os.environ.get("XAUTHORITY")
        os.environ["XAUTHORITY"] = str(self.tree.folder / "authority")
        try:
            yield
        finally:
            if before is None:
                del os.environ["XAUTHORITY"]
            else:
                os.environ["XAUTHORITY"] = before

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """A broken connection within is a fault of the machinery, not a bug."""
        try:
            yield
        except (x_error.ConnectionClosedError, BrokenPipeError, ConnectionResetError) as error:
            raise DesktopError(f"the X server of display {self.name} is gone") from error

    def close(self) -> None:
        """Let go of the display; its processes end with their tree."""
        try:
            self.x.close()
        except (x_error.ConnectionClosedError, OSError):  # the server went first
            return


def _write_authority(path: Path, cookie: bytes, display: str) -> None:
    """An Xauthority file with one entry, for displays of this host."""

    def field(value: bytes) -> bytes:
        return struct.pack(">H", len(value)) + value

    host = socket.gethostname().encode()
    entry = struct.pack(">H", _FAMILY_LOCAL)
    entry += b"".join(map(field, (host, display.encode(), _COOKIE, cookie)))
    path.touch(mode=0o600)
    path.write_bytes(entry)


def wait_until(holds: Callable[[], object], otherwise: str, seconds: float = START_SECONDS) -> None:
    """Wait until ``holds()``; raises ``DesktopError`` with ``otherwise`` after ``seconds``."""
    ends = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > ends:
            raise DesktopError(otherwise)
        time.sleep(0.002)
