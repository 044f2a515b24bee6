"""Criteria: checkable facts about the desktop, as tasks write them.

A mapping from kinds to arguments; several in one mapping mean all of them::

    success_criteria:
      window_title: Calculator                  # shorthand: the kind's first argument
      setting: {name: Sound, value: true}       # long form
      not: {window_open: {title: {contains: Error}}}
      any: [{file_exists: a.txt}, {file_exists: b.txt}]

Texts compare without regard to case; ``{contains: ...}``, ``{glob: ...}`` and ``{regex: ...}``
compare otherwise.
Kinds that are not listed here are looked for among those of other distributions
(``hrlctl.schema.custom_criteria``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    Field,
    StrictBool,
    StrictInt,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from hrlctl.errors import did_you_mean
from hrlctl.patterns import PatternError, check_pattern
from hrlctl.schema.base import StrictModel
from hrlctl.schema.custom_criteria import (
    CriterionModel,
    custom_criteria,
    load_custom,
    validate_custom,
)
from hrlctl.schema.vocabulary import Role

Placeholder = Annotated[str, Field(pattern=r"^\{[a-z_][a-z0-9_.]*\}$")]
"""A template that stands for a number."""


class Contains(StrictModel):
    """A text that has ``contains`` somewhere in it."""

    contains: str


class Glob(StrictModel):
    """A text that fits a pattern with ``*``, ``?`` and ``[...]``."""

    glob: str


def _checked(text: str) -> str:
    """``text``, which must be a pattern whatever its templates stand for."""
    example = re.sub(r"\{[a-z_][a-z0-9_.]*\}", "x", text).replace("{{", "{").replace("}}", "}")
    try:
        check_pattern(example)
    except PatternError as error:
        raise PydanticCustomError(
            "pattern", "no pattern: {reason}", {"reason": str(error)}
        ) from None
    return text


class Regex(StrictModel):
    """A text that fits a regular expression as a whole."""

    regex: Annotated[str, AfterValidator(_checked)]


class Range(StrictModel):
    """A number from ``min`` to ``max``, both included."""

    min: StrictInt | Placeholder
    max: StrictInt | Placeholder


Match = str | Contains | Glob | Regex
Value = StrictBool | StrictInt | str | Contains | Glob | Regex | Range


class WindowTitle(CriterionModel):
    """A window with this title is open and not minimised."""

    shorthand = "title"
    kind: Literal["window_title"] = "window_title"
    title: Match


class WindowOpen(CriterionModel):
    """A window with this title is open, minimised or not."""

    shorthand = "title"
    kind: Literal["window_open"] = "window_open"
    title: Match


class WindowClosed(CriterionModel):
    """No window with this title is open."""

    shorthand = "title"
    kind: Literal["window_closed"] = "window_closed"
    title: Match


class WindowFocused(CriterionModel):
    """The window that has the focus has this title."""

    shorthand = "title"
    kind: Literal["window_focused"] = "window_focused"
    title: Match


class WindowInState(CriterionModel):
    """A window with this title is ``normal``, ``minimized`` or ``maximized``."""

    shorthand = "title"
    kind: Literal["window_state"] = "window_state"
    title: Match
    state: Literal["normal", "minimized", "maximized"]


class ProcessRunning(CriterionModel):
    """A program of this kind, such as ``calculator``, has a window, minimised or not."""

    shorthand = "program"
    kind: Literal["process_running"] = "process_running"
    program: Match


class FileExists(CriterionModel):
    """There is a file at this path in the home folder."""

    shorthand = "path"
    kind: Literal["file_exists"] = "file_exists"
    path: str


class FileNotExists(CriterionModel):
    """There is no file at this path."""

    shorthand = "path"
    kind: Literal["file_not_exists"] = "file_not_exists"
    path: str


class FileContains(CriterionModel):
    """The file at this path has this text somewhere in it."""

    shorthand = "path"
    kind: Literal["file_contains"] = "file_contains"
    path: str
    text: str


class DirectoryExists(CriterionModel):
    """There is a folder at this path."""

    shorthand = "path"
    kind: Literal["directory_exists"] = "directory_exists"
    path: str


class CurrentDirectory(CriterionModel):
    """A file manager, or the one with this title, shows this folder; the home folder is ``~``."""

    shorthand = "path"
    kind: Literal["current_directory"] = "current_directory"
    path: str
    window: str | None = None


class Clipboard(CriterionModel):
    """The clipboard holds this text; of a file that was cut or copied, its path."""

    shorthand = "text"
    kind: Literal["clipboard"] = "clipboard"
    text: Match


class UrlContains(CriterionModel):
    """The address that a browser shows has this text in it."""

    shorthand = "text"
    kind: Literal["url_contains"] = "url_contains"
    text: str
    window: str | None = None


class TextField(CriterionModel):
    """The text field or text area of this name shows this text."""

    shorthand = "value"
    kind: Literal["text_field"] = "text_field"
    value: Match
    name: str | None = None
    window: str | None = None


class Setting(CriterionModel):
    """The applied value of this name is ``value``, which may be ``{min: 1, max: 5}``."""

    shorthand = "name"
    kind: Literal["setting"] = "setting"
    name: str
    value: Value = True


class Selected(CriterionModel):
    """The check box, radio group, drop-down, list or slider of this name shows ``value``.

    Of a tab the value says whether it is the one in front, of a calculator's operation whether it
    waits for a second number.
    """

    shorthand = "name"
    kind: Literal["selected"] = "selected"
    name: str
    value: Value = True
    window: str | None = None


class Shown(CriterionModel):
    """A thing of this role and name is there: an open menu, an option, a button of a dialog."""

    shorthand = "role"
    kind: Literal["shown"] = "shown"
    role: Role
    name: str | None = None
    window: str | None = None


class WidgetFocused(CriterionModel):
    """The widget of this name has the keyboard focus."""

    shorthand = "name"
    kind: Literal["widget_focused"] = "widget_focused"
    name: str
    window: str | None = None


class DisplayValue(CriterionModel):
    """A calculator's display, or that of the window with this title, shows this number."""

    shorthand = "value"
    kind: Literal["display_value"] = "display_value"
    value: StrictInt | str
    window: str | None = None


class DialogAnswered(CriterionModel):
    """The dialog of this title was ended by the button ``answer``."""

    shorthand = "title"
    kind: Literal["dialog_answered"] = "dialog_answered"
    title: str
    answer: str


class ChangedOnly(CriterionModel):
    """Since the episode began only what bears one of these names was changed.

    That is: no other window was opened, closed, minimised, maximised or restored, no other setting
    applied with another value, no other file or folder made, written or deleted. Focus and order of
    windows do not count.
    """

    shorthand = "names"
    kind: Literal["changed_only"] = "changed_only"
    names: tuple[str, ...]

    @model_validator(mode="before")
    @classmethod
    def _one_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("names"), str):
            return {**value, "names": (value["names"],)}
        return value


class AllOf(CriterionModel):
    """Every one of these holds."""

    shorthand = "criteria"
    kind: Literal["all"] = "all"
    criteria: tuple[Criterion, ...]


class AnyOf(CriterionModel):
    """At least one of these holds."""

    shorthand = "criteria"
    kind: Literal["any"] = "any"
    criteria: tuple[Criterion, ...]


class Not(CriterionModel):
    """This does not hold."""

    shorthand = "criterion"
    kind: Literal["not"] = "not"
    criterion: Criterion


CRITERIA: dict[str, type[CriterionModel]] = {
    str(model.model_fields["kind"].default): model
    for model in (
        WindowTitle, WindowOpen, WindowClosed, WindowFocused, WindowInState, ProcessRunning,
        FileExists, FileNotExists, FileContains, DirectoryExists, CurrentDirectory, Clipboard,
        UrlContains, TextField, Setting, Selected, Shown, WidgetFocused, DisplayValue,
        DialogAnswered, ChangedOnly, AllOf, AnyOf, Not,
    )
}  # fmt: skip


def _validated(
    value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo
) -> CriterionModel:
    """A criterion of any form, of this package or of another one."""
    explicit = _expanded(value, info)
    kind = explicit.get("kind") if isinstance(explicit, dict) else None
    if kind in CRITERIA or not isinstance(kind, str) or kind not in custom_criteria(info):
        model: CriterionModel = handler(explicit)
        return model
    return validate_custom(kind, explicit, info)


def _expanded(value: Any, info: ValidationInfo) -> Any:
    """The explicit form ``{"kind": ..., arguments}`` of a mapping from kinds to arguments.

    Raises:
        PydanticCustomError: it is no mapping, is empty, or names an unknown kind.
    """
    if isinstance(value, CriterionModel):
        return value
    if not isinstance(value, Mapping):
        raise PydanticCustomError(
            "criteria_form", "expected a mapping from criteria to their arguments"
        )
    if "kind" in value:
        return dict(value)
    if not value:
        raise PydanticCustomError("criteria_empty", "no criterion is given")
    expanded = [_expand(str(kind), argument, info) for kind, argument in value.items()]
    # The comparison with the start is the dearest one: last, it is seldom reached.
    expanded.sort(key=lambda criterion: criterion["kind"] == "changed_only")
    return expanded[0] if len(expanded) == 1 else {"kind": "all", "criteria": expanded}


def _expand(kind: str, argument: Any, info: ValidationInfo) -> dict[str, Any]:
    model = CRITERIA.get(kind)
    if model is None:
        others = custom_criteria(info)
        if kind not in others:
            raise PydanticCustomError(
                "unknown_criterion",
                "unknown criterion '{key}'",
                {"key": kind, "hint": did_you_mean(kind, {*CRITERIA, *others})},
            )
        model = load_custom(kind, info)
    is_arguments = isinstance(argument, Mapping) and not argument.keys() <= _MATCH_KEYS
    if is_arguments and (kind != "not" or "criterion" in argument):
        return {**argument, "kind": kind}
    return {"kind": kind, model.shorthand: argument}


_MATCH_KEYS = frozenset({"contains", "glob", "regex"})

Criterion = Annotated[
    Annotated[
        WindowTitle
        | WindowOpen
        | WindowClosed
        | WindowFocused
        | WindowInState
        | ProcessRunning
        | FileExists
        | FileNotExists
        | FileContains
        | DirectoryExists
        | CurrentDirectory
        | Clipboard
        | UrlContains
        | TextField
        | Setting
        | Selected
        | Shown
        | WidgetFocused
        | DisplayValue
        | DialogAnswered
        | ChangedOnly
        | AllOf
        | AnyOf
        | Not,
        Field(discriminator="kind"),
    ],
    WrapValidator(_validated),
]
"""Any criterion; validated from the shorthand, the long or the explicit form."""

for _model in (AllOf, AnyOf, Not):
    _model.model_rebuild()
