"""Instances in words: nothing that a pack can say is without any."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from hrlctl.packs.wording import criteria_in_words, setup_in_words, step_in_words
from hrlctl.schema.criteria import CRITERIA, Criterion
from hrlctl.schema.setup import Setup
from hrlctl.schema.task import OracleStep

ARGUMENTS: dict[str, Any] = {
    "title": "Maple", "path": "maple.txt", "text": "Maple", "value": "Maple", "name": "Maple",
    "role": "menu", "state": "maximized", "answer": "Maple", "program": "Maple", "names": ["Maple"],
    "criteria": [{"window_open": "Maple"}, {"window_open": "Fern"}],
    "criterion": {"window_open": "Maple"},
}  # fmt: skip


def read(criteria: Any) -> tuple[str, ...]:
    criterion: Criterion = TypeAdapter(Criterion).validate_python(criteria)
    return criteria_in_words(criterion)


def test_every_criterion_has_words_of_its_own() -> None:
    words = set()
    for kind, model in CRITERIA.items():
        fields = model.model_fields.keys() & ARGUMENTS.keys()
        said = read({"kind": kind, **{field: ARGUMENTS[field] for field in fields}})
        assert "maple" in said[0].casefold()
        words.add(said)
    assert len(words) == len(CRITERIA)


def test_all_is_a_line_each_and_what_is_inside_another_keeps_its_meaning() -> None:
    assert len(read({"window_open": "a", "all": [{"clipboard": "b"}, {"file_exists": "c"}]})) == 3
    (line,) = read(
        {"any": [{"all": [{"window_open": "a"}, {"window_open": "b"}]}, {"setting": "c"}]}
    )
    assert line.startswith("(")
    assert read({"setting": {"name": "a", "value": False}}) != read({"setting": "a"})
    assert "3" in read({"setting": {"name": "a", "value": {"min": 3, "max": 5}}})[0]
    assert read({"window_open": {"contains": "a"}}) != read({"window_open": {"glob": "a"}})


def test_a_setup_names_everything_that_is_set_up() -> None:
    setup = Setup.model_validate(
        {
            "launchers": [
                {"name": "One", "program": "settings", "on_desktop": False, "fields": [
                    {"role": "list", "name": "Two", "options": ["Three"], "value": "Three"}]}
            ],
            "windows": [{"title": "Four", "text": "Five", "state": "minimized"}],
            "dialogs": [{"title": "Six", "message": "Seven", "buttons": ["Eight", "Nine"]}],
            "files": {"ten.txt": "Eleven", "twelve.txt": ""},
            "folders": ["Thirteen"],
            "clipboard": "x" * 500,
            "distractors": (2, 2),
        }
    )  # fmt: skip
    lines = setup_in_words(setup)
    text = "\n".join(lines)
    for (
        name
    ) in "One Two Three Four Five Six Seven Eight Nine ten.txt Eleven twelve.txt Thirteen".split():
        assert name in text
    assert "minimized" in text
    assert "icon" not in lines[0]
    assert max(map(len, lines)) < 120


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"double_click": {"role": "icon", "name": "A"}}, 'double click the icon "A"'),
        ({"drag": {"from": {"role": "icon"}, "to": {"role": "desktop"}}}, "to the desktop"),
        ({"click": {"role": "slider", "name": "A", "at": 50}}, "at 50%"),
        ({"scroll": {"role": "list", "direction": "up", "until": {"role": "option"}}}, "until"),
        ({"press": "ctrl+s"}, "press ctrl+s"),
        ({"type_text": "A"}, 'type "A"'),
    ],
)
def test_steps(step: dict[str, Any], words: str) -> None:
    parsed: OracleStep = TypeAdapter(OracleStep).validate_python(step)
    assert words in step_in_words(parsed)
