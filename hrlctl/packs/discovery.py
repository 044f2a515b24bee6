"""Finding packs through entry points. Nothing of a pack is imported to find it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from hrlctl.errors import PackError

ENTRY_POINT_GROUP: Final = "hrlctl.task_packs.v1"
PACK_FILE: Final = "pack.yaml"
DISABLE_VARIABLE: Final = "HRLCTL_DISABLE_PACKS"
OWN_DISTRIBUTION: Final = "hrlctl"


@dataclass(frozen=True, slots=True)
class FoundPack:
    """An entry point that says where a pack is."""

    name: str
    distribution: str
    version: str
    entry_point: EntryPoint

    def file(self) -> Path:
        """The pack's file.

        An entry point names a package that holds ``pack.yaml``, or ``module:attribute``, a path or
        a function that returns one. Only the latter is imported.

        Raises:
            PackError: there is none.
            BaseException: whatever the pack's own code raises.
        """
        if self.entry_point.attr:
            answer = self.entry_point.load()
            answer = answer() if callable(answer) else answer
            if not isinstance(answer, str | os.PathLike):
                raise PackError(f"its entry point gave {type(answer).__name__}, not a path")
            return Path(answer)
        spec = find_spec(self.entry_point.module)
        folders = spec.submodule_search_locations if spec else None
        for folder in folders or ():
            if (path := Path(folder) / PACK_FILE).is_file():
                return path
        raise PackError(f"the package {self.entry_point.module!r} holds no {PACK_FILE}")


def find_packs(environment: Mapping[str, str] | None = None) -> tuple[FoundPack, ...]:
    """All installed packs by name; with ``HRLCTL_DISABLE_PACKS=1`` only those of this package."""
    settings = os.environ if environment is None else environment
    only_own = settings.get(DISABLE_VARIABLE, "").strip().lower() in ("1", "true", "yes", "on")
    found = {}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        distribution = point.dist.name if point.dist else "unknown"
        version = point.dist.version if point.dist else "0"
        if not only_own or distribution == OWN_DISTRIBUTION:
            # One distribution can be listed twice, as when it stands on the path two times.
            found[point.name, distribution] = FoundPack(point.name, distribution, version, point)
    return tuple(found[key] for key in sorted(found))
