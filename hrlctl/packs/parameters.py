"""How a task's parameters are drawn: training and held-out values never meet."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

from hrlctl.errors import TaskError
from hrlctl.packs.words import draw_name, draw_word
from hrlctl.schema.task import (
    Choice,
    ChoiceParameter,
    NameParameter,
    NumberParameter,
    OneOfParameter,
    Parameter,
    SumParameter,
    WordParameter,
)

Scalar = str | int | bool

_TRIES: Final = 200


def is_held_out_number(number: int) -> bool:
    """Whether training never draws this number; about 30% of all, spread evenly."""
    return ((number * 2_654_435_761) % 2**32 >> 16) % 10 < 3


def draw_parameters(
    parameters: Mapping[str, Parameter], rng: random.Random, *, held_out: bool
) -> dict[str, Scalar]:
    """Values by name; the parts of a mapping as ``name.part``.

    Drawn words, names and numbers differ from each other, and no text is the beginning of another,
    so that each names one thing on the screen.

    Raises:
        TaskError: there are too few values for that.
    """
    drawn: dict[str, Scalar] = {}
    taken: list[str] = []
    for name, parameter in parameters.items():
        if isinstance(parameter, SumParameter):
            drawn[name] = sum(int(drawn[part]) for part in parameter.of)
            continue
        if isinstance(parameter, OneOfParameter):
            drawn[name] = drawn[parameter.of[int(rng.random() * len(parameter.of))]]
            continue
        value = _draw_distinct(name, parameter, rng, held_out, taken)
        if isinstance(value, dict):
            drawn.update({f"{name}.{part}": item for part, item in value.items()})
        else:
            drawn[name] = value
    return drawn


def names_of(parameters: Mapping[str, Parameter]) -> set[str]:
    """The names that templates may refer to."""
    names: set[str] = set()
    for name, parameter in parameters.items():
        choices = parameter.training if isinstance(parameter, ChoiceParameter) else ()
        parts = [set(choice) for choice in choices if isinstance(choice, dict)]
        if parts:
            names |= {f"{name}.{part}" for part in set.intersection(*parts)}
        else:
            names.add(name)
    return names


def _draw_distinct(
    name: str, parameter: Parameter, rng: random.Random, held_out: bool, taken: list[str]
) -> Choice:
    for _ in range(_TRIES):
        value = _draw(parameter, rng, held_out)
        if value is None or isinstance(value, bool):
            continue
        if isinstance(value, dict):
            return value
        text = str(value).casefold()
        if not any(text.startswith(other) or other.startswith(text) for other in taken):
            taken.append(text)
            return value
    raise TaskError(
        f"no value for the parameter {name!r} that differs from the others",
        hint="give it more values, or a wider range",
    )


def _draw(parameter: Parameter, rng: random.Random, held_out: bool) -> Choice | None:
    match parameter:
        case NameParameter():
            return draw_name(rng, held_out=held_out)
        case WordParameter():
            return draw_word(rng, held_out=held_out)
        case NumberParameter(min=low, max=high):
            number = low + int(rng.random() * (high - low + 1))
            return number if is_held_out_number(number) == held_out else None
        case ChoiceParameter():
            choices = (held_out and parameter.held_out) or parameter.training
            return choices[int(rng.random() * len(choices))]
        case _:  # those that are taken from others
            return None
