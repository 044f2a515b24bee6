"""Loading a file of tasks: its schema, its templates, its references, sample instances."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from hrlctl import __version__
from hrlctl.errors import PackError, TaskError, did_you_mean
from hrlctl.packs.diagnosis import diagnose
from hrlctl.packs.documents import Document, read_document
from hrlctl.packs.instances import Instance, Task, draw_instance
from hrlctl.packs.observable import check_observable
from hrlctl.packs.pages import check_pages
from hrlctl.packs.parameters import names_of
from hrlctl.packs.plugins import find_criteria
from hrlctl.packs.templates import references
from hrlctl.schema.base import Split
from hrlctl.schema.criteria import Criterion
from hrlctl.schema.custom_criteria import custom_context
from hrlctl.schema.pack import PackInfo
from hrlctl.schema.setup import LauncherSetup, Setup, WindowSetup
from hrlctl.schema.task import OneOfParameter, OracleStep, SumParameter, TaskFile, TaskSpec

_CRITERION: TypeAdapter[Criterion] = TypeAdapter(Criterion)
_ORACLE: TypeAdapter[tuple[OracleStep, ...]] = TypeAdapter(tuple[OracleStep, ...])


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """A sound file of tasks."""

    info: PackInfo
    tasks: tuple[Task, ...]


def load_task_file(path: Path) -> tuple[Task, ...]:
    """The tasks of a loose file; their ids begin with the pack's name, else the file's.

    Raises:
        PackError: anything is wrong with it; names the file and the line.
    """
    return load_file(path).tasks


def load_file(path: Path) -> LoadedFile:
    """A file of tasks with its description.

    Raises:
        PackError: anything is wrong with it; names the file and the line.
    """
    document = read_document(path)
    _check_version(document)
    find_custom = cache(find_criteria)  # looked for once, and only if a task names one
    context = custom_context(find_custom)
    try:
        content = TaskFile.model_validate(document.value, context=context)
    except ValidationError as error:
        raise diagnose(error, document, TaskFile, find_custom) from None
    info = content.pack or PackInfo(name=_pack_name(path))
    counts = Counter(str(spec.id) for spec in content.tasks)
    if twice := next((name for name, count in counts.items() if count > 1), None):
        places = [
            document.where(("tasks", index))
            for index, spec in enumerate(content.tasks)
            if str(spec.id) == twice
        ]
        raise PackError(
            f"two tasks have the id {twice!r}", where=places[1], hint=f"the first is at {places[0]}"
        )
    tasks = tuple(
        _task(spec, info.name, document, index, context) for index, spec in enumerate(content.tasks)
    )
    return LoadedFile(info, tasks)


def _check_version(document: Document) -> None:
    """Whether this hrlctl is new enough, before it finds keys that a later one knows."""
    pack = document.value.get("pack") if isinstance(document.value, dict) else None
    needed = pack.get("needs_hrlctl") if isinstance(pack, dict) else None
    if isinstance(needed, str) and _parts(needed) > _parts(__version__):
        raise PackError(
            f"it needs hrlctl {needed} or a later one, this is {__version__}",
            where=document.where(("pack", "needs_hrlctl")),
            hint="install a later hrlctl, or an earlier version of the pack",
        )


def _parts(version: str) -> tuple[int, ...]:
    """Numbers that compare as versions do."""
    return tuple(int(number) for number in re.findall(r"[0-9]{1,9}", version))


def _pack_name(path: Path) -> str:
    return re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()).strip("_-") or "tasks"


def _task(
    spec: TaskSpec, pack: str, document: Document, index: int, context: dict[str, Any]
) -> Task:
    where = f"{document.where(('tasks', index))}, task {pack}/{spec.id}"
    _check_references(spec, document, index)
    try:
        check_observable(spec)
    except TaskError as error:
        raise TaskError(error.message, where=where, hint=error.hint) from None
    task = Task(spec, pack, where)
    try:
        # The other sets draw no other values than these two.
        for split in (Split.TRAINING, Split.WORDS):
            _check_instance(draw_instance(task, 0, split), context)
    except TaskError as error:
        raise TaskError(error.message, where=where, hint=error.hint) from None
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in fault["loc"])
        raise TaskError(
            f"a drawn instance is not valid: {key}: {fault['msg']}",
            where=where,
            hint="look at the values of the parameters that stand there",
        ) from None
    return task


def _check_references(spec: TaskSpec, document: Document, index: int) -> None:
    known = names_of(spec.parameters)
    above: set[str] = set()
    for name, parameter in spec.parameters.items():
        if not re.fullmatch(r"[a-z_][a-z0-9_]*", name):
            raise TaskError(
                f"{name!r} cannot be a parameter's name",
                where=document.where(("tasks", index, "parameters", name)),
                hint="use lower-case letters, digits and underscores",
            )
        parts = parameter.of if isinstance(parameter, SumParameter | OneOfParameter) else ()
        if missing := set(parts) - above:
            raise TaskError(
                f"the parameter {name!r} needs {min(missing)!r} to stand above it",
                where=document.where(("tasks", index, "parameters", name)),
            )
        above.add(name)
    for key in ("instruction", "setup", "success_criteria", "milestones", "oracle"):
        for name in references(getattr(spec, key)):
            if name not in known:
                raise TaskError(
                    f"the template '{{{name}}}' names no parameter",
                    where=document.where(("tasks", index, key)),
                    hint=did_you_mean(name, known) or "declare it under 'parameters'",
                )


def _check_instance(instance: Instance, context: dict[str, Any]) -> None:
    """Validate what the templates gave; the values of parameters may fit nowhere."""
    Setup.model_validate(instance.setup.model_dump(warnings=False))
    check_pages(instance.setup.pages)
    facts = [instance.success, *(milestone.criterion for milestone in instance.milestones)]
    for fact in facts:
        _CRITERION.validate_python(fact.model_dump(warnings=False), context=context)
    _ORACLE.validate_python(
        [step.model_dump(by_alias=True, warnings=False) for step in instance.oracle]
    )
    paths = [path for fact in facts for path in _paths(fact)]
    _check_paths(instance.setup, paths)


def _check_paths(setup: Setup, others: list[str]) -> None:
    """Make sure that all paths stay at home, and that none is both a file and a folder."""
    programs: list[LauncherSetup | WindowSetup] = [*setup.launchers, *setup.windows]
    shown = [program.path for program in programs if program.path]
    for path in (*setup.files, *setup.folders, *shown, *others):
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or re.search(r"[\\\0:]|^~.", path):
            raise TaskError(
                f"the path {path!r} leaves the episode's home folder",
                hint="write it relative to the home folder, such as 'Documents/note.txt'",
            )
    folders = {*setup.folders}
    for path in (*setup.files, *setup.folders):
        folders |= {str(parent) for parent in PurePosixPath(path).parents}
    if both := folders & setup.files.keys():
        raise TaskError(f"the path {min(both)!r} is both a file and a folder")
    for program in programs:
        if program.program == "file_manager" and program.path and program.path not in folders:
            raise TaskError(
                f"a file manager shows {program.path!r}, which is no folder of the setup",
                hint="name it under 'folders', or leave 'path' out for the home folder",
            )


def _paths(value: object) -> Iterator[str]:
    if isinstance(value, BaseModel):
        for name, item in value.__dict__.items():
            if name == "path" and isinstance(item, str):
                yield item
            else:
                yield from _paths(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from _paths(item)


def names_a_file(name: str) -> bool:
    """Whether ``name``, where a file or a pack may be given, means a file of tasks."""
    return Path(name).suffix.lower() in (".yaml", ".yml", ".json") or Path(name).is_file()
