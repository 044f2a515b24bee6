"""YAML files as trees of nodes, which know the line of every value; nothing in them is executed.

PyYAML's own loader reads ``1e-3`` as text and ``on`` as true, and takes the last of two equal keys.
So files are read through their node trees, and plain scalars by YAML 1.2's core rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from hrlctl.errors import HrlctlError

_LOADER: Final = getattr(
    yaml, "CSafeLoader", yaml.SafeLoader
)  # ten times as fast where it is built
_PLAIN_TAGS: Final = "tag:yaml.org,2002:"
_QUOTED: Final = ("'", '"', "|", ">")
_COLLECTIONS: Final[Mapping[type, Any]] = {
    yaml.MappingStartEvent: yaml.MappingNode,
    yaml.SequenceStartEvent: yaml.SequenceNode,
}
"""The node that each of these events begins."""
_WORDS: Final = {"": None, "~": None, "null": None, "true": True, "false": False}


class Bounds(NamedTuple):
    """What a file may hold at most; no sound one comes near."""

    size: int  # bytes
    depth: int  # of mappings and lists in each other
    values: int


class YamlTree:
    """Reads one file.

    Args:
        path: of the file.
        what: the file is, for messages, such as ``a configuration``.
        bounds: what it may hold.
        error: what is raised for any mistake in it.
        number: a plain scalar as a number, or as the text that it is.
    """

    def __init__(
        self,
        path: Path,
        what: str,
        bounds: Bounds,
        error: type[HrlctlError],
        number: Callable[[str], Any],
    ) -> None:
        self.path, self._what, self._bounds = path, what, bounds
        self._error, self._number = error, number

    def text(self) -> str:
        """The file's text.

        Raises:
            HrlctlError: it cannot be read, is too large, or is not UTF-8.
        """
        where, size = str(self.path), self._bounds.size
        try:
            with self.path.open("rb") as file:
                data = file.read(size + 1)  # a device or a pipe does not say its size, or has none
        except OSError as error:
            raise self._error(
                f"cannot be read: {error.strerror}",
                where=where,
                hint="name a file that can be read",
            ) from None
        if len(data) > size:
            raise self._error(
                f"larger than {size // 1000} kB, which {self._what} never needs to be",
                where=where,
                hint="split it into several files, or take out what does not belong there",
            )
        try:
            return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
        except UnicodeDecodeError:
            raise self._error(
                "not UTF-8 text", where=where, hint="save the file with the encoding UTF-8"
            ) from None

    def root(self, text: str, *, is_json: bool = False) -> yaml.Node | None:
        """The tree of ``text``; ``None`` if it is empty.

        Args:
            text: of the file.
            is_json: it is sound JSON; where YAML cannot read it there is no tree.

        Raises:
            HrlctlError: it is not well formed, nested too deeply, holds too many values, or an
                alias.
        """
        try:
            return self._compose(text)
        except (yaml.YAMLError, ValueError) as error:
            if is_json:
                return None
            mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
            reason = getattr(error, "problem", None) or str(error).splitlines()[0]
            raise self._error(f"not valid YAML: {reason}", where=self._place(mark)) from None

    def where(self, node: yaml.Node) -> str:
        """``file:line`` of a node."""
        return self._place(node.start_mark)

    def value(self, node: yaml.Node) -> Any:
        """What a node stands for: mappings, lists, texts, numbers, truth values and ``None``.

        Raises:
            HrlctlError: a key stands twice or is no text, or a tag asks for something else.
        """
        if node.tag and (not node.tag.startswith(_PLAIN_TAGS) or "python" in node.tag):
            raise self._error(f"the tag {node.tag!r} is not supported", where=self.where(node))
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item) for item in node.value]
        return {key: self.value(inner) for key, _, inner in self.pairs(node)}

    def pairs(self, node: yaml.Node) -> Iterator[tuple[str, int, yaml.Node]]:
        """Key, line and value node of each of a mapping's pairs.

        Raises:
            HrlctlError: a key stands twice or is no text.
        """
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self._error("a key must be a text", where=self.where(key_node))
            key = str(key_node.value)
            if key in lines:
                raise self._error(
                    f"the key {key!r} stands here again (first in line {lines[key]})",
                    where=self.where(key_node),
                    hint="keep one of them",
                )
            lines[key] = key_node.start_mark.line + 1
            yield key, lines[key], value_node

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        text: str = node.value
        if node.style in _QUOTED:
            return text
        return _WORDS[text.lower()] if text.lower() in _WORDS else self._number(text)

    def _compose(self, text: str) -> yaml.Node | None:
        """The tree; what would make a small file a huge one is refused where it is met.

        A node's tag is the one that is written there, ``None`` without one.
        """
        root: yaml.Node | None = None
        above: list[yaml.CollectionNode] = []  # those that are still open
        values = 0
        _, most_deep, most_values = self._bounds
        event: Any  # mypy does not follow ``type(event) is ...``, which is faster than isinstance
        for event in yaml.parse(text, Loader=_LOADER):
            kind = type(event)
            if kind is yaml.ScalarEvent:  # first: more than half of all
                node = _scalar_node(event)
            elif kind is yaml.MappingEndEvent:
                pairs = above.pop()
                keys_and_values = pairs.value
                pairs.value = list(zip(keys_and_values[::2], keys_and_values[1::2], strict=True))
                continue
            elif kind is yaml.SequenceEndEvent:
                above.pop()
                continue
            elif kind in _COLLECTIONS:
                node = _COLLECTIONS[kind](event.tag, [], event.start_mark, event.end_mark)
            elif kind is yaml.AliasEvent:
                raise self._error(
                    "aliases are not supported: write this out at each place",
                    where=self._place(event.start_mark),
                )
            else:  # where the stream and its documents begin and end
                continue
            values += 1
            if len(above) >= most_deep or values > most_values:
                is_deep = len(above) >= most_deep
                fault = "nested too deeply" if is_deep else f"more than {most_values:,} values"
                raise self._error(fault, where=self._place(event.start_mark))
            if above:
                above[-1].value.append(node)
            elif root is None:
                root = node
            else:
                raise self._error(
                    "a second document begins here", where=self._place(event.start_mark)
                )
            if kind is not yaml.ScalarEvent:
                above.append(node)
        return root

    def _place(self, mark: Any) -> str:  # a mark of either of PyYAML's parsers, or none
        return f"{self.path}:{mark.line + 1}" if mark else str(self.path)


def _scalar_node(event: Any) -> Any:
    kind: Any = yaml.ScalarNode  # its types know nothing of a missing tag
    return kind(event.tag, event.value, event.start_mark, event.end_mark, style=event.style)
