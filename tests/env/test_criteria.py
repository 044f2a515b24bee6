"""Criteria: what each one answers, also where a fact is unknown."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields, replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from hrlctl.desktop.contract import UNKNOWN, DesktopState, Unknown, WidgetState, WindowState
from hrlctl.env.criteria import Verdict, baseline, check
from hrlctl.schema.criteria import CRITERIA, Criterion

ADAPTER: TypeAdapter[Criterion] = TypeAdapter(Criterion)


@dataclass(frozen=True)
class Facts:
    """A desktop with three windows, some widgets, files and settings."""

    windows: tuple[WindowState, ...] | Unknown = (
        WindowState("Notes", "viewer", False, True, False),
        WindowState("Mail", "viewer", False, False, True),
        WindowState("Calculator", "calculator", True, False, False),
    )
    widgets: tuple[WidgetState, ...] | Unknown = (
        WidgetState("display", "Display", "Calculator", "42"),
        WidgetState("check_box", "Sound", "Mail", True),
        WidgetState("slider", "Volume", "Mail", 40),
        WidgetState("text_field", "City", "Mail", "Oslo", is_focused=True),
        WidgetState("drop_down", "Color", "Mail", "Red"),
    )
    files: Mapping[str, str] | Unknown = field(default_factory=lambda: {"a.txt": "Hello world"})
    folders: Set[str] | Unknown = frozenset({"Letters", "Letters/Old"})
    directories: Mapping[str, str] | Unknown = field(
        default_factory=lambda: {"Files": "Letters", "Other": ""}
    )
    settings: Mapping[str, bool | int | str] | Unknown = field(
        default_factory=lambda: {"Sound": True, "Volume": 40}
    )
    answers: Mapping[str, str] | Unknown = field(default_factory=lambda: {"Save?": "Discard"})
    addresses: Mapping[str, str] | Unknown = field(
        default_factory=lambda: {"Surfer": "News.org/today", "Other": "shop.org"}
    )
    clipboard: str | Unknown = "copied"


def verdict(criteria: Any, state: DesktopState, start: DesktopState | None = None) -> Verdict:
    first = None if start is None else baseline(start)
    return check(ADAPTER.validate_python(criteria), state, first)


@pytest.mark.parametrize(
    "criteria",
    [
        {"window_title": "calculator"},
        {"window_title": {"title": {"glob": "calc*"}}},
        {"window_open": "Notes"},
        {"window_closed": "Editor"},
        {"window_focused": {"contains": "alcu"}},
        {"window_state": {"title": "Mail", "state": "maximized"}},
        {"window_state": {"title": "Notes", "state": "minimized"}},
        {"process_running": "calculator"},
        {"window_title": {"regex": "calc.*"}},
        {"selected": {"name": "Volume", "value": {"regex": "[0-9]{2}"}}},
        {"url_contains": "news.org"},
        {"url_contains": {"text": "/TODAY", "window": "surfer"}},
        {"file_exists": "a.txt"},
        {"file_not_exists": "b.txt"},
        {"file_contains": {"path": "a.txt", "text": "hello"}},
        {"directory_exists": "Letters/Old"},
        {"current_directory": "Letters"},
        {"current_directory": {"path": "~", "window": "other"}},
        {"clipboard": "Copied"},
        {"text_field": {"name": "City", "value": "oslo", "window": "mail"}},
        {"text_field": "Oslo"},
        {"setting": "Sound"},
        {"setting": {"name": "sound", "value": True}},
        {"setting": {"name": "Volume", "value": {"min": 30, "max": 40}}},
        {"setting": {"name": "Volume", "value": 40}},
        {"selected": {"name": "Color", "value": "red"}},
        {"selected": {"name": "Sound", "value": True}},
        {"shown": {"role": "drop_down", "name": "Color"}},
        {"widget_focused": "city"},
        {"display_value": 42},
        {"display_value": {"value": 42, "window": "calculator"}},
        {"dialog_answered": {"title": "save?", "answer": "discard"}},
        {"window_open": "Mail", "setting": "Sound"},
        {"any": [{"window_open": "Editor"}, {"window_open": "Mail"}]},
        {"all": [{"window_open": "Notes"}, {"window_open": "Mail"}]},
        {"not": {"window_open": "Editor"}},
    ],
)
def test_what_is_true_passes_and_its_opposite_fails(criteria: dict[str, Any]) -> None:
    assert verdict(criteria, Facts()) is Verdict.PASS
    assert verdict({"not": criteria}, Facts()) is Verdict.FAIL


@pytest.mark.parametrize(
    "criteria",
    [
        {"window_title": "Notes"},  # minimised
        {"window_closed": "Notes"},
        {"window_focused": "Mail"},
        {"window_state": {"title": "Notes", "state": "normal"}},
        {"process_running": "text_editor"},
        {"window_title": {"title": {"regex": "calc"}}},
        {"file_contains": {"path": "b.txt", "text": "hello"}},
        {"text_field": {"name": "City", "value": "Oslo", "window": "Notes"}},
        {"setting": {"name": "Sound", "value": False}},
        {"setting": {"name": "Sound", "value": 1}},
        {"setting": {"name": "Volume", "value": {"min": 41, "max": 50}}},
        {"setting": {"name": "Nothing", "value": ""}},
        {"widget_focused": "Color"},
        {"display_value": 4},
        {"display_value": {"value": 42, "window": "Mail"}},
        {"directory_exists": "a.txt"},
        {"current_directory": "Letters/Old"},
        {"current_directory": {"path": "Letters", "window": "Other"}},
        {"url_contains": "mail"},
        {"url_contains": {"text": "news", "window": "Other"}},
        {"all": [{"window_open": "Notes"}, {"window_open": "Editor"}]},
    ],
)
def test_what_is_not_true_fails(criteria: dict[str, Any]) -> None:
    assert verdict(criteria, Facts()) is Verdict.FAIL


@pytest.mark.parametrize("kind", sorted(set(CRITERIA) - {"all", "any", "not", "changed_only"}))
def test_a_fact_that_cannot_be_observed_is_unknown(kind: str) -> None:
    nothing = Facts(**{fact.name: UNKNOWN for fact in fields(Facts)})
    arguments = {
        name: {"state": "normal", "role": "button"}.get(name, "x")
        for name, info in CRITERIA[kind].model_fields.items()
        if name != "kind" and info.is_required()
    }
    assert verdict({kind: arguments}, nothing) is Verdict.UNKNOWN
    assert verdict({"not": {kind: arguments}}, nothing) is Verdict.UNKNOWN


def test_unknown_does_not_hide_a_failure_or_a_success() -> None:
    blind = Facts(files=UNKNOWN)
    unknown, holds, fails = {"file_exists": "x"}, {"window_open": "Mail"}, {"window_open": "x"}
    assert verdict({"all": [unknown, fails]}, blind) is Verdict.FAIL
    assert verdict({"all": [unknown, holds]}, blind) is Verdict.UNKNOWN
    assert verdict({"any": [unknown, holds]}, blind) is Verdict.PASS
    assert verdict({"any": [unknown, fails]}, blind) is Verdict.UNKNOWN


def test_changed_only_sees_what_else_was_changed() -> None:
    start = Facts()
    assert isinstance(start.windows, tuple)
    notes, mail, calculator = start.windows
    only_mail = {"changed_only": "mail"}
    assert verdict(only_mail, start, start) is Verdict.PASS
    assert verdict(only_mail, start) is Verdict.UNKNOWN
    raised = replace(start, windows=(notes, calculator, mail._replace(is_focused=True)))
    assert verdict(only_mail, raised, start) is Verdict.PASS
    for windows, expected in (
        ((notes, calculator), Verdict.PASS),
        ((notes, mail._replace(is_maximized=False), calculator), Verdict.PASS),
        ((mail, calculator), Verdict.FAIL),
        ((notes._replace(is_minimized=False), mail, calculator), Verdict.FAIL),
        ((*start.windows, WindowState("New", "viewer", True, False, False)), Verdict.FAIL),
        ((*start.windows, calculator), Verdict.FAIL),
    ):
        assert verdict(only_mail, replace(start, windows=windows), start) is expected
    changed = replace(start, settings={"Sound": False, "Volume": 40})
    assert verdict({"changed_only": ["Sound"]}, changed, start) is Verdict.PASS
    assert verdict({"changed_only": ["Volume"]}, changed, start) is Verdict.FAIL
    written = replace(start, files={"a.txt": "Hello world", "b.txt": ""})
    assert verdict({"changed_only": ["b.txt"]}, written, start) is Verdict.PASS
    assert verdict({"changed_only": []}, written, start) is Verdict.FAIL
    emptied = replace(start, folders=frozenset({"Letters"}))
    assert verdict({"changed_only": ["letters/old"]}, emptied, start) is Verdict.PASS
    assert verdict({"changed_only": ["Letters"]}, emptied, start) is Verdict.FAIL


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        [],
        "window_open",
        {"window_opened": "x"},
        {"window_open": {"name": "x"}},
        {"window_open": None},
        {"window_state": "Mail"},
        {"setting": {"name": "x", "value": {"min": "a", "max": 3}}},
        {"all": [{}]},
    ],
)
def test_nonsense_is_refused(criteria: Any) -> None:
    with pytest.raises(ValidationError):
        ADAPTER.validate_python(criteria)
