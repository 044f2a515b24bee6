"""What the shell is offered where only the machine knows: tasks, packs, runs and models.

Nothing that takes long is imported before it is needed: these answer while somebody waits.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from hrlctl.cache import cache_folder

PRETRAINED: Final = "pretrained"
"""The name of the model that ships with hrlctl."""

MODEL_SUFFIXES: Final = (".pt", ".onnx", ".safetensors")


def complete_task(incomplete: str) -> Iterator[str]:
    """The ids of installed tasks."""
    return (name for name in _installed()["tasks"] if name.startswith(incomplete))


def complete_pack(incomplete: str) -> Iterator[str]:
    """The names of installed packs."""
    return (name for name in _installed()["packs"] if name.startswith(incomplete))


def complete_run(incomplete: str) -> Iterator[str]:
    """The names of the runs in the usual folder."""
    runs = sorted(record.parent.name for record in Path("logs").glob("*/run.json"))
    return (name for name in runs if name.startswith(incomplete))


def complete_model(incomplete: str) -> Iterator[str]:
    """The shipped model, and the models in the folder that was typed or in the usual one.

    Where there is none the shell completes folders and files by itself.
    """
    if PRETRAINED.startswith(incomplete):
        yield PRETRAINED
    head, slash, _ = incomplete.rpartition("/")
    folders = [head + slash] if slash else ["", "checkpoints/"]
    for folder in folders:
        for name in sorted(os.listdir(folder or ".")) if os.path.isdir(folder or ".") else ():
            path = folder + name
            if path.startswith(incomplete) and name.endswith(MODEL_SUFFIXES) and name[0] != ".":
                yield path


def _installed() -> dict[str, Any]:
    """``tasks`` and ``packs``, remembered until a package is installed or a pack's file changes."""
    try:
        memory = cache_folder() / "completion.json"
    except RuntimeError:  # nobody's home
        return _found()
    try:
        known = json.loads(memory.read_text(encoding="utf-8"))
        if known["of"] == _state(known["of"]["files"]):
            return known  # type: ignore[no-any-return]
    except (OSError, ValueError, TypeError, KeyError):
        pass  # not there yet, or written by another version
    known = _found()
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=memory.parent, delete=False) as file:
            json.dump(known, file)
        os.replace(file.name, memory)
    except OSError:
        pass  # the next completion takes as long as this one
    return known


def _found() -> dict[str, Any]:
    from hrlctl.packs.discovery import find_packs
    from hrlctl.packs.registry import load_packs

    registry = load_packs()
    files = []
    for found in find_packs():
        with suppress(Exception, SystemExit):  # somebody else's code; a broken pack is left out
            files.append(str(found.file()))
    return {
        "of": _state(files),
        "packs": sorted(pack.name for pack in registry.packs),
        "tasks": [task.id for task in registry.tasks()],
    }


def _state(files: Any) -> dict[str, Any]:
    """What the answer depends on: what is installed where, and the packs' files."""
    places = [sys.executable, *sys.path, os.environ.get("HRLCTL_DISABLE_PACKS", "")]
    return {
        "places": [_changed(place) for place in places],
        "files": {f: _changed(f) for f in files},
    }


def _changed(path: str) -> list[str | int]:
    """A path, and when it changed: a package that is installed changes its folder."""
    try:
        status = os.stat(path)
    except OSError:
        return [path]
    return [path, status.st_mtime_ns, status.st_size]
