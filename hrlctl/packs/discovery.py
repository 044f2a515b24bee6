"""Finding packs and plug-ins through entry points. Nothing is imported to find it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from hrlctl.errors import HrlctlError, PackError

OWN_GROUPS: Final = "hrlctl."
GROUP_OF_ALL_VERSIONS: Final = f"{OWN_GROUPS}task_packs."
ENTRY_POINT_GROUP: Final = f"{GROUP_OF_ALL_VERSIONS}v1"
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
    fault: str = ""  # why nothing more is known of it

    def file(self) -> Path:
        """The pack's file.

        An entry point names a package that holds ``pack.yaml``, or ``module:attribute``, a path or
        a function that returns one. Only the latter is imported.

        Raises:
            PackError: there is none.
            BaseException: whatever the pack's own code raises.
        """
        if self.fault:
            raise PackError(self.fault)
        if self.entry_point.pattern.match(self.entry_point.value) is None:
            raise PackError(f"its entry point names no module: {self.entry_point.value!r}")
        group = self.entry_point.group
        if group != ENTRY_POINT_GROUP:
            raise PackError(
                f"it is for another version of hrlctl's pack interface ({group}), "
                f"this hrlctl knows {ENTRY_POINT_GROUP}"
            )
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
    """All installed packs by name; with ``HRLCTL_DISABLE_PACKS=1`` only those of this package.

    A distribution that registers a pack for several versions of the interface is found once, with
    the version that is known here; one for other versions alone is found, and has no file.
    """
    points, unreadable = _read_installed()
    packs = [point for point in points if point.group.startswith(GROUP_OF_ALL_VERSIONS)]
    known = [point for point in packs if point.group == ENTRY_POINT_GROUP]
    others = [point for point in packs if point.group != ENTRY_POINT_GROUP]
    found = {
        (point.name, origin_of(point)[0]): FoundPack(point.name, *origin_of(point), point)
        for point in (*_distinct(others, environment), *_distinct(known, environment))
    }
    if not _only_own(environment):
        found |= {(pack.name, pack.distribution): pack for pack in unreadable}
    return tuple(found[key] for key in sorted(found))


def find_entry_points(
    group: str, environment: Mapping[str, str] | None = None
) -> tuple[EntryPoint, ...]:
    """The entry points of a group by name and distribution, each once; heeds the same variable."""
    points, _ = _read_installed()
    return _distinct((point for point in points if point.group == group), environment)


def _read_installed() -> tuple[list[EntryPoint], list[FoundPack]]:
    """What is registered for hrlctl, and what stands for lists of entry points that are none.

    ``importlib.metadata.entry_points`` does it in one call, which one such list ends.
    """
    points: list[EntryPoint] = []
    unreadable: list[FoundPack] = []
    for distribution in distributions():
        try:
            points += [p for p in distribution.entry_points if p.group.startswith(OWN_GROUPS)]
        except Exception as error:  # somebody else's file
            if _may_be_for_us(distribution):
                name, version = _identity(distribution)
                fault = f"its entry points cannot be read: {reason_of(error)}"
                nothing = EntryPoint(name, "", ENTRY_POINT_GROUP)
                unreadable.append(FoundPack(name, name, version, nothing, fault))
    return points, unreadable


def _may_be_for_us(distribution: Distribution) -> bool:
    try:
        return OWN_GROUPS in (distribution.read_text("entry_points.txt") or "")
    except Exception:  # nobody can tell
        return True


def _distinct(
    points: Iterable[EntryPoint], environment: Mapping[str, str] | None
) -> tuple[EntryPoint, ...]:
    only_own = _only_own(environment)
    found: dict[tuple[str, str], EntryPoint] = {}
    for point in points:
        distribution, _ = origin_of(point)
        if not only_own or distribution == OWN_DISTRIBUTION:
            # One distribution can be listed twice, as when it stands on the path two times.
            found.setdefault((point.name, distribution), point)
    return tuple(found[key] for key in sorted(found))


def _only_own(environment: Mapping[str, str] | None) -> bool:
    settings = os.environ if environment is None else environment
    return settings.get(DISABLE_VARIABLE, "").strip().lower() in ("1", "true", "yes", "on")


def origin_of(point: EntryPoint) -> tuple[str, str]:
    """Name and version of the distribution that registers an entry point."""
    return _identity(point.dist) if point.dist else ("unknown", "0")


def _identity(distribution: Distribution) -> tuple[str, str]:
    """Name and version, also where its metadata lacks them."""
    return distribution.name or "unknown", distribution.version or "0"


def reason_of(error: BaseException) -> str:
    """What somebody else's code raised, in one line."""
    if isinstance(error, HrlctlError):
        return f"{error.where}: {error.message}" if error.where else error.message
    text = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
