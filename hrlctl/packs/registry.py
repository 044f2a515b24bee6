"""The packs that are installed and their tasks; a broken pack never harms the others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hrlctl.errors import PackError, UnknownNameError
from hrlctl.packs.discovery import FoundPack, find_packs, reason_of
from hrlctl.packs.files import load_file
from hrlctl.packs.instances import Task
from hrlctl.schema.base import Difficulty
from hrlctl.schema.pack import PackInfo


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that works."""

    name: str
    distribution: str
    version: str
    info: PackInfo
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class BrokenPack:
    """A pack that cannot be used, and why, in one line."""

    name: str
    distribution: str
    reason: str


class Registry:
    """Loaded packs.

    Args:
        packs: those that work.
        broken: those that do not.
    """

    def __init__(self, packs: Sequence[Pack], broken: Sequence[BrokenPack] = ()) -> None:
        self.packs: tuple[Pack, ...] = tuple(packs)
        self.broken: tuple[BrokenPack, ...] = tuple(broken)
        self._tasks = {task.id: task for pack in packs for task in pack.tasks}

    @property
    def versions(self) -> Mapping[str, str]:
        """Versions of the packs that work, by name."""
        return {pack.name: pack.version for pack in self.packs}

    def task(self, task_id: str) -> Task:
        """The task of this id.

        Raises:
            UnknownNameError: there is none.
        """
        if task_id not in self._tasks:
            raise UnknownNameError("task", task_id, self._tasks)
        return self._tasks[task_id]

    def tasks(
        self,
        *,
        pack: str | None = None,
        difficulty: Difficulty | None = None,
        ids: Sequence[str] = (),
    ) -> tuple[Task, ...]:
        """The tasks of a pack, a difficulty, or of these ids; all that are given must hold.

        Raises:
            UnknownNameError: no such pack or task.
            PackError: the named pack is broken.
        """
        if pack is not None:
            self._check_pack(pack)
        chosen = [self.task(task_id) for task_id in ids] if ids else list(self._tasks.values())
        return tuple(
            task
            for task in chosen
            if pack in (None, task.pack) and difficulty in (None, task.difficulty)
        )

    def _check_pack(self, name: str) -> None:
        for broken in self.broken:
            if broken.name == name:
                raise PackError(f"the pack is broken: {broken.reason}", where=name)
        if name not in self.versions:
            raise UnknownNameError("pack", name, self.versions)


def load_packs(names: Sequence[str] | None = None) -> Registry:
    """Load the named packs, or all that are installed.

    Without ``names`` a broken pack ends up in ``Registry.broken``; a named one must work.

    Raises:
        UnknownNameError: a named pack is not installed.
        PackError: a named pack is broken.
    """
    found = defaultdict(list)
    for candidate in find_packs():
        found[candidate.name].append(candidate)
    for name in names or ():
        if name not in found:
            raise UnknownNameError("pack", name, found)
    packs, broken = [], []
    for name, candidates in found.items():
        if names and name not in names:
            continue
        result = _load(candidates)
        if isinstance(result, Pack):
            packs.append(result)
        elif names:
            raise PackError(f"the pack is broken: {result.reason}", where=name)
        else:
            broken.append(result)
    return Registry(packs, broken)


def _load(candidates: Sequence[FoundPack]) -> Pack | BrokenPack:
    """Load one pack. A pack is somebody else's code: whatever it raises is its reason."""
    found = candidates[0]
    if len(candidates) > 1:
        distributions = " and ".join(candidate.distribution for candidate in candidates)
        return BrokenPack(
            found.name, distributions, f"{distributions} both install a pack of this name"
        )
    try:
        content = load_file(found.file())
        if content.info.name != found.name:
            raise PackError(f"its file calls it {content.info.name!r}")
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return BrokenPack(found.name, found.distribution, reason_of(error))
    return Pack(found.name, found.distribution, found.version, content.info, content.tasks)
