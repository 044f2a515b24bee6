"""What a desktop cannot observe is a fault of the task that depends on it, found at validation."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hrlctl.desktop.contract import Unknown
from hrlctl.env.criteria import Verdict, baseline, check
from hrlctl.errors import TaskError
from hrlctl.packs import load_task_file
from hrlctl.packs.observable import UNOBSERVABLE
from hrlctl.schema.criteria import CRITERIA, AllOf, AnyOf, Not

ARGUMENTS: dict[str, Any] = {
    "window_state": {"title": "a", "state": "normal"},
    "file_contains": {"path": "a", "text": "b"},
    "dialog_answered": {"title": "a", "answer": "b"},
    "shown": {"role": "button"},
    "changed_only": {"names": ()},
}


class RealPrograms:
    """The facts of real programs, of which nothing is open; which are unknown says the desktop."""

    def __init__(self) -> None:
        from hrlctl.desktop.x11.state import X11State

        nothing: Any = None
        state = X11State(nothing, nothing, lambda: "", nothing)
        known: dict[str, Any] = {
            "windows": (),
            "files": {},
            "folders": frozenset(),
            "directories": {},
            "addresses": {},
            "clipboard": "",
        }
        names = ("widgets", "settings", "answers")
        self.facts = {**{name: getattr(state, name) for name in names}, **known}

    def __getattr__(self, name: str) -> Any:
        return self.facts[name]


@pytest.mark.parametrize("kind", CRITERIA.keys() - {"all", "any", "not"})
def test_the_table_is_that_of_the_desktops(kind: str) -> None:
    state: Any = RealPrograms()
    assert isinstance(state.widgets, Unknown)
    model = CRITERIA[kind]
    criterion = model.model_validate(ARGUMENTS.get(kind, {model.shorthand: "a"}))
    is_unknown = check(criterion, state, baseline(state)) is Verdict.UNKNOWN
    assert is_unknown == (model in UNOBSERVABLE["x11"])
    assert not {AllOf, AnyOf, Not} & UNOBSERVABLE["x11"]


@pytest.mark.parametrize(
    ("criteria", "is_sound"),
    [
        ("{setting: {name: Sound, value: true}}", False),
        ("{window_title: a, not: {text_field: b}}", False),
        ("{any: [{setting: a}, {text_field: b}]}", False),
        ("{any: [{setting: a}, {file_exists: b}]}", True),
        ("{window_title: a, file_exists: b}", True),
    ],
)
def test_a_task_asks_for_what_its_desktops_can_observe(
    tmp_path: Path, criteria: str, is_sound: bool
) -> None:
    path = tmp_path / "tasks.yaml"
    text = "- {{id: a, instruction: x, difficulty: EASY, num_steps: 1, desktops: {}, "
    for desktops, loads in (("[sim]", True), ("[sim, x11]", is_sound)):
        path.write_text(text.format(desktops) + f"success_criteria: {criteria}}}\n")
        if loads:
            assert load_task_file(path)
        else:
            with pytest.raises(TaskError, match="'x11' cannot observe"):
                load_task_file(path)
