"""How torchrun has started this process: alone, or as one of several of a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hrlctl.errors import UsageError

_SET_BY_TORCHRUN: Final = ("WORLD_SIZE", "RANK", "MASTER_ADDR", "MASTER_PORT")


def process_count(environ: Mapping[str, str]) -> int:
    """How many processes the run has, this one included.

    Args:
        environ: WORLD_SIZE, RANK, MASTER_ADDR and MASTER_PORT, as torchrun sets them.

    Raises:
        UsageError: WORLD_SIZE asks for several, and another one is missing; or one is no number.
    """
    count = environ.get("WORLD_SIZE") or "1"
    if count in ("0", "1"):
        return 1
    if missing := [name for name in _SET_BY_TORCHRUN if name not in environ]:
        raise UsageError(
            f"WORLD_SIZE asks for several processes, but {', '.join(missing)} is not set",
            hint="start them with torchrun, or unset WORLD_SIZE",
        )
    for name in ("WORLD_SIZE", "RANK", "MASTER_PORT"):
        if not environ[name].isdecimal():
            raise UsageError(
                f"{environ[name]!r} is no number",
                where=name,
                hint="torchrun sets it; unset WORLD_SIZE to train with one process",
            )
    return int(count)
