"""Tasks as files write them. Texts may hold templates: ``{name}`` stands for a parameter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from hrlctl.errors import did_you_mean
from hrlctl.schema.base import Difficulty, Skill, StrictModel
from hrlctl.schema.criteria import Criterion, Placeholder
from hrlctl.schema.pack import PackInfo
from hrlctl.schema.setup import Setup
from hrlctl.schema.vocabulary import KEYS, Key, Role

Scalar = StrictBool | StrictInt | str
Choice = Scalar | dict[str, Scalar]
"""A drawn value; of a mapping the templates take the parts: ``{level.word}``."""


class Phrasings(StrictModel):
    """Ways to say the same; a text or a list means phrasings for training and evaluation alike."""

    training: tuple[str, ...] = Field(min_length=1)
    held_out: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short(cls, value: Any) -> Any:
        if isinstance(value, str):
            return {"training": (value,)}
        return {"training": value} if isinstance(value, list | tuple) else value


class ChoiceParameter(StrictModel):
    """One of listed values. Without ``held_out`` evaluation draws the training values, too."""

    kind: Literal["choice"] = "choice"
    training: tuple[Choice, ...] = Field(min_length=1)
    held_out: tuple[Choice, ...] = ()


class WordParameter(StrictModel):
    """A lower-case word; held-out ones are real words."""

    kind: Literal["word"] = "word"


class NameParameter(StrictModel):
    """A capitalised name for a program, a window, a setting or an item."""

    kind: Literal["name"] = "name"


class NumberParameter(StrictModel):
    """A whole number from ``min`` to ``max``; about 30% of them are held out."""

    kind: Literal["number"] = "number"
    min: int = Field(default=10, ge=0)
    max: int = Field(default=999, le=999_999_999)

    @model_validator(mode="after")
    def _ordered(self) -> NumberParameter:
        if self.max - self.min < 20:
            raise PydanticCustomError("range", "'max' must be at least 20 more than 'min'")
        return self


class SumParameter(StrictModel):
    """The sum of numbers that stand above it."""

    kind: Literal["sum"] = "sum"
    of: tuple[str, ...] = Field(min_length=2)


class OneOfParameter(StrictModel):
    """The same as one of several that stand above it: which of them the task is about."""

    kind: Literal["one_of"] = "one_of"
    of: tuple[str, ...] = Field(min_length=2)


def _parameter_kind(value: Any) -> Any:
    if isinstance(value, Mapping) and "kind" not in value and "training" in value:
        return {**value, "kind": "choice"}
    return value


Parameter = Annotated[
    Annotated[
        ChoiceParameter
        | WordParameter
        | NameParameter
        | NumberParameter
        | SumParameter
        | OneOfParameter,
        Field(discriminator="kind"),
    ],
    BeforeValidator(_parameter_kind),
]


class Target(StrictModel):
    """What a step is aimed at, by role and name; ``at`` is percents of a slider's range."""

    role: Role
    name: str | None = None
    window: str | None = None
    at: Annotated[StrictInt, Field(ge=0, le=100)] | Placeholder | None = None


class PointStep(StrictModel):
    action: Literal["click", "double_click", "right_click"]
    target: Target


class DragStep(StrictModel):
    action: Literal["drag"] = "drag"
    start: Target = Field(alias="from")
    end: Target = Field(alias="to")


class ScrollStep(StrictModel):
    """One turn of the wheel; with ``until`` as many (also none) as bring that thing into view."""

    action: Literal["scroll"] = "scroll"
    target: Target
    direction: Literal["up", "down"]
    until: Target | None = None


class PressStep(StrictModel):
    action: Literal["press"] = "press"
    key: Key


class TypeStep(StrictModel):
    """``text`` must be one of the instruction's slots."""

    action: Literal["type_text"] = "type_text"
    text: str


_POINT_ACTIONS = ("click", "double_click", "right_click")
_ACTIONS = (*_POINT_ACTIONS, "drag", "scroll", "press", "type_text")


def _expand_step(value: Any) -> Any:
    """``{click: {role: ...}}`` and the like, as ``{"action": "click", "target": {...}}``."""
    if not isinstance(value, Mapping) or "action" in value:
        return value
    if len(value) != 1:
        raise PydanticCustomError("step_form", "a step is a mapping with one key, its action")
    action, argument = next(iter(value.items()))
    if action in _POINT_ACTIONS:
        return {"action": action, "target": argument}
    if action == "press":
        if argument not in KEYS:
            raise PydanticCustomError(
                "unknown_key_name",
                "unknown key '{name}'",
                {"key": "press", "name": str(argument), "hint": did_you_mean(str(argument), KEYS)},
            )
        return {"action": action, "key": argument}
    if action == "type_text":
        return {"action": action, "text": argument}
    if action == "drag" and isinstance(argument, Mapping):
        return {**argument, "action": action}
    if action == "scroll" and isinstance(argument, Mapping):
        target = {k: v for k, v in argument.items() if k not in ("direction", "until")}
        rest = {k: v for k, v in argument.items() if k in ("direction", "until")}
        return {"action": action, "target": target, **rest}
    raise PydanticCustomError(
        "unknown_action",
        "unknown action '{key}'" if action not in _ACTIONS else "'{key}' needs a mapping",
        {"key": str(action), "hint": did_you_mean(str(action), _ACTIONS)},
    )


OracleStep = Annotated[
    Annotated[
        PointStep | DragStep | ScrollStep | PressStep | TypeStep, Field(discriminator="action")
    ],
    BeforeValidator(_expand_step),
]


class MilestoneSpec(StrictModel):
    """A fact on the way to success, the skill that reaches it, and the slot that it is about."""

    skill: Skill
    about: str = ""
    criteria: Criterion


class TaskSpec(StrictModel):
    """One task of a file."""

    id: StrictInt | Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=64)]
    instruction: Phrasings
    difficulty: Difficulty
    num_steps: int = Field(ge=1, le=200)
    success_criteria: Criterion
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    setup: Setup | None = None  # without: launchers for the standard programs
    milestones: tuple[MilestoneSpec, ...] = ()
    oracle: tuple[OracleStep, ...] = ()
    max_steps: int | None = Field(default=None, ge=1, le=1000)
    tags: tuple[str, ...] = ()
    desktops: tuple[Literal["sim", "x11", "native"], ...] = ("sim",)


class TaskFile(StrictModel):
    """A whole file: the full form, or a plain list of tasks."""

    pack: PackInfo | None = None
    tasks: tuple[TaskSpec, ...] = Field(min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _plain(cls, value: Any) -> Any:
        return {"tasks": value} if isinstance(value, list) else value
