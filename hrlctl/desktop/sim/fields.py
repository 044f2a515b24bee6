"""The named values of forms, dialogs and settings, as they stand when an episode begins."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from hrlctl.desktop.sim.names import Names
from hrlctl.schema.fields import FieldRole, FieldSetup

FieldValue = bool | int | str


class Field(NamedTuple):
    """One named widget with its first value and, where it has some, its options."""

    role: FieldRole
    name: str
    value: FieldValue
    options: tuple[str, ...] = ()


VALUE_ROLES: frozenset[str] = frozenset(
    {"check_box", "radio_button", "drop_down", "slider", "text_field", "list"}
)
_DRAWN_ROLES: tuple[FieldRole, ...] = (
    "check_box", "check_box", "check_box", "drop_down", "slider", "text_field",
)  # fmt: skip


def resolved(setup: FieldSetup, names: Names) -> Field:
    """The field that ``setup`` describes, with drawn options and values where it leaves them."""
    rng = names.rng
    options = list(setup.options)
    if setup.extra_options or (setup.role in ("radio_button", "drop_down", "list") and not options):
        for _ in range(setup.extra_options or 3):
            options.insert(int(rng.random() * (len(options) + 1)), names.draw())
    value = setup.value
    if value is None:
        value = _drawn_value(setup.role, options, rng)
    elif options and isinstance(value, str) and value and value not in options:
        options.insert(int(rng.random() * (len(options) + 1)), value)
    return Field(setup.role, setup.name, value, tuple(options))


def field_names(setups: Iterable[FieldSetup]) -> Iterator[str]:
    """Every name that ``setups`` use."""
    for setup in setups:
        yield setup.name
        yield from setup.options
        if isinstance(setup.value, str):
            yield setup.value


def apply(
    settings: dict[str, FieldValue], start: Iterable[Field], shown: Mapping[str, FieldValue]
) -> None:
    """Make the values shown the ones that count.

    Drawn fields that still have their first value are left out: nothing was set.
    """
    first = {field.name: field.value for field in start}
    for name, value in shown.items():
        if name in settings or value != first[name]:
            settings[name] = value


def drawn(count: int, names: Names) -> Iterable[Field]:
    """``count`` further fields with drawn names, one line high each."""
    rng = names.rng
    for _ in range(count):
        role = _DRAWN_ROLES[int(rng.random() * len(_DRAWN_ROLES))]
        options = [names.draw() for _ in range(3)] if role == "drop_down" else []
        value = _drawn_value(role, options, rng)
        yield Field(role, names.draw(), value, tuple(options))


def _drawn_value(role: FieldRole, options: list[str], rng: random.Random) -> FieldValue:
    if role == "check_box":
        return rng.random() < 0.5
    if role == "slider":
        return int(rng.random() * 21) * 5
    if role in ("radio_button", "drop_down"):
        return options[int(rng.random() * len(options))]
    # Lists begin with nothing selected, text fields empty: any other text would have to be
    # deleted first, which is another task.
    return ""
