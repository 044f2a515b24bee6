"""From what the schema says is wrong to a message with file, line and a suggestion."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hrlctl.errors import PackError, did_you_mean
from hrlctl.packs.documents import Document
from hrlctl.schema.custom_criteria import CustomCriteria

# A wrong pattern is also no text and no part of one, which says nothing.
_TURN = {"pattern": -1, "extra_forbidden": 0, "missing": 2}


def diagnose(
    error: ValidationError,
    document: Document,
    model: type[BaseModel],
    find_custom: Callable[[], CustomCriteria],
) -> PackError:
    """The first fault of ``error``, which came from validating ``document`` as ``model``."""
    # A mistyped key is both unknown and missing: the one that stands in the file says more.
    faults = sorted(error.errors(include_url=False), key=lambda fault: _TURN.get(fault["type"], 1))
    message, hint = _explain(faults[0], model, find_custom)
    location = [*faults[0]["loc"], *_key_of(faults[0])]
    others = len(faults) - 1
    if others:
        message += f" (and {others} more {'fault' if others == 1 else 'faults'})"
    return PackError(message, where=document.where(location), hint=hint)


def _explain(
    fault: ErrorDetails, model: type[BaseModel], find_custom: Callable[[], CustomCriteria]
) -> tuple[str, str | None]:
    location = fault["loc"]
    key = next((str(part) for part in reversed(location) if isinstance(part, str)), "the file")
    match fault["type"]:
        case "extra_forbidden":
            return f"unknown key {key!r}", did_you_mean(
                key, _keys_at(model, location[:-1], find_custom)
            )
        case "missing":
            return f"the key {key!r} is missing", None
        case "literal_error" | "enum":
            names = re.findall(r"'([^']*)'", fault["msg"])
            return f"{key}: unknown value {fault['input']!r}", did_you_mean(
                str(fault["input"]), names
            )
        case "union_tag_invalid":
            context = fault.get("ctx", {})
            names = re.findall(r"'([^']*)'", str(context.get("expected_tags", "")))
            tag = str(context.get("tag"))
            return f"{key}: unknown kind {tag!r}", did_you_mean(tag, names)
    message = fault["msg"]
    given = fault["input"]
    if isinstance(given, str | int | float | bool):
        message += f", not {given!r}"
    return f"{key}: {message[0].lower()}{message[1:]}", fault.get("ctx", {}).get("hint")


def _key_of(fault: ErrorDetails) -> tuple[str, ...]:
    """The key inside the faulty value that is to blame, where the schema knows it."""
    key = fault.get("ctx", {}).get("key")
    return (str(key),) if key is not None else ()


def _keys_at(
    model: type[BaseModel],
    location: Sequence[str | int],
    find_custom: Callable[[], CustomCriteria],
) -> set[str]:
    """The keys that the schema knows at ``location``."""
    models: set[type[BaseModel]] = {model}
    for part in location:
        if isinstance(part, int):
            continue
        fields = [
            field
            for candidate in models
            for name, field in candidate.model_fields.items()
            if part in (name, field.alias)
        ]
        if fields:
            models = {found for field in fields for found in _models_in(field.annotation)}
        else:  # the tag of one of several models
            tagged = {m for m in models if part in _tags(m)}
            if not tagged and part in (custom := find_custom()):
                tagged = {custom[part]()}
            models = tagged or models
    return {
        field.alias or name
        for candidate in models
        for name, field in candidate.model_fields.items()
        if name not in ("kind", "action")
    }


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    field = model.model_fields.get("kind") or model.model_fields.get("action")
    return get_args(field.annotation) if field else ()
