"""Templates in tasks: ``{name}`` in a text stands for a drawn parameter.

A model that holds templates is compiled once into a resolver, which then fills in an instance's
values quickly and shares every part that holds none. ``{{`` and ``}}`` stand for braces. A text
that is nothing but one placeholder takes the value's own type where its field may hold a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, get_args

from pydantic import BaseModel

Values = Mapping[str, "str | int | bool"]
Resolver = Callable[[Values], Any]

_set: Final = object.__setattr__
_PLACEHOLDER: Final = re.compile(r"\{\{|\}\}|\{([a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?)\}")


def as_text(value: str | int | bool) -> str:
    """How a value is written in a text."""
    if type(value) is str:  # nearly always
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


def references(value: Any) -> Iterator[str]:
    """The names that the templates in ``value`` (texts, models, collections) refer to."""
    if isinstance(value, str):
        for found in _PLACEHOLDER.finditer(value):
            if found.group(1):
                yield found.group(1)
    elif isinstance(value, BaseModel):
        for item in value.__dict__.values():
            if item:  # most are left out
                yield from references(item)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from references(key)
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def resolver(value: Any, *, typed: bool = False) -> Resolver:
    """A function from parameter values to ``value`` with its templates filled in."""
    return _compile(value, typed) or (lambda _values: value)


def _compile(value: Any, typed: bool) -> Resolver | None:
    """``None`` where there is nothing to fill in."""
    if isinstance(value, str):
        return _compile_text(value, typed)
    if isinstance(value, BaseModel):
        return _compile_model(value)
    if isinstance(value, tuple):
        items = [(_compile(item, typed), item) for item in value]
        if all(resolve is None for resolve, _ in items):
            return None
        return lambda values: tuple([r(values) if r else item for r, item in items])
    if isinstance(value, dict):
        pairs = [(_compile(k, False), k, _compile(v, typed), v) for k, v in value.items()]
        if not any(key or item for key, _, item, _ in pairs):
            return None
        return lambda values: {
            key(values) if key else k: item(values) if item else v for key, k, item, v in pairs
        }
    return None


def _compile_text(text: str, typed: bool) -> Resolver | None:
    if "{" not in text and "}" not in text:
        return None
    pieces: list[tuple[str, bool]] = []  # (text or name, whether it is a name)
    position = 0
    for found in _PLACEHOLDER.finditer(text):
        pieces.append((text[position : found.start()], False))
        name = found.group(1)
        pieces.append((name, True) if name else (found.group()[0], False))
        position = found.end()
    pieces.append((text[position:], False))
    parts = [piece for piece in pieces if piece[0]]
    if len(parts) == 1 and parts[0][1]:
        name = parts[0][0]
        if typed:
            return lambda values: values[name]
        return lambda values: as_text(values[name])
    return lambda values: "".join(
        [as_text(values[part]) if is_name else part for part, is_name in parts]
    )


def _compile_model(model: BaseModel) -> Resolver | None:
    cls = type(model)
    changes: list[tuple[str, Resolver]] = []
    for name, typed in _fields(cls):
        resolve = _compile(getattr(model, name), typed)
        if resolve is not None:
            changes.append((name, resolve))
    if not changes:
        return None
    constant, given = model.__dict__, model.model_fields_set

    def fill(values: Values) -> BaseModel:
        # What ``model_copy`` does, at a fifth of its cost: this runs for every episode.
        filled = cls.__new__(cls)
        attributes = constant.copy()
        for name, resolve in changes:
            attributes[name] = resolve(values)
        _set(filled, "__dict__", attributes)
        _set(filled, "__pydantic_fields_set__", given)
        _set(filled, "__pydantic_extra__", None)
        _set(filled, "__pydantic_private__", None)
        return filled

    return fill


@cache
def _fields(cls: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """Names, and whether numbers may stand there."""
    return tuple((n, _may_be_number(field.annotation)) for n, field in cls.model_fields.items())


def _may_be_number(annotation: Any) -> bool:
    return annotation in (int, float, bool) or any(map(_may_be_number, get_args(annotation)))
