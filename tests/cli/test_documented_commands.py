"""Every command line in the README and in the documentation is one that hrlctl takes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .command_lines import check, command_lines, find, leaves, options_of
from .documents import DOCUMENTS, README, blocks

_INLINE = re.compile(r"`(?:\$ )?hrlctl\s([a-z][^`]*)`")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
# Everybody begins here: that they are found shows that the patterns above still fit the files.
_AT_LEAST = {
    "train", "eval", "export", "run", "serve", "compare", "doctor", "config show", "runs list",
    "runs compare", "report", "tasks demo",
}  # fmt: skip


def shell_blocks(text: str) -> list[str]:
    return [block.text for block in blocks(text) if block.language in ("", "bash", "console")]


def test_the_readme_shows_every_way_in() -> None:
    text = README.read_text(encoding="utf-8")
    names = {check(line) for block in shell_blocks(text) for line in command_lines(block)}
    names |= {find(tuple(words.split()))[0] for words in _INLINE.findall(text)}
    assert names >= _AT_LEAST


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_stands_in_blocks_can_be_called(document: Path) -> None:
    wrong = []
    for block in shell_blocks(document.read_text(encoding="utf-8")):
        for line in command_lines(block):
            try:
                check(line)
            except Exception as error:  # of any kind: all lines are to be named at once
                wrong.append(f"hrlctl {' '.join(line.words)}: {error}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_is_mentioned_exists(document: Path) -> None:
    """Commands and options in a sentence, where the rest of the line may be left out."""
    wrong = []
    for words in _INLINE.findall(document.read_text(encoding="utf-8")):
        name, command, rest = find(tuple(words.split()))
        known = options_of(command) | (options_of(dict(leaves())["train"]) if name else set())
        wrong += [f"{name} {word}" for word in _OPTION.findall(" ".join(rest)) if word not in known]
    assert not wrong


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("hrlctl evaluate model.pt", "command"),
        ("hrlctl eval model.pt --episods 5", "option"),
        ("hrlctl eval", "argument"),
        ("hrlctl train --learning-rate fast", "value"),
        ("hrlctl config show --gama 1", "option of train"),
        ("hrlctl tasks show desktop_basics/open_icon", "task"),
        ("LOG=1 hrlctl runs list | hrlctl nothing", "command behind a pipe"),
    ],
)
def test_a_line_that_is_refused_is_noticed(line: str, reason: str) -> None:
    with pytest.raises(BaseException):  # noqa: B017, PT011  # whatever hrlctl or its parser raises
        [check(found) for found in command_lines(line)]
