"""Cutting programs off from the network and from everything but their episode, by bubblewrap."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

HOME: Final = "/home/user"
"""Where an episode's home lies for a program in a sandbox; the same in every episode."""
_USER: Final = "1000"
_SYSTEM: Final = (
    *("/usr", "/etc", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/opt"),
    "/var/cache/fontconfig",  # without it every program spends seconds on looking at all fonts
)
_PROBE_SECONDS: Final = 10.0


@cache
def is_available() -> bool:
    """Whether bubblewrap is installed and the kernel lets it make what it needs."""
    if shutil.which("bwrap") is None:
        return False
    try:
        probe = subprocess.run(
            [*_isolation(), "true"], capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return probe.returncode == 0


def sandboxed(argv: Sequence[str], *, home: Path, shared: Sequence[Path]) -> list[str]:
    """The command that runs ``argv`` with ``home`` as its home, ``shared`` paths, and no network.

    The programs of the system can be read; of the rest of the file system nothing is there.
    """
    binds: list[str] = []
    for path in shared:
        binds += ["--bind", str(path), str(path)]
    return [*_isolation(), "--bind", str(home), HOME, "--chdir", HOME, *binds, "--", *argv]


@cache
def _isolation() -> tuple[str, ...]:
    # As another user even where hrlctl runs as root: some programs warn about that on the screen.
    options = ["bwrap", "--die-with-parent", "--unshare-user", "--unshare-pid", "--unshare-net"]
    options += ["--unshare-uts", "--uid", _USER, "--gid", _USER]
    for path in _SYSTEM:
        if os.path.islink(path):
            options += ["--symlink", os.readlink(path), path]
        elif os.path.isdir(path):
            options += ["--ro-bind", path, path]
    options += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run"]
    return (*options, "--tmpfs", "/home")
