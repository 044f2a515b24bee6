"""Command lines as people write them: taken out of texts, and held against the real commands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import typer

from hrlctl.cli.app import COMMANDS, app
from hrlctl.cli.train import given_options
from hrlctl.config import resolve
from hrlctl.packs import Registry, load_packs

# These hand on what they do not know to ``hrlctl train``.
TAKE_OPTIONS_OF_TRAIN = ("compare", "config show")
_SEPARATORS = ("|", "||", "&&", ";", "&", ">", ">>", "<", "2>")
_ENDS_AT_ONCE = {"--help", "--version", "--install-completion", "--show-completion"}
_WRAPPED = re.compile(r" *\\\n\s*")


class CommandLine(NamedTuple):
    """A call of hrlctl: its arguments, and what is set in front of it."""

    words: tuple[str, ...]
    environ: dict[str, str]


@cache
def tree() -> Any:
    """The root command, with the real commands in it."""
    group: Any = typer.main.get_command(app)
    with group.make_context("hrlctl", [], resilient_parsing=True) as context:
        for name in COMMANDS:
            _, group.commands[name], _ = group.resolve_command(context, [name])
    return group


def leaves(command: Any = None, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its name behind ``hrlctl``."""
    command = command or tree()
    inner = getattr(command, "commands", None)
    if not inner:
        yield name, command
        return
    for word, below in inner.items():
        yield from leaves(below, f"{name} {word}".strip())


def command_lines(text: str) -> Iterator[CommandLine]:
    """The calls of hrlctl in a block of shell commands; comments and prompts are left out."""
    for line in _WRAPPED.sub(" ", text).splitlines():
        line = line.strip().removeprefix("$ ")
        if "hrlctl" not in line.partition("#")[0] or "pip install" in line:
            continue
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, "#"
        call: list[str] = []
        for word in [*lexer, ";"]:
            if word not in _SEPARATORS:
                call.append(word)
                continue
            if (found := _call(call)) is not None:
                yield found
            call = []


def _call(words: list[str]) -> CommandLine | None:
    """``NAME=value hrlctl ...`` or ``torchrun ... -m hrlctl ...``."""
    if "hrlctl" not in words:
        return None
    place = words.index("hrlctl")
    before, environ = words[:place], {}
    if before and before[0] == "torchrun" and before[-1] == "-m":
        before = []
    for word in before:
        name, equals, value = word.partition("=")
        assert equals, f"not a call of hrlctl: {words}"
        environ[name] = value
    return CommandLine(tuple(words[place + 1 :]), environ)


def find(words: tuple[str, ...]) -> tuple[str, Any, list[str]]:
    """The command that is called, its name, and what is left for it."""
    command, names, rest = tree(), list[str](), list(words)
    while getattr(command, "commands", None) and rest and not rest[0].startswith("-"):
        assert rest[0] in command.commands, f"hrlctl {' '.join(words)}: no command {rest[0]!r}"
        names.append(rest.pop(0))
        command = command.commands[names[-1]]
    return " ".join(names), command, rest


def check(line: CommandLine) -> str:
    """Parse the line as hrlctl does, down to the values of a training; the command's name.

    Raises:
        Exception: hrlctl would refuse it.
    """
    name, command, rest = find(line.words)
    if name in TAKE_OPTIONS_OF_TRAIN:
        with command.make_context(name, rest) as context:
            rest = list(context.args)
        _, command, _ = find(("train",))
    if not _ENDS_AT_ONCE & set(rest):
        with command.make_context(name or "hrlctl", list(rest)) as context:
            if name in ("train", *TAKE_OPTIONS_OF_TRAIN):
                given = given_options(context.params)
                given.pop("environment.task_file", None)  # such as my_tasks.yaml
                resolve(given, line.environ)
    packs = _packs()
    for word in line.words:
        pack, slash, task = word.partition("=")[0].partition("/")
        if slash and pack in packs.versions and re.fullmatch(r"[\w-]+", task):
            packs.task(f"{pack}/{task}")
    return name


@cache
def _packs() -> Registry:
    return load_packs()


def options_of(command: Any) -> set[str]:
    """All names of all options, ``--help`` included."""
    with command.make_context(command.name, [], resilient_parsing=True) as context:
        return {
            option
            for parameter in command.get_params(context)
            if parameter.param_type_name == "option"
            for option in (*parameter.opts, *parameter.secondary_opts)
        }
