"""Completing a command line in bash, zsh and fish, fast: of a table, without Typer.

Typer answers as well, and does so for other shells; but it takes a third of a second, since every
option's checks are built before one is completed. ``scripts/build_completions.py`` writes the table
of what Typer knows, and the scripts in ``completions/``, which ask here.
"""

from __future__ import annotations

import importlib
import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, NotRequired, TypedDict

VARIABLE: Final = "_HRLCTL_COMPLETE"
TABLE: Final = Path(__file__).with_name("completion_table.json")


class Values(TypedDict):
    """What can stand for an argument or for an option's value."""

    values: NotRequired[list[str]]  # these
    completer: NotRequired[str]  # or those that ``module:function`` knows, of what was typed


class Option(TypedDict):
    """An option of a command."""

    names: list[str]
    help: str
    repeats: bool
    value: Values | None  # None: a flag


class Command(TypedDict):
    """A command, and what can follow it."""

    help: str
    options: list[Option]
    arguments: list[Values]
    takes_more: bool  # the last argument can be given several times
    commands: dict[str, Command]


class Candidate(NamedTuple):
    """A word that can be meant."""

    word: str
    help: str = ""


class Answer(NamedTuple):
    """What the shell is told."""

    text: str
    exit_code: int = 0


def answer(environment: Mapping[str, str]) -> Answer | None:
    """The answer to the shell that asks in ``environment``; ``None``: it is not one of the three.

    Raises:
        OSError, ValueError: the table cannot be read.
    """
    shell = environment[VARIABLE].removeprefix("complete_")
    if shell == "bash":
        words = _split(environment.get("COMP_WORDS", ""))
        cursor = int(environment.get("COMP_CWORD", "0"))
        words = [*words[1:cursor], words[cursor] if cursor < len(words) else ""]
    elif shell in ("zsh", "fish"):
        line = environment.get("_TYPER_COMPLETE_ARGS", "")
        words = [*_split(line)[1:], *([""] if line.endswith(" ") or not line else [])]
    else:
        return None
    table: Command = json.loads(TABLE.read_text(encoding="utf-8"))
    found = candidates(table, words or [""])
    if shell == "bash":
        return Answer("\n".join(candidate.word for candidate in found))
    if shell == "zsh":
        return Answer(_for_zsh(found))
    if environment.get("_TYPER_COMPLETE_FISH_ACTION") == "is-args":  # or may fish name files?
        return Answer("", exit_code=0 if found else 1)
    return Answer("\n".join("\t".join(filter(None, candidate)) for candidate in found))


def candidates(command: Command, words: Sequence[str]) -> list[Candidate]:
    """What the last of ``words`` can become; those before it stand after the program's name."""
    given: set[str] = set()
    positional = 0
    pending: Option | None = None
    options_end = False
    *before, incomplete = [word for word in words[:-1] if word != "="] + [words[-1].lstrip("=")]
    for word in before:
        if pending is not None:
            pending = None
        elif word == "--":
            options_end = True
        elif word.startswith("-") and not options_end:
            name, is_joined, _ = word.partition("=")
            given.add(name)
            option = _option(command, name)
            pending = option if option and option["value"] is not None and not is_joined else None
        elif word in command["commands"]:
            command, given, positional = command["commands"][word], set(), 0
        else:
            positional += 1
    if incomplete.startswith("-") and "=" in incomplete and pending is None:
        name, _, incomplete = incomplete.partition("=")
        pending = _option(command, name)
    if pending is not None:
        return _values(pending["value"] or {}, incomplete)
    if incomplete.startswith("-") and not options_end:
        return _options(command, given, incomplete)
    arguments = command["arguments"]
    if arguments and (positional < len(arguments) or command["takes_more"]):
        return _values(arguments[min(positional, len(arguments) - 1)], incomplete)
    known = command["commands"].items()
    return [Candidate(name, sub["help"]) for name, sub in known if name.startswith(incomplete)]


def _option(command: Command, name: str) -> Option | None:
    return next((option for option in command["options"] if name in option["names"]), None)


def _options(command: Command, given: set[str], incomplete: str) -> list[Candidate]:
    return [
        Candidate(name, option["help"])
        for option in command["options"]
        if option["repeats"] or given.isdisjoint(option["names"])
        for name in option["names"]
        if name.startswith(incomplete)
    ]


def _values(values: Values, incomplete: str) -> list[Candidate]:
    known: Iterable[str] = values.get("values", ())
    if completer := values.get("completer"):
        module, _, function = completer.partition(":")
        known = getattr(importlib.import_module(module), function)(incomplete)
    return [Candidate(word) for word in known if word.startswith(incomplete)]


def _split(line: str) -> list[str]:
    """The words of a line that may end inside quotes or with a backslash."""
    for closing in ("", "'", '"', "\\"):
        try:
            return shlex.split(line + closing)
        except ValueError:
            continue
    return line.split()


def _for_zsh(found: Sequence[Candidate]) -> str:
    if not found:
        return "_files"
    listed = "\n".join(
        ":".join(f'"{_escaped(part)}"' for part in candidate if part) for candidate in found
    )
    return f"_arguments '*: :(({listed}))'"


def _escaped(text: str) -> str:
    """For a string in double quotes, in single quotes, that ``eval`` reads; colons part there."""
    text = text.replace('"', '""').replace("'", "''")
    return re.sub(r"[$`]", r"\\\g<0>", text).replace(":", r"\\:")
