"""Reading a configuration file, with the line of every value.

PyYAML's own loader reads ``1e-3`` as text and ``on`` as true, and takes the last of two equal keys.
So the file is read through its node tree, and plain scalars are read by YAML 1.2's core rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from hrlctl.config.keys import Key, known_keys, known_sections, number
from hrlctl.config.provenance import Entry, Source, SourceKind
from hrlctl.errors import ConfigurationError, UnknownNameError

MAX_BYTES = 100_000
MAX_DEPTH = 10
_WORDS: Mapping[str, object] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip


def read_file(path: Path) -> dict[str, Entry]:
    """The checked values of a YAML file by key, with their lines.

    Raises:
        ConfigurationError: the file cannot be read, is not YAML, or holds a wrong value.
        UnknownNameError: a section or key that does not exist.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ConfigurationError("the file is too large for a configuration", where=str(path))
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"cannot read the configuration file: {error.strerror}",
            where=str(path),
            hint="name an existing file with --config",
        ) from None
    except UnicodeDecodeError:
        raise ConfigurationError("the file is not UTF-8 text", where=str(path)) from None
    return dict(_entries(_compose(text, path), path))


def _compose(text: str, path: Path) -> yaml.Node | None:
    depth = 0
    try:
        # Before the tree is built: aliases and deep nesting make a small file a huge one.
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            where = f"{path}:{event.start_mark.line + 1}" if event.start_mark else str(path)
            if isinstance(event, yaml.AliasEvent):
                raise ConfigurationError(
                    "aliases are not supported here: write the value out", where=where
                )
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                raise ConfigurationError("the file is nested too deeply", where=where)
        return yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        raise ConfigurationError(f"not valid YAML: {error.problem}", where=where) from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"not valid YAML: {error}", where=str(path)) from None


def _entries(root: yaml.Node | None, path: Path) -> Iterator[tuple[str, Entry]]:
    if root is None or _is_null(root):
        return
    for section, section_line, body in _pairs(root, path, "the file"):
        if section not in known_sections():
            where = f"{path}:{section_line}"
            raise UnknownNameError("section", section, known_sections(), where=where)
        if _is_null(body):  # a section whose keys are all commented out
            continue
        for name, line, node in _pairs(body, path, section):
            key = _key(section, name, f"{path}:{line}")
            value = key.check(_value(node, path), f"{path}:{node.start_mark.line + 1}")
            yield key.name, Entry(value, Source(SourceKind.FILE, str(path), line))


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


def _pairs(node: yaml.Node, path: Path, what: str) -> Iterator[tuple[str, int, yaml.Node]]:
    """Key, line and value node of a mapping's pairs."""
    if not isinstance(node, yaml.MappingNode):
        raise ConfigurationError(
            f"{what}: expected keys with values, got {_kind(node)}",
            where=f"{path}:{node.start_mark.line + 1}",
        )
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise ConfigurationError("a key must be a word", where=f"{path}:{line}")
        name = str(key_node.value)
        if name in lines:
            raise ConfigurationError(
                f"{name!r} stands here again",
                where=f"{path}:{line}",
                hint=f"it stands in line {lines[name]} already: keep one of them",
            )
        lines[name] = line
        yield name, line, value_node


def _value(node: yaml.Node, path: Path) -> object:
    if isinstance(node, yaml.ScalarNode):
        if node.style is not None:  # quoted or block text
            return node.value
        word = node.value
        return _WORDS[word] if word in _WORDS else number(word, word)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, path) for item in node.value]
    return {name: _value(inner, path) for name, _, inner in _pairs(node, path, "this mapping")}


def _is_null(node: yaml.Node) -> bool:
    return (
        isinstance(node, yaml.ScalarNode)
        and node.style is None
        and _WORDS.get(node.value, node) is None
    )


def _kind(node: yaml.Node) -> str:
    return "a list" if isinstance(node, yaml.SequenceNode) else f"{node.value!r}"
