"""Which model is meant: a file, or ``pretrained``, the one that ships with hrlctl."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Final

import typer

from hrlctl.cli.completers import PRETRAINED, complete_model
from hrlctl.errors import UnknownNameError

HELP: Final = (
    "A .pt file that hrlctl train wrote, what hrlctl export made of it, or 'pretrained': the model"
    " that ships with hrlctl."
)


def model_file(name: str) -> Path:
    """The file that ``name`` means; a file called as the shipped model is ``./pretrained``.

    Raises:
        UnknownNameError: there is no such file, and the shipped model's name is nearly the same.
    """
    if name == PRETRAINED:
        from hrlctl.pretrained import MODEL

        return MODEL
    is_near = "/" not in name and get_close_matches(name, [PRETRAINED], cutoff=0.8)
    if is_near and not Path(name).exists():
        raise UnknownNameError("model", name, [PRETRAINED])
    return Path(name)


ModelArgument = Annotated[
    Path,
    typer.Argument(metavar="MODEL", help=HELP, parser=model_file, autocompletion=complete_model),
]
