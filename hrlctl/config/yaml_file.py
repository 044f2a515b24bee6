"""Reading a configuration file, with the line of every value."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from hrlctl.config.keys import Key, known_keys, known_sections, number
from hrlctl.config.provenance import Entry, Source, SourceKind
from hrlctl.errors import ConfigurationError, UnknownNameError
from hrlctl.yaml_tree import Bounds, YamlTree

_BOUNDS: Final = Bounds(size=100_000, depth=10, values=10_000)


def read_file(path: Path) -> dict[str, Entry]:
    """The checked values of a YAML file by key, with their lines.

    Raises:
        ConfigurationError: the file cannot be read, is not YAML, or holds a wrong value.
        UnknownNameError: a section or key that does not exist.
    """
    tree = YamlTree(
        path, "a configuration", _BOUNDS, ConfigurationError, lambda text: number(text, text)
    )
    return dict(_entries(tree, tree.root(tree.text())))


def _entries(tree: YamlTree, root: yaml.Node | None) -> Iterator[tuple[str, Entry]]:
    for section, section_line, body in _pairs(tree, root, "the file"):
        if section not in known_sections():
            where = f"{tree.path}:{section_line}"
            raise UnknownNameError("section", section, known_sections(), where=where)
        for name, line, node in _pairs(tree, body, section):
            key = _key(section, name, f"{tree.path}:{line}")
            value = key.check(tree.value(node), tree.where(node))
            yield key.name, Entry(value, Source(SourceKind.FILE, str(tree.path), line))


def _key(section: str, name: str, where: str) -> Key:
    keys = known_keys()
    if f"{section}.{name}" in keys:
        return keys[f"{section}.{name}"]
    elsewhere = [key.section for key in keys.values() if key.short_name == name]
    if elsewhere:
        raise ConfigurationError(
            f"{name!r} is not a key of {section}",
            where=where,
            hint=f"it belongs to the section {' or '.join(elsewhere)}",
        )
    names = [key.short_name for key in keys.values() if key.section == section]
    raise UnknownNameError(f"key of {section}", name, names, where=where)


def _pairs(
    tree: YamlTree, node: yaml.Node | None, what: str
) -> Iterator[tuple[str, int, yaml.Node]]:
    """Key, line and value node of a mapping's pairs; none where everything is commented out."""
    if isinstance(node, yaml.MappingNode):
        yield from tree.pairs(node)
    elif node is not None and (value := tree.value(node)) is not None:
        found = "a list" if isinstance(value, list) else repr(value)
        raise ConfigurationError(
            f"{what}: expected keys with values, got {found}", where=tree.where(node)
        )
