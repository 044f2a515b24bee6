"""Reading files of tasks: nothing explodes, and every fault has its line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hrlctl.errors import PackError
from hrlctl.packs.documents import read_document
from hrlctl.packs.files import load_task_file


def written(folder: Path, text: str, name: str = "tasks.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_plain_words_and_numbers_are_read_as_people_mean_them(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, "a: on\nb: 1e-3\nc: 012\nd: '5'\ne: true\nf:\n"))
    assert document.value == {"a": "on", "b": 0.001, "c": 12, "d": "5", "e": True, "f": None}
    assert document.where(("d",)).endswith("tasks.yaml:4")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\na: 2\n", 2),
        ("a: &x [1]\nb: *x\n", 2),
        ("a: !!python/object:os.system x\n", 1),
        ("a: [1\nb: 2\n", 2),
        ("? [1, 2]\n: 3\n", 1),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(PackError) as caught:
        read_document(written(tmp_path, text))
    assert str(caught.value.where).endswith(f"tasks.yaml:{line}")


def test_aliases_cannot_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(PackError):
        read_document(written(tmp_path, "\n".join(lines)))


@pytest.mark.parametrize("name", ["deep.yaml", "deep.json"])
def test_deep_nesting_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackError):
        load_task_file(written(tmp_path, "[" * 3000 + "]" * 3000, name))


def test_large_and_undecodable_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="larger"):
        read_document(written(tmp_path, "#" * 1_000_001))
    (tmp_path / "latin.yaml").write_bytes("a: ü".encode("latin-1"))
    with pytest.raises(PackError, match="UTF-8"):
        read_document(tmp_path / "latin.yaml")
    with pytest.raises(PackError):
        read_document(tmp_path / "missing.yaml")


def test_a_device_without_an_end_is_not_read_to_it(tmp_path: Path) -> None:
    (tmp_path / "endless.yaml").symlink_to("/dev/zero")
    with pytest.raises(PackError, match="larger"):
        read_document(tmp_path / "endless.yaml")


def test_json_knows_its_lines_and_refuses_double_keys(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, '[\n\t{"id": 1,\n\t"x": 2}]', "t.json"))
    assert document.where((0, "x")).endswith("t.json:3")
    with pytest.raises(PackError):
        read_document(written(tmp_path, '{"a": 1, "a": 2}', "t.json"))


def test_json_that_yaml_cannot_read_has_no_lines_but_its_values(tmp_path: Path) -> None:
    document = read_document(written(tmp_path, '[{"a": "\x7f"}]', "t.json"))
    assert document.value == [{"a": "\x7f"}]
    assert document.where((0, "a")).endswith("t.json")


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=st.text(max_size=200), name=st.sampled_from(["f.yaml", "f.json"]))
def test_any_text_loads_or_gives_a_message(tmp_path: Path, text: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(PackError):
        load_task_file(path)
