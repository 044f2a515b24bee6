"""Reading YAML and JSON files of tasks, with the line of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from hrlctl.errors import PackError
from hrlctl.yaml_tree import Bounds, YamlTree

_BOUNDS: Final = Bounds(size=1_000_000, depth=40, values=50_000)
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
    tree = YamlTree(path, "a file of tasks", _BOUNDS, PackError, _number)
    text = tree.text()
    if path.suffix.lower() == ".json":
        value = _read_json(text, path)
        # Only for the lines; a tab may stand wherever JSON allows a space.
        return Document(path, value, tree.root(text.replace("\t", " "), is_json=True))
    root = tree.root(text)
    return Document(path, None if root is None else tree.value(root), root)


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


def _number(text: str) -> Any:
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
