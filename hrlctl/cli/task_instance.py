"""Which episode is meant: the argument and options that ``tasks show`` and ``tasks demo`` share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast, get_args, overload

import typer

from hrlctl.cli.completers import complete_task
from hrlctl.errors import UnknownNameError, UsageError
from hrlctl.packs.files import load_task_file
from hrlctl.packs.instances import Instance, Task, draw_instance
from hrlctl.packs.registry import load_packs
from hrlctl.schema.base import Split
from hrlctl.schema.setup import DesktopKind

TaskArgument = Annotated[
    str,
    typer.Argument(
        metavar="PACK/TASK", help="As 'tasks list' shows it.", autocompletion=complete_task
    ),
]
InstanceOption = Annotated[
    int, typer.Option(min=0, max=2**31 - 1, help="Same number, same episode.")
]
SetOption = Annotated[
    str,
    typer.Option(
        "--set",
        metavar="training|seeds|words|themes",
        help="Drawn as for training, or as a held-out set.",
        autocompletion=lambda: [split.value for split in Split],
    ),
]
FileOption = Annotated[
    Path | None,
    typer.Option(
        "--tasks", metavar="FILE", help="A task of this YAML or JSON file, not of a pack."
    ),
]


DesktopOption = Annotated[
    str,
    typer.Option(
        "--desktop",
        metavar="sim|x11",
        help="The simulator, or real programs on a private display.",
        autocompletion=lambda: list(get_args(DesktopKind)),
    ),
]


@overload
def desktop_kind(name: str) -> DesktopKind: ...
@overload
def desktop_kind(name: None) -> None: ...
@overload
def desktop_kind(name: str | None) -> DesktopKind | None: ...
def desktop_kind(name: str | None) -> DesktopKind | None:
    """The desktop of this name.

    Raises:
        UnknownNameError: there is none.
    """
    if name is None:
        return None
    for kind in get_args(DesktopKind):
        if kind == name:
            return cast(DesktopKind, kind)
    if name == "native":
        raise UsageError(
            "nothing can put your own screen into an initial state, or knows what is on it",
            where="--desktop native",
            hint="hrlctl run alone acts on it",
        )
    raise UnknownNameError("desktop", name, get_args(DesktopKind), where="--desktop")


def find_task(task_id: str, file: Path | None = None) -> Task:
    """The task of this id, from ``file`` or else from the installed packs.

    Raises:
        UnknownNameError: there is none.
        PackError: the file or the task's pack is broken.
    """
    if file is not None:
        known = {task.id: task for task in load_task_file(file)}
        if task_id not in known:
            raise UnknownNameError("task", task_id, known, where=str(file))
        return known[task_id]
    registry = load_packs()
    pack = task_id.partition("/")[0]
    if pack in {broken.name for broken in registry.broken}:
        registry.tasks(pack=pack)  # says why it is broken
    return registry.task(task_id)


def draw(task: Task, number: int, split: str) -> Instance:
    """Instance ``number`` of ``task`` in the set that the user named.

    Raises:
        UnknownNameError: there is no such set.
        TaskError: the task's parameters cannot be drawn.
    """
    if split not in list(Split):
        raise UnknownNameError("set", split, [known.value for known in Split], where="--set")
    return draw_instance(task, number, Split(split))


def check_suffix(path: Path, suffix: str, option: str) -> None:
    """Refuse a file for ``option`` whose name promises another format.

    Raises:
        UsageError: the name does not end in ``suffix``.
    """
    if path.suffix.lower() != suffix:
        raise UsageError(
            f"{path.name!r} does not end in {suffix}",
            where=option,
            hint=f"for example {path.with_suffix(suffix).name}",
        )
