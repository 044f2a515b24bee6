"""The keys of a run's configuration: their types, what they accept, how a value is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, cast, get_args, get_origin

import annotated_types
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from hrlctl.errors import ConfigurationError, UnknownNameError
from hrlctl.schema.run import RunConfig

DEVICES = ("auto", "cpu", "cuda")
_DEVICE = re.compile(r"auto|cpu|cuda(:\d+)?")


@dataclass(frozen=True)
class Key:
    """One key, for example ``training.learning_rate``."""

    name: str
    field: FieldInfo

    @property
    def section(self) -> str:
        return self.name.partition(".")[0]

    @property
    def short_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def default(self) -> object:
        return self.field.get_default()

    @cached_property
    def types(self) -> tuple[Any, ...]:
        """The types of the annotation, without ``None`` and without constraints."""
        return tuple(kind for kind in _members(self.field.annotation) if kind is not NoneType)

    @cached_property
    def is_optional(self) -> bool:
        return NoneType in _members(self.field.annotation)

    @property
    def is_list(self) -> bool:
        return get_origin(self.types[0]) is tuple

    @cached_property
    def choices(self) -> tuple[str, ...]:
        """The words that the key accepts; empty where it accepts others than words."""
        first = self.types[0]
        if get_origin(first) is Literal:
            return cast(tuple[str, ...], get_args(first))
        if isinstance(first, type) and issubclass(first, Enum):
            return tuple(str(member.value) for member in first)
        return ()

    @cached_property
    def expectation(self) -> str:
        """What the key accepts, in words."""
        return f"{self._accepted} or null" if self.is_optional else self._accepted

    @property
    def _accepted(self) -> str:
        if self.choices:
            return f"one of {', '.join(self.choices)}"
        first = self.types[0]
        if self.is_list:
            return "a list of names"
        if first is bool:
            return "true or false"
        if first in (int, float):
            noun = "a whole number" if first is int else "a number"
            return " ".join([noun, *_bounds(_constraints(self.field))])
        return "a path" if first is Path else "text"

    @cached_property
    def _adapter(self) -> TypeAdapter[Any]:
        annotation: Any = Annotated[self.field.annotation, self.field]
        return TypeAdapter(annotation)

    def check(self, value: object, where: str) -> object:
        """``value`` as the key's type.

        Args:
            value: a value as YAML or JSON has it; nothing is converted but whole floats to ints.
            where: the place, for the message.

        Raises:
            UnknownNameError: the key accepts words, and this is not one of them.
            ConfigurationError: a wrong type, or a value outside of what makes sense.
        """
        if isinstance(value, str) and self.choices:
            value = self._choice(value, where)
        if isinstance(value, float) and value.is_integer() and self.types[0] is int:
            value = int(value)
        try:
            checked = self._adapter.validate_json(json.dumps(value, default=str), strict=True)
        except ValidationError:
            raise ConfigurationError(
                f"{self.name}: expected {self.expectation}, got {_shown(value)}",
                where=where,
            ) from None
        if self.short_name == "device" and not _DEVICE.fullmatch(checked):
            raise UnknownNameError("device", checked, DEVICES, where=where)
        return cast(object, checked)

    def parse(self, text: str, where: str) -> object:
        """The value that ``text`` of an environment variable stands for; raises as ``check``."""
        first = self.types[0]
        value: object = text.strip()
        if self.is_optional and text.strip().lower() in ("none", "null"):
            value = None
        elif self.is_list:
            value = [name.strip() for name in text.split(",") if name.strip()]
        elif first is bool:
            value = TRUTH.get(text.strip().lower(), text)
        elif first in (int, float):
            value = number(text.strip(), text)
        return self.check(value, where)

    def _choice(self, value: str, where: str) -> str:
        for choice in self.choices:
            if choice.lower() == value.lower():
                return choice
        raise UnknownNameError(self.short_name, value, self.choices, where=where)


TRUTH: Mapping[str, bool] = {
    "true": True, "yes": True, "on": True, "1": True,
    "false": False, "no": False, "off": False, "0": False,
}  # fmt: skip

_INTEGER = re.compile(r"[-+]?\d+(_\d+)*")
_NUMBER = re.compile(r"[-+]?(\d+(_\d+)*\.?\d*|\.\d+)([eE][-+]?\d+)?")


def number(text: str, otherwise: object) -> object:
    """The int or float that ``text`` writes (``1e-3`` is one), else ``otherwise``."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else otherwise


@cache
def known_keys() -> Mapping[str, Key]:
    """All keys by name, in the order of the schema."""
    keys = {}
    for section, field in RunConfig.model_fields.items():
        model = field.annotation
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise TypeError(f"section {section} of RunConfig is not a model")
        for name, inner in model.model_fields.items():
            keys[f"{section}.{name}"] = Key(f"{section}.{name}", inner)
    return keys


def known_sections() -> tuple[str, ...]:
    """The sections in the order of the schema."""
    return tuple(RunConfig.model_fields)


def _members(annotation: Any) -> tuple[Any, ...]:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _members(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return tuple(kind for part in get_args(annotation) for kind in _members(part))
    return (annotation,)


def _constraints(field: FieldInfo) -> list[Any]:
    found = list(field.metadata)
    for part in get_args(field.annotation):
        if get_origin(part) is Annotated:
            for extra in get_args(part)[1:]:
                found += extra.metadata if isinstance(extra, FieldInfo) else [extra]
    return found


def _bounds(constraints: list[Any]) -> list[str]:
    words = []
    for constraint in constraints:
        match constraint:
            case annotated_types.Gt(gt=bound):
                words.append(f"over {bound}")
            case annotated_types.Ge(ge=bound):
                words.append(f"of at least {bound}")
            case annotated_types.Lt(lt=bound):
                words.append(f"{'and ' if words else ''}under {bound}")
            case annotated_types.Le(le=bound):
                words.append(f"{'and ' if words else 'of '}at most {bound}")
            case annotated_types.MultipleOf(multiple_of=bound):
                words.append(f"and a multiple of {bound}")
    return words


def _shown(value: object) -> str:
    if isinstance(value, str):
        return f"the text {value!r}"
    return json.dumps(value, default=str)
