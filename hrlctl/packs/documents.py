"""Reading YAML and JSON files of tasks, with the line of every value, and nothing executed.

Plain scalars are read by YAML 1.2's core rules: ``on`` and ``yes`` are texts, ``1e-3`` is a number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from hrlctl.errors import PackError

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 40
MAX_VALUES: Final = 50_000

_LOADER: Final = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # ten times as fast where it is built
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")


class Document:
    """A file's values and the lines that they stand in."""

    def __init__(self, path: Path, value: Any, root: yaml.Node | None) -> None:
        self.path, self.value = path, value
        self._root = root

    def where(self, location: Sequence[str | int]) -> str:
        """``file:line`` of the deepest part of ``location`` that stands in the file.

        Parts that are not written in the file (what a shorthand leaves out) are skipped.
        """
        node, line = self._root, None
        for part in location:
            found = _child(node, part)
            if found is not None:
                line, node = found
        return f"{self.path}:{line}" if line is not None else str(self.path)


def read_document(path: Path) -> Document:
    """Read a ``.json`` file as JSON and any other as YAML.

    Raises:
        PackError: the file cannot be read, is too large, not UTF-8, not well formed, nested too
            deeply, holds too many values, or has a key twice or an alias.
    """
    text = _read_text(path)
    if path.suffix.lower() == ".json":
        value = _read_json(text, path)
        try:
            # Only for the lines; a tab may stand wherever JSON allows a space.
            spaced = text.replace("\t", " ")
            _check_shape(spaced, path)
            return Document(path, value, yaml.compose(spaced, Loader=_LOADER))
        except (yaml.YAMLError, RecursionError):
            return Document(path, value, None)
    try:
        _check_shape(text, path)
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise PackError(f"not valid YAML: {error.problem}", where=where) from None
    except (yaml.YAMLError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise PackError(f"not valid YAML: {reason}", where=str(path)) from None
    value = _Values(path).read(root) if root is not None else None
    return Document(path, value, root)


def _read_text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PackError(
                f"larger than {MAX_BYTES // 1_000_000} MB, which no file of tasks needs to be",
                where=str(path),
                hint="split it into several files",
            )
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise PackError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise PackError(
            "not UTF-8 text", where=str(path), hint="save the file with the encoding UTF-8"
        ) from None


def _read_json(text: str, path: Path) -> Any:
    def unique(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, value in pairs:
            if key in values:
                raise PackError(f"the key {key!r} stands twice in one mapping", where=str(path))
            values[key] = value
        return values

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise PackError(f"not valid JSON: {error.msg}", where=f"{path}:{error.lineno}") from None
    except RecursionError:
        raise PackError("the file is nested too deeply", where=str(path)) from None
    except ValueError as error:  # an integer of thousands of digits
        raise PackError(f"not valid JSON: {error}", where=str(path)) from None


def _check_shape(text: str, path: Path) -> None:
    """Refuse too deep nesting and too many values where they are met, before they cost anything."""
    depth = values = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.NodeEvent):
            values += 1
            depth += isinstance(event, yaml.CollectionStartEvent)
        if depth > MAX_DEPTH or values > MAX_VALUES:
            fault = "nested too deeply" if depth > MAX_DEPTH else f"more than {MAX_VALUES:,} values"
            mark = event.start_mark
            raise PackError(fault, where=f"{path}:{mark.line + 1}" if mark else str(path))


class _Values:
    """Turns nodes into values."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: set[int] = set()

    def read(self, node: yaml.Node) -> Any:
        if id(node) in self._seen:
            raise self._error("aliases are not supported: write this out at each place", node)
        self._seen.add(id(node))
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            raise self._error(f"the tag {node.tag!r} is not supported", node)
        if isinstance(node, yaml.ScalarNode):
            return node.value if node.style in ("'", '"', "|", ">") else _scalar(node.value)
        if isinstance(node, yaml.SequenceNode):
            return [self.read(item) for item in node.value]
        return self._mapping(node)

    def _mapping(self, node: yaml.Node) -> dict[str, Any]:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key must be a text", key_node)
            key = str(key_node.value)
            if key in values:
                raise self._error(
                    f"the key {key!r} stands here again (first in line {lines[key]})", key_node
                )
            lines[key] = key_node.start_mark.line + 1
            values[key] = self.read(value_node)
        return values

    def _error(self, message: str, node: yaml.Node) -> PackError:
        return PackError(message, where=f"{self._path}:{node.start_mark.line + 1}")


def _scalar(text: str) -> Any:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _child(node: yaml.Node | None, part: str | int) -> tuple[int, yaml.Node] | None:
    """Line and node of a mapping's value or a list's item."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        item = node.value[part]
        return item.start_mark.line + 1, item
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == part:
                return key.start_mark.line + 1, value
    return None
