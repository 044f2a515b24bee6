"""Files of tasks: what is valid, and what a wrong one says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hrlctl import __version__
from hrlctl.errors import PackError
from hrlctl.packs import draw_instance, load_task_file
from hrlctl.schema.base import Difficulty, Split

PLAIN = """[{"id": 1, "instruction": "Open the calculator", "difficulty": "EASY", "num_steps": 5,
  "success_criteria": {"window_title": "Calculator"}}]"""

FULL = """\
pack: {name: mine}
tasks:
  - id: open
    instruction: 'Open "{program}"'
    difficulty: EASY
    num_steps: 2
    parameters:
      program: {kind: name}
    setup:
      launchers:
        - name: "{program}"
    success_criteria:
      window_open: "{program}"
    oracle:
      - double_click: {role: icon, name: "{program}"}
"""


def written(folder: Path, text: str, name: str = "tasks.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_plain_form_is_a_pack(tmp_path: Path) -> None:
    (task,) = load_task_file(written(tmp_path, PLAIN, "my_tasks.json"))
    assert task.id == "my_tasks/1"
    assert task.difficulty is Difficulty.EASY
    assert task.max_steps == 15
    instance = draw_instance(task, 3, Split.TRAINING)
    assert instance.instruction == "Open the calculator"
    names = {launcher.name for launcher in instance.setup.launchers}
    assert names == {"Calculator", "Editor", "Settings"}


def test_the_full_form_fills_in_its_templates(tmp_path: Path) -> None:
    (task,) = load_task_file(written(tmp_path, FULL))
    instance = draw_instance(task, 3, Split.WORDS)
    program = instance.parameters["program"]
    assert task.id == "mine/open"
    assert instance.instruction == f'Open "{program}"'
    assert instance.setup.launchers[0].name == program
    assert instance.setup.variation.held_out_words


@pytest.mark.parametrize(
    ("old", "new", "line", "suggestion"),
    [
        ("instruction:", "instructions:", 4, "instruction"),
        ("difficulty: EASY", "difficulty: EESY", 5, "EASY"),
        ("num_steps: 2", "num_steps: two", 6, ""),
        ("kind: name", "kind: nam", 8, "name"),
        ("- name: ", "- nane: ", 11, "name"),
        ("window_open:", "windw_open:", 13, "window_open"),
        ("double_click:", "dubble_click:", 15, "double_click"),
        ("role: icon", "role: ikon", 15, "icon"),
        ("'Open \"{program}\"'", "'Open \"{progam}\"'", 4, "program"),
    ],
)
def test_a_mistake_is_named_with_line_and_suggestion(
    tmp_path: Path, old: str, new: str, line: int, suggestion: str
) -> None:
    with pytest.raises(PackError) as caught:
        load_task_file(written(tmp_path, FULL.replace(old, new, 1)))
    assert str(caught.value.where).endswith(f":{line}")
    assert suggestion in (caught.value.hint or "")


def test_two_tasks_with_one_id_are_named_with_both_places(tmp_path: Path) -> None:
    task = json.loads(PLAIN)[0]
    text = json.dumps([task, task], indent=1)
    with pytest.raises(PackError) as caught:
        load_task_file(written(tmp_path, text, "t.json"))
    assert "t.json:2" in str(caught.value)
    assert str(caught.value.where) not in (caught.value.hint or "")


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "~/x", "a/../../b"])
def test_a_path_cannot_leave_the_home_folder(tmp_path: Path, path: str) -> None:
    text = FULL.replace('window_open: "{program}"', f"file_exists: {path}")
    with pytest.raises(PackError, match="home folder"):
        load_task_file(written(tmp_path, text))


@pytest.mark.parametrize(
    ("setup", "message"),
    [
        ("folders: [../out]", "home folder"),
        ("files: {a: '', a/b.txt: ''}", "both a file and a folder"),
        ("files: {a: ''}\n      folders: [a]", "both a file and a folder"),
        ("windows: [{title: T, program: file_manager, path: Gone}]", "no folder"),
    ],
)
def test_files_and_folders_fit_together(tmp_path: Path, setup: str, message: str) -> None:
    text = FULL.replace("    setup:\n", f"    setup:\n      {setup}\n")
    with pytest.raises(PackError, match=message):
        load_task_file(written(tmp_path, text))


def test_a_file_manager_shows_a_folder_that_a_file_lies_in(tmp_path: Path) -> None:
    window = "windows: [{title: T, program: file_manager, path: A/B}]"
    setup = f"      files: {{A/B/c.txt: ''}}\n      {window}\n"
    text = FULL.replace("    setup:\n", f"    setup:\n{setup}")
    (task,) = load_task_file(written(tmp_path, text))
    assert draw_instance(task, 0, Split.TRAINING).setup.windows[0].path == "A/B"


@pytest.mark.parametrize("pattern", ["(", "(a)\\1", "{program}(", "[z-a]"])
def test_a_pattern_that_cannot_be_used_is_named_with_its_line(tmp_path: Path, pattern: str) -> None:
    text = FULL.replace('window_open: "{program}"', f"window_open: {{regex: '{pattern}'}}")
    with pytest.raises(PackError, match="no pattern") as caught:
        load_task_file(written(tmp_path, text))
    assert str(caught.value.where).endswith(":13")


def test_a_pattern_may_hold_templates(tmp_path: Path) -> None:
    text = FULL.replace('window_open: "{program}"', "window_open: {regex: '{program} [0-9]{{2}}'}")
    (task,) = load_task_file(written(tmp_path, text))
    instance = draw_instance(task, 0, Split.TRAINING)
    expected = {"regex": f"{instance.parameters['program']} [0-9]{{2}}"}
    assert instance.success.model_dump()["title"] == expected


def test_parameters_that_cannot_differ_are_a_fault_of_the_task(tmp_path: Path) -> None:
    text = FULL.replace(
        "program: {kind: name}", "program: {training: [A]}\n      other: {training: [A]}"
    )
    with pytest.raises(PackError) as caught:
        load_task_file(written(tmp_path, text))
    assert "mine/open" in str(caught.value)


@pytest.mark.parametrize(
    ("needed", "is_new_enough"),
    [("0", True), (__version__, True), (f"{__version__}.1", False), ("999.0", False)],
)
def test_a_pack_says_which_hrlctl_it_needs(
    tmp_path: Path, needed: str, is_new_enough: bool
) -> None:
    unknown = "" if is_new_enough else "    of_the_future: 1\n"  # explained by the version
    text = FULL.replace("{name: mine}", f"{{name: mine, needs_hrlctl: '{needed}'}}")
    path = written(tmp_path, text + unknown)
    if is_new_enough:
        assert load_task_file(path)
    else:
        with pytest.raises(PackError, match="later") as caught:
            load_task_file(path)
        assert str(caught.value.where).endswith(":1")


def test_a_value_that_does_not_fit_its_place_is_found_at_load(tmp_path: Path) -> None:
    text = FULL.replace("{role: icon,", "{role: slider, at: '{program}',")
    with pytest.raises(PackError, match="not valid"):
        load_task_file(written(tmp_path, text))
