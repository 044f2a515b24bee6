"""Whatever a file of tasks holds, it loads or gives a message: no traceback, no hang."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from hrlctl.errors import PackError
from hrlctl.packs import load_task_file

SOUND = """\
pack: {name: fuzzed}
tasks:
  - id: note
    instruction: {training: ['Write "{word}" into "{title}"'], held_out: ['"{title}": "{word}"']}
    difficulty: EASY
    num_steps: 4
    max_steps: 12
    parameters:
      title: {kind: name}
      word: {kind: word}
      number: {kind: number, min: 10, max: 99}
      day: {training: [{name: Monday, at: 1}], held_out: [{name: Friday, at: 5}]}
    setup:
      windows: [{title: "{title}", program: text_editor, state: minimized}]
      launchers: [{name: "{day.name}", program: settings, fields: [{role: slider, name: "Size"}]}]
      pages:
        - address: a.org
          title: A
          content: [{kind: table, columns: [a, b], rows: [["{number}", c]], extra_rows: 2}]
      files: {"Letters/{word}.txt": "dear"}
    success_criteria:
      any: [{file_contains: {path: a.txt, text: "{word}"}}, {not: {window_open: {glob: "A*"}}}]
      setting: {name: Size, value: {min: 1, max: "{day.at}"}}
      changed_only: ["{title}"]
    milestones: [{skill: open, about: "{title}", criteria: {window_open: "{title}"}}]
    oracle:
      - scroll: {role: list, direction: down, until: {role: list_item, name: "{word}"}}
      - click: {role: slider, name: Size, at: "{day.at}"}
      - type_text: "{word}"
      - press: ctrl+s
"""
TREE: Any = yaml.safe_load(SOUND)
FRAGMENTS = (
    "*a", "&a ", "<<: *a", "!!python/object:os.system", "!!set", "!!binary", "? ", "- ", ": ", "{",
    "}", "[", "]", "'", '"', "|\n", "\t", "\x00", "\ufeff", "\u2028", "\ud800", "---\n",
    "%YAML 9\n",
    "{word", "{word.x}", "{{", "../../etc", "~root", "C:\\a", ".inf", ".nan", "-0", "1e999", "0x1f",
    "9" * 30, "9" * 5000, "2001-13-45", "null", "#", "{" * 60, "[" * 60,
)  # fmt: skip
SECONDS = 5.0  # a file of this size takes milliseconds; a hang takes for ever


def paths_in(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all values below ``node``."""
    keys = node.items() if isinstance(node, dict) else enumerate(node)
    found = []
    for key, item in keys:
        found.append((*path, key))
        if isinstance(item, dict | list):
            found += paths_in(item, (*path, key))
    return found


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([10**18, -1, 0, 2**63, 10**40]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["{word}", "{day.at}", "{number}", "{nobody}", "", "../x", "*", "[", "(a+)+$"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
mutations = st.lists(st.tuples(st.sampled_from(paths_in(TREE)), values), min_size=1, max_size=3)
splices = st.lists(
    st.tuples(st.integers(0, len(SOUND)), st.integers(0, 8), st.sampled_from(FRAGMENTS)),
    min_size=1,
    max_size=3,
)
fuzzed = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)


def loads_or_tells(path: Path, data: bytes) -> None:
    """Load ``data``; the message of what is wrong with it names the file."""
    path.write_bytes(data)
    start = time.process_time()
    fault = None
    try:
        load_task_file(path)
    except PackError as error:
        fault = error
    assert time.process_time() - start < SECONDS
    if fault is not None:
        assert fault.message
        assert str(path) in str(fault.where)


def test_the_file_that_is_mutated_is_sound(tmp_path: Path) -> None:
    path = tmp_path / "sound.yaml"
    path.write_text(SOUND)
    assert [task.id for task in load_task_file(path)] == ["fuzzed/note"]


@fuzzed
@given(changes=mutations, name=st.sampled_from(["f.yaml", "f.json"]))
def test_values_of_any_type_at_any_place(
    tmp_path: Path, changes: list[tuple[tuple[Any, ...], Any]], name: str
) -> None:
    tree = json.loads(json.dumps(TREE))
    for place, value in changes:
        node = tree
        try:
            for key in place[:-1]:
                node = node[key]
            node[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    text = json.dumps(tree)  # JSON is YAML, too
    loads_or_tells(tmp_path / name, text.encode())


@fuzzed
@given(cuts=splices)
@example(cuts=[(0, 0, "9" * 5000)])
@example(cuts=[(0, 0, "{" * 60)])
def test_text_that_was_cut_and_spliced(tmp_path: Path, cuts: list[tuple[int, int, str]]) -> None:
    text = SOUND
    for place, length, fragment in cuts:
        text = text[:place] + fragment + text[place + length :]
    loads_or_tells(tmp_path / "f.yaml", text.encode("utf-8", "surrogatepass"))


@fuzzed
@given(data=st.binary(max_size=200), name=st.sampled_from(["f.yaml", "f.json"]))
def test_bytes_of_any_encoding(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    for raw in (data, SOUND.encode()[:60] + data, SOUND.encode("utf-16")):
        loads_or_tells(path, raw)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 500_000,
        "- " * 400_000,
        "a: " * 300_000,
        "{" * 900_000,
        "? " * 400_000,
        "&a " * 100_000,
        "!" * 900_000,
        "'" + "x" * 900_000,
        "- {window_open: " * 50_000,
        "tasks: [" + "{}," * 200_000 + "]",
        SOUND.replace("dear", "{word}" * 100_000),
    ],
    ids=lambda text: text[:12],
)
def test_what_is_large_and_hostile_ends_soon(tmp_path: Path, text: str) -> None:
    loads_or_tells(tmp_path / "f.yaml", text.encode())


@pytest.mark.parametrize("pattern", ["*a" * 40 + "b", "[" * 50, "[!", "*" * 200 + "x", "(a+)+$"])
def test_a_pattern_that_is_meant_to_hang_is_matched_at_once(pattern: str) -> None:
    from hrlctl.desktop.contract import WindowState
    from hrlctl.env.criteria import Verdict, check
    from hrlctl.schema.criteria import Glob, WindowTitle

    class State:
        windows = (WindowState("a" * 5000, "viewer", False, False, False),)

    start = time.process_time()
    verdict = check(WindowTitle(title=Glob(glob=pattern)), State(), None)  # type: ignore[arg-type]
    assert verdict is Verdict.FAIL
    assert time.process_time() - start < SECONDS
