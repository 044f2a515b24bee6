"""A new project for a pack: an installable Python package with two tasks to start from."""

from __future__ import annotations

import keyword
import re
import sys
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from typing import Final

from hrlctl import __version__
from hrlctl.errors import StorageError, UsageError
from hrlctl.packs.discovery import PACK_FILE, find_packs

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}[a-z0-9]")
_TEMPLATES: Final = {
    "pyproject.toml": "pyproject.toml.template",
    "README.md": "README.md.template",
    "{name}/__init__.py": "init.py.template",
    f"{{name}}/{PACK_FILE}": "pack.yaml.template",
    "tests/test_pack.py": "test_pack.py.template",
}


def create_pack_project(name: str, parent: Path) -> tuple[Path, ...]:
    """Write a project for the pack ``name`` into the new folder ``parent / name``.

    The name is the pack's, the package's and the distribution's.

    Returns:
        The files that were written.

    Raises:
        UsageError: the name cannot be one of a package or is taken, or the folder exists.
        StorageError: the folder cannot be written.
    """
    _check_name(name)
    folder = parent / name
    if not folder.exists():  # else the folder is what the user has to hear of
        _check_is_free(name)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise UsageError(
            "there is something of this name already",
            where=str(folder),
            hint="choose another name or --directory; nothing was written",
        ) from None
    except OSError as error:
        raise StorageError(f"cannot be made: {error.strerror}", where=str(folder)) from None
    return tuple(
        _write(folder / target.format(name=name), _filled(template, name))
        for target, template in _TEMPLATES.items()
    )


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise UsageError(
            f"{name!r} cannot be the name of a pack",
            where="tasks new",
            hint=f"begin with a letter, go on with lower-case letters, digits and underscores, "
            f"for example {_usable(name)!r}",
        )


def _usable(name: str) -> str:
    """The nearest name that can be used."""
    words = re.findall(r"[a-z0-9]+", name.lower())
    cleaned = "_".join(words).lstrip("0123456789_")[:50].rstrip("_")
    is_usable = _NAME.fullmatch(cleaned) and not keyword.iskeyword(cleaned)
    return cleaned if is_usable else f"{cleaned or 'my'}_tasks"


def _check_is_free(name: str) -> None:
    """Refuse what would hide a module or make two packs of one name, which are both broken."""
    is_module = name in sys.stdlib_module_names or find_spec(name) is not None
    if is_module or name in {found.name for found in find_packs()}:
        raise UsageError(
            f"{name!r} is the name of an installed package or pack",
            where="tasks new",
            hint=f"choose another one, for example {name + '_tasks'!r}",
        )


def _filled(template: str, name: str) -> str:
    text = (files("hrlctl.packs") / "new_pack" / template).read_text(encoding="utf-8")
    return Template(text).substitute(name=name, version=__version__)


def _write(path: Path, text: str) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"cannot be written: {error.strerror}", where=str(path)) from None
    return path
