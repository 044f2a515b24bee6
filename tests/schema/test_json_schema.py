"""The JSON Schema says of every form of a file what the loader says of it."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from pydantic import ValidationError

from hrlctl.packs.documents import read_document
from hrlctl.schema.json_schema import pack_schema
from hrlctl.schema.task import TaskFile

ROOT = Path(__file__).parents[2]
TASK: dict[str, Any] = {
    "id": 1,
    "instruction": "Open the calculator",
    "difficulty": "EASY",
    "num_steps": 5,
    "success_criteria": {"window_title": "Calculator"},
}
SCHEMA = pack_schema()
VALIDATOR = Draft202012Validator(SCHEMA)

SOUND: list[dict[str, Any]] = [
    {"success_criteria": {"kind": "window_title", "title": {"glob": "Calc*"}}},
    {"success_criteria": {"window_open": {"title": {"contains": "a"}}, "clipboard": "x"}},
    {"success_criteria": {"not": {"any": [{"window_open": "a"}, {"all": [{"setting": "b"}]}]}}},
    {"success_criteria": {"setting": {"name": "a", "value": {"min": 1, "max": "{most}"}}}},
    {"success_criteria": {"changed_only": "a"}},
    {"success_criteria": {"changed_only": ["a", "b"]}},
    {"success_criteria": {"shown": {"role": "menu"}}},
    {"instruction": ["a", "b"]},
    {"instruction": {"training": ["a"], "held_out": ["b"]}},
    {"parameters": {"a": {"training": ["x", 1, {"word": "y", "goal": True}]}}},
    {"parameters": {"a": {"kind": "number", "min": 1}, "b": {"kind": "sum", "of": ["a", "a"]}}},
    {"oracle": [{"click": {"role": "slider", "name": "a", "at": "{b}"}}, {"press": "ctrl+s"}]},
    {"oracle": [{"drag": {"from": {"role": "icon"}, "to": {"role": "desktop"}}}]},
    {"oracle": [{"scroll": {"role": "list", "direction": "up", "until": {"role": "option"}}}]},
    {"oracle": [{"action": "type_text", "text": "a"}, {"type_text": "b"}]},
    {"milestones": [{"skill": "open", "criteria": {"window_title": "a"}}]},
    {"setup": {"pages": [{"address": "a.org", "title": "A", "content": [{"kind": "links"}]}]}},
]
FAULTY: list[dict[str, Any]] = [
    {"success_criteria": {}},
    {"success_criteria": {"window_titel": "a"}},
    {"success_criteria": {"window_state": "a"}},
    {"success_criteria": {"kind": "window_title", "title": "a", "state": "normal"}},
    {"success_criteria": "window_title"},
    {"instruction": []},
    {"parameters": {"a": {"min": 1, "max": 50}}},
    {"parameters": {"a": {"kind": "nmae"}}},
    {"oracle": [{"click": {"role": "icon"}, "press": "enter"}]},
    {"oracle": [{"click": "icon"}]},
    {"oracle": [{"press": "hyper"}]},
    {"oracle": [{"scroll": {"role": "list"}}]},
    {"milestones": [{"skill": "opne", "criteria": {"window_title": "a"}}]},
    {"setup": {"pages": [{"address": "a.org", "title": "A", "content": [{"text": "b"}]}]}},
    {"setup": {"pages": [{"address": "a b", "title": "A"}]}},
    {"difficulty": "easy"},
    {"steps": 5},
]


def is_loaded(value: Any) -> bool:
    try:
        TaskFile.model_validate(copy.deepcopy(value))
    except ValidationError:
        return False
    return True


def test_the_schema_is_one_and_no_reference_in_it_is_dead() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    names = set(re.findall(r"#/\$defs/(\w+)", str(SCHEMA)))
    assert names <= SCHEMA["$defs"].keys()


@pytest.mark.parametrize("change", SOUND, ids=str)
def test_what_loads_is_valid_in_both_forms_of_a_file(change: dict[str, Any]) -> None:
    for file in ([TASK | change], {"pack": {"name": "a"}, "tasks": [TASK | change]}):
        assert is_loaded(file)
        assert [error.message for error in VALIDATOR.iter_errors(file)] == []


@pytest.mark.parametrize("change", FAULTY, ids=str)
def test_what_does_not_load_is_not_valid(change: dict[str, Any]) -> None:
    assert not is_loaded([TASK | change])
    assert not VALIDATOR.is_valid([TASK | change])


@pytest.mark.parametrize("pack", ["desktop_basics", "workflows"])
def test_a_shipped_pack_is_valid(pack: str) -> None:
    value = read_document(ROOT / "tasks_plugins" / pack / "pack.yaml").value
    assert [error.message for error in VALIDATOR.iter_errors(value)] == []


def test_the_documented_task_is_valid() -> None:
    document = (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8")
    example = yaml.safe_load(document.partition("```yaml\n")[2].partition("```")[0])
    assert [error.message for error in VALIDATOR.iter_errors(example)] == []


def test_a_kind_is_completed_with_what_it_means() -> None:
    kinds = SCHEMA["$defs"]["Criteria"]["else"]["properties"]
    assert "not minimised" in kinds["window_title"]["description"]
