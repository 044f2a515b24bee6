"""The files and folders below the home folder of an episode."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from pathlib import PurePosixPath
from typing import Final, NamedTuple

HOME: Final = ""
"""The path of the home folder; all others are relative to it."""
_LONGEST_NAME = 40
_TEXT_SUFFIXES = frozenset({"", ".txt", ".md", ".csv", ".log"})


class FileProblem(Exception):
    """Something cannot be done to a file; the message says why, for a dialog."""


class Entry(NamedTuple):
    """A file or a folder in its folder."""

    name: str
    path: str
    is_folder: bool

    @property
    def is_text(self) -> bool:
        """Whether a text editor opens it."""
        return not self.is_folder and PurePosixPath(self.name).suffix.lower() in _TEXT_SUFFIXES


class Transfer(NamedTuple):
    """A file or folder that was cut or copied, to be pasted."""

    path: str
    is_cut: bool


def folder_of(path: str) -> str:
    """The folder that ``path`` lies in."""
    return path.rpartition("/")[0]


def name_of(path: str) -> str:
    """The last part of ``path``."""
    return path.rpartition("/")[2]


def joined(folder: str, name: str) -> str:
    """The path of ``name`` in ``folder``."""
    return f"{folder}/{name}" if folder else name


def is_name(name: str) -> bool:
    """Whether a file or a folder can be called ``name``."""
    return (
        name == name.strip() != ""
        and name not in (".", "..", "~")
        and len(name) <= _LONGEST_NAME
        and not any(letter in "/\\:\n\0" for letter in name)
    )


class FileSystem(MutableMapping[str, str]):
    """The files, a mapping from paths to contents, and the folders that they are in.

    Writing a file makes the folders on its way. Names are compared letter by letter.

    Args:
        changed: called after every change.

    Attributes:
        contents: the files as a plain mapping; read only.
        folders: the paths of all folders but home; read only.
    """

    __slots__ = ("_changed", "contents", "folders")

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self._changed = changed
        self.contents: dict[str, str] = {}
        self.folders: set[str] = set()

    def __getitem__(self, path: str) -> str:
        return self.contents[path]

    def __setitem__(self, path: str, text: str) -> None:
        self._make_folders(folder_of(path))
        self.contents[path] = text
        self._changed()

    def __delitem__(self, path: str) -> None:
        del self.contents[path]
        self._changed()

    def __iter__(self) -> Iterator[str]:
        return iter(self.contents)

    def __len__(self) -> int:
        return len(self.contents)

    def fill(self, files: Iterable[tuple[str, str]], folders: Iterable[str]) -> None:
        """Put in what is there when an episode begins."""
        for path in folders:
            self._make_folders(path)
        for path, text in files:
            self[path] = text

    def _make_folders(self, path: str) -> None:
        while path and path not in self.folders:
            self.folders.add(path)
            path = folder_of(path)

    # What is there.

    def has_folder(self, path: str) -> bool:
        """Whether ``path`` is a folder; home is one."""
        return path == HOME or path in self.folders

    def exists(self, path: str) -> bool:
        """Whether there is a file or a folder at ``path``."""
        return path in self.contents or self.has_folder(path)

    def can_be_written(self, path: str) -> bool:
        """Whether a file can be saved at ``path``: in a folder that is there, not over a folder."""
        return (
            self.has_folder(folder_of(path))
            and is_name(name_of(path))
            and not self.has_folder(path)
        )

    def entries(self, folder: str) -> tuple[Entry, ...]:
        """What lies in ``folder``: folders first, each sorted by name."""
        found = [
            Entry(name_of(path), path, is_folder)
            for paths, is_folder in ((self.folders, True), (self.contents, False))
            for path in paths
            if folder_of(path) == folder
        ]
        return tuple(sorted(found, key=lambda e: (not e.is_folder, e.name.lower(), e.name)))

    # Changes.

    def make_folder(self, folder: str) -> str:
        """Make a folder in ``folder``, named "New folder" or with a number; returns its path."""
        path = self._free(folder, "New folder")
        self._make_folders(path)
        self._changed()
        return path

    def rename(self, path: str, name: str) -> str:
        """Call what is at ``path`` ``name``; returns its new path.

        Raises:
            FileProblem: the name cannot be used or is taken.
        """
        if not is_name(name):
            raise FileProblem(f"{name} is no name." if name else "A name is needed.")
        return self._transferred(path, joined(folder_of(path), name))

    def move(self, path: str, folder: str) -> str:
        """Put what is at ``path`` into ``folder``; returns its new path.

        Raises:
            FileProblem: it is gone, its name is taken there, or the folder lies in itself.
        """
        self._check(path, folder)
        return self._transferred(path, joined(folder, name_of(path)))

    def copy(self, path: str, folder: str) -> str:
        """Put a copy of what is at ``path`` into ``folder``; returns the copy's path.

        A copy beside its original gets a number.

        Raises:
            FileProblem: it is gone, its name is taken there, or the folder lies in itself.
        """
        self._check(path, folder)
        target = joined(folder, name_of(path))
        if folder == folder_of(path):
            suffix = "" if self.has_folder(path) else PurePosixPath(path).suffix
            target = self._free(folder, name_of(path).removesuffix(suffix), suffix)
        elif self.exists(target):
            raise _taken(target)
        for old, new in self._pairs(path, target):
            if old in self.folders:
                self._make_folders(new)
            else:
                self.contents[new] = self.contents[old]
        self._changed()
        return target

    def delete(self, path: str) -> None:
        """Remove what is at ``path``, a folder with everything in it."""
        for old, _ in self._pairs(path, path):
            self.contents.pop(old, None)
            self.folders.discard(old)
        self._changed()

    def _check(self, path: str, folder: str) -> None:
        """Make sure that ``path`` can be put into ``folder``."""
        if not self.exists(path):
            raise FileProblem(f"{name_of(path)} is gone.")
        if f"{folder}/".startswith(f"{path}/"):
            raise FileProblem("A folder cannot be put into itself.")

    def _transferred(self, path: str, target: str) -> str:
        if target == path:
            return path
        if self.exists(target):
            raise _taken(target)
        for old, new in self._pairs(path, target):
            if old in self.folders:
                self.folders.remove(old)
                self.folders.add(new)
            else:
                self.contents[new] = self.contents.pop(old)
        self._changed()
        return target

    def _pairs(self, path: str, target: str) -> list[tuple[str, str]]:
        """``path`` and everything below it, with where they would be below ``target``."""
        return [
            (old, target + old[len(path) :])
            for old in (*self.folders, *self.contents)
            if old == path or old.startswith(f"{path}/")
        ]

    def _free(self, folder: str, stem: str, suffix: str = "") -> str:
        """The first of "stem", "stem 2" and so on, with ``suffix``, that is free in ``folder``."""
        path, number = joined(folder, stem + suffix), 1
        while self.exists(path):
            number += 1
            path = joined(folder, f"{stem} {number}{suffix}")
        return path


def _taken(path: str) -> FileProblem:
    return FileProblem(f"There is a {name_of(path)} already.")
