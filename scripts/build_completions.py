"""Write the shells' completion scripts to ``completions/``, and the table that answers them.

Run ``python scripts/build_completions.py`` after a change of a command or an option.
"""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import typer
from rich.text import Text

from hrlctl.cli.app import COMMANDS, app
from hrlctl.cli.completion import TABLE, Command, Option, Values

Completers = Mapping[str, Callable[..., Any]]

FOLDER = Path(__file__).parent.parent / "completions"
FILES = {"bash": "hrlctl.bash", "zsh": "_hrlctl", "fish": "hrlctl.fish"}


def completion_script(shell: str) -> str:
    """The script for ``bash``, ``zsh`` or ``fish``, ending in a line break."""
    # Typer takes the program's name, which the script completes, from how it was started.
    start = "import sys; sys.argv = ['hrlctl']; from hrlctl.cli.app import main; main()"
    script = subprocess.run(
        [sys.executable, "-c", start],
        env={**os.environ, "_HRLCTL_COMPLETE": f"source_{shell}"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    if shell == "zsh":
        # zsh loads the file ``_hrlctl`` as the function of that name, at the first completion: the
        # function has to be called so, and to answer that first call as well.
        script = script.replace("_hrlctl_completion", "_hrlctl")
        script += '\n\nif [ "$funcstack[1]" = "_hrlctl" ]; then\n  _hrlctl "$@"\nfi'
    return re.sub(r"[ \t]+$", "", script, flags=re.MULTILINE) + "\n"


def completion_table() -> str:
    """What Typer knows of all commands, as JSON, ending in a line break."""
    group: Any = typer.main.get_command(app)
    with group.make_context("hrlctl", [], resilient_parsing=True) as context:
        for name in COMMANDS:
            _, group.commands[name], _ = group.resolve_command(context, [name])
    table = _command(group)
    for name, command in COMMANDS.items():
        table["commands"][name]["help"] = command.help
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


def _command(command: Any) -> Command:
    with command.make_context(command.name, [], resilient_parsing=True) as context:
        parameters = command.get_params(context)
    completers = _completers(command.callback)
    arguments = [p for p in parameters if p.param_type_name == "argument"]
    return {
        "help": command.get_short_help_str(limit=150),
        "options": [
            _option(p, completers)
            for p in parameters
            if p.param_type_name == "option" and not p.hidden
        ],
        "arguments": [_values(argument, completers) for argument in arguments],
        "takes_more": bool(arguments) and arguments[-1].nargs == -1,
        "commands": {name: _command(sub) for name, sub in getattr(command, "commands", {}).items()},
    }


def _option(option: Any, completers: Completers) -> Option:
    return {
        "names": [*option.opts, *option.secondary_opts],
        "help": Text.from_markup(option.help or "").plain,
        "repeats": bool(option.multiple),
        "value": None if option.is_flag or option.count else _values(option, completers),
    }


def _completers(callback: Callable[..., Any]) -> Completers:
    """The ``autocompletion`` of each parameter that has one."""
    return {
        name: info.autocompletion
        for name, hint in get_type_hints(inspect.unwrap(callback), include_extras=True).items()
        for info in getattr(hint, "__metadata__", ())
        if info.autocompletion
    }


def _values(parameter: Any, completers: Completers) -> Values:
    completer = completers.get(parameter.name)
    if completer is None:
        return {"values": [str(choice) for choice in parameter.type_descriptor.choices or ()]}
    if completer.__name__ == "<lambda>":  # always the same
        return {"values": list(completer())}
    return {"completer": f"{completer.__module__}:{completer.__qualname__}"}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for shell, name in FILES.items():
        (FOLDER / name).write_text(completion_script(shell), encoding="utf-8")
        print(f"wrote completions/{name}")
    TABLE.write_text(completion_table(), encoding="utf-8")
    print(f"wrote {TABLE.name}")
