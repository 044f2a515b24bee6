"""Which device a network runs on, by the name that a user gives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import torch

from hrlctl.errors import UnknownNameError, UsageError

_NAMES: Final = ("auto", "cpu", "cuda")
_CUDA: Final = re.compile(r"cuda(?::(\d+))?")


def resolve_device(name: str) -> torch.device:
    """The device called ``auto``, ``cpu``, ``cuda`` or ``cuda:N``, without regard to case.

    ``auto`` is the first CUDA device where there is one, and the CPU elsewhere.

    Raises:
        UnknownNameError: there is no device of that name.
        UsageError: it is a CUDA device that this machine, or this build of torch, does not have.
    """
    wanted = name.strip().lower()
    if wanted == "cpu":
        return torch.device("cpu")
    if wanted == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    match = _CUDA.fullmatch(wanted)
    if match is None:
        raise UnknownNameError("device", name, _NAMES)
    if not torch.cuda.is_available():
        why = (
            "no GPU that its driver can use"
            if torch.version.cuda
            else "a build of torch without CUDA"
        )
        raise UsageError(
            f"device {name!r} was asked for, but this machine has {why}",
            hint="use the device 'cpu', or 'auto' to take whatever there is",
        )
    count = torch.cuda.device_count()
    if match[1] is not None and int(match[1]) >= count:
        raise UsageError(
            f"there is no device {name!r}: this machine has {count} CUDA device(s)",
            hint=f"the last one is 'cuda:{count - 1}'",
        )
    return torch.device(wanted)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread, as workers do: sums then come out the same everywhere."""
    with threads(1):
        yield


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let torch compute with ``count`` threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
