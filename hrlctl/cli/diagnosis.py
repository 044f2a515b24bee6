"""What ``hrlctl doctor`` looks at: the machine, the packages, the programs, the packs."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, NamedTuple

from hrlctl import __version__

_GIGABYTE = 2**30
_LITTLE_SPACE = 2 * _GIGABYTE


class Finding(NamedTuple):
    """One thing that was looked at.

    ``missing``: something that only some commands need. ``broken``: nothing works without it.
    """

    name: str
    status: Literal["ok", "missing", "broken"]
    found: str
    remedy: str = ""


def examine() -> Iterator[Finding]:
    """Look at everything, the most needed first."""
    yield Finding("hrlctl", "ok", __version__)
    yield _python()
    yield from _torch()
    yield from _packages()
    yield from _display()
    yield from _programs()
    yield from _packs()
    yield from _folders()


def _python() -> Finding:
    found = f"{platform.python_version()} ({sys.executable}) on {platform.platform(terse=True)}"
    return Finding("python", "ok", found)


def _torch() -> Iterator[Finding]:
    try:
        import torch
    except ImportError as error:
        yield Finding("torch", "broken", str(error), "pip install torch torchvision")
        return
    yield Finding("torch", "ok", f"{torch.__version__}, {torch.get_num_threads()} threads")
    if torch.cuda.is_available():
        yield Finding("device", "ok", f"cuda: {torch.cuda.get_device_name()}")
    else:
        yield Finding("device", "ok", "cpu; no CUDA device was found")
    from hrlctl.training.machine import remembered

    measured = list(remembered())
    for key, found in measured:
        best = f"{found.precision}, {found.threads} threads, {found.steps_per_second} steps/s"
        yield Finding("fastest", "ok", f"{best.replace('off', 'float32')} ({key})")
    if not measured:
        yield Finding("fastest", "ok", "not measured yet: the first training does it")


def _packages() -> Iterator[Finding]:
    for name in ("gymnasium", "numpy", "pydantic", "tensorboard", "torchvision"):
        try:
            yield Finding(name, "ok", version(name))
        except PackageNotFoundError:
            yield Finding(name, "broken", "not installed", f"pip install {name}")
    for package, module, extra in (
        ("onnxruntime", "onnxruntime", "export"),
        ("onnx", "onnx", "export"),
        ("onnxscript", "onnxscript", "export"),
        ("safetensors", "safetensors", "export"),
        ("fastapi", "fastapi", "serve"),
        ("uvicorn", "uvicorn", "serve"),
        ("prometheus-client", "prometheus_client", "serve"),
        ("python-multipart", "python_multipart", "serve"),
        ("pyarrow", "pyarrow", "parquet"),
        ("imageio-ffmpeg", "imageio_ffmpeg", "video"),
        ("mss", "mss", "x11"),
        ("python-xlib", "Xlib", "x11"),
        ("pyautogui", "pyautogui", "native"),
        ("ray", "ray", "ray"),
    ):
        if find_spec(module) is None:
            yield Finding(package, "missing", "not installed", f"pip install 'hrlctl[{extra}]'")
            continue
        try:
            yield Finding(package, "ok", version(package))
        except PackageNotFoundError:  # its module comes from another package
            yield Finding(package, "missing", "not installed", f"pip install 'hrlctl[{extra}]'")


def _display() -> Iterator[Finding]:
    if find_spec("Xlib") is None or find_spec("mss") is None:
        yield Finding("x11", "missing", "not looked at without mss and python-xlib")
        return
    import Xlib

    from hrlctl.desktop.backends import XLIB_REMEDY, is_sound

    if not is_sound(Xlib.__version__):
        yield Finding("x11", "missing", "python3-Xlib lies over python-xlib", XLIB_REMEDY)
        return
    from hrlctl.desktop.x11 import sandbox
    from hrlctl.desktop.x11.session import REQUIREMENTS

    for each in REQUIREMENTS:
        yield _command(each.command, each.purpose, each.package)
    if sandbox.is_available():
        yield Finding("bubblewrap", "ok", "programs have no network and see only their episode")
    elif shutil.which("bwrap") is None:
        yield Finding(
            "bubblewrap",
            "missing",
            "programs can reach the network and the user's files",
            "apt-get install bubblewrap",
        )
    else:
        yield Finding(
            "bubblewrap",
            "missing",
            "installed, but the kernel refuses it: programs can reach network and files",
            "allow unprivileged user namespaces",
        )


def _programs() -> Iterator[Finding]:
    from hrlctl.desktop.x11.programs import PROGRAMS, installed

    for kind, known in PROGRAMS.items():
        program = installed(kind)
        if program is None:
            names = " or ".join(each.command[0] for each in known)
            yield Finding(kind, "missing", names, f"apt-get install {known[0].package}")
        else:
            yield Finding(kind, "ok", program.command[0])


def _command(command: str, purpose: str, package: str) -> Finding:
    path = shutil.which(command)
    if path is None:
        return Finding(command, "missing", purpose, f"apt-get install {package}")
    return Finding(command, "ok", f"{purpose}, {path}")


def _packs() -> Iterator[Finding]:
    from hrlctl.packs.registry import load_packs

    registry = load_packs()
    for pack in registry.packs:
        count = len(registry.tasks(pack=pack.name))
        yield Finding(f"pack {pack.name}", "ok", f"{count} tasks, version {pack.version}")
    for broken in registry.broken:
        yield Finding(
            f"pack {broken.name}",
            "missing",
            f"broken: {broken.reason}",
            f"hrlctl tasks validate {broken.name}",
        )


def _folders() -> Iterator[Finding]:
    for name in ("checkpoints", "logs"):
        folder = Path(name).absolute()
        existing = next(place for place in (folder, *folder.parents) if place.exists())
        if not os.access(existing, os.W_OK):
            yield Finding(
                name,
                "missing",
                f"{folder} cannot be written",
                f"choose another with --{_OPTIONS[name]}",
            )
            continue
        free = shutil.disk_usage(existing).free
        found = f"{folder}, {free / _GIGABYTE:.0f} GB free"
        if free < _LITTLE_SPACE:
            yield Finding(name, "missing", found, "make room: a checkpoint takes megabytes")
        else:
            yield Finding(name, "ok", found)


_OPTIONS = {"checkpoints": "save-dir", "logs": "log-dir"}
