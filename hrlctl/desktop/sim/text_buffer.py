"""Text that is edited: a caret, a selection, undo; and how it wraps into lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class _Moment(NamedTuple):
    text: str
    caret: int


class TextBuffer:
    """Edited text. ``caret`` and ``anchor`` are positions between letters; equal: no selection."""

    __slots__ = ("_undo", "anchor", "caret", "is_single_line", "text")

    def __init__(self, text: str, *, is_single_line: bool) -> None:
        self.text = text
        self.caret = self.anchor = len(text)
        self.is_single_line = is_single_line
        self._undo: list[_Moment] = []

    @property
    def selection(self) -> tuple[int, int] | None:
        """Start and end of the selected text."""
        if self.caret == self.anchor:
            return None
        return min(self.caret, self.anchor), max(self.caret, self.anchor)

    @property
    def selected_text(self) -> str:
        if self.selection is None:
            return ""
        start, end = self.selection
        return self.text[start:end]

    def select(self, anchor: int, caret: int) -> None:
        """Select what lies between the two positions."""
        self.anchor = max(0, min(anchor, len(self.text)))
        self.caret = max(0, min(caret, len(self.text)))

    def move(self, caret: int) -> None:
        """Put the caret, with nothing selected."""
        self.select(caret, caret)

    def select_all(self) -> None:
        self.select(0, len(self.text))

    def select_word(self, position: int) -> None:
        """Select the word around ``position``."""
        start = end = max(0, min(position, len(self.text)))
        while start > 0 and not self.text[start - 1].isspace():
            start -= 1
        while end < len(self.text) and not self.text[end].isspace():
            end += 1
        self.select(start, end)

    def insert(self, text: str) -> None:
        """Put ``text`` in place of the selection, or at the caret."""
        if self.is_single_line:
            text = text.replace("\n", " ")
        start, end = self.selection or (self.caret, self.caret)
        self._replace(start, end, text)

    def erase(self, *, forward: bool) -> None:
        """Delete the selection, or the letter before or after the caret."""
        start, end = self.selection or (
            (self.caret, self.caret + 1) if forward else (self.caret - 1, self.caret)
        )
        self._replace(max(0, start), min(len(self.text), end), "")

    def replace_all(self, text: str) -> None:
        """Start over with ``text``; nothing to undo."""
        self.text = text
        self.move(len(text))
        self._undo.clear()

    def undo(self) -> None:
        """Take back the last change."""
        if self._undo:
            self.text, caret = self._undo.pop()
            self.move(caret)

    def _replace(self, start: int, end: int, text: str) -> None:
        if start == end and not text:
            return
        self._undo.append(_Moment(self.text, self.caret))
        self.text = self.text[:start] + text + self.text[end:]
        self.move(start + len(text))


class Line(NamedTuple):
    """A wrapped line: the letters from ``start`` to ``end`` (without the line break)."""

    start: int
    end: int


def wrapped(text: str, width: int, measure: Callable[[str], int]) -> list[Line]:
    """``text`` in lines at most ``width`` pixels wide, broken at blanks where that is possible."""
    lines = []
    start = 0
    for paragraph in text.split("\n"):
        paragraph_end = start + len(paragraph)
        while measure(text[start:paragraph_end]) > width and paragraph_end - start > 1:
            end = start + 1
            while measure(text[start : end + 1]) <= width:
                end += 1
            blank = text.rfind(" ", start, end + 1)
            end = blank + 1 if blank > start else end
            lines.append(Line(start, end))
            start = end
        lines.append(Line(start, paragraph_end))
        start = paragraph_end + 1
    return lines
