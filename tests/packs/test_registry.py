"""The registry: found packs are loaded, broken ones are named and harm nobody."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from hrlctl.errors import PackError, UnknownNameError
from hrlctl.packs import load_packs, registry
from hrlctl.packs.discovery import FoundPack, find_packs
from hrlctl.schema.base import Difficulty

GROUP = "hrlctl.task_packs.v1"
OTHER_GROUP = "hrlctl.task_packs.v2"
GOOD = """
pack: {name: good}
tasks:
  - {id: a, instruction: x, difficulty: EASY, num_steps: 1, success_criteria: {window_title: x}}
  - {id: b, instruction: x, difficulty: HARD, num_steps: 20, success_criteria: {window_title: x}}
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[FoundPack]:
    """Packs of a folder on the path, as if their distributions were installed."""
    modules = {
        "good_pack": ("", GOOD),
        "no_file_pack": ("", None),
        "exiting_pack": ("raise SystemExit(3)", None),
        "raising_pack": ("raise RuntimeError('oh\\nno')", None),
        "nonsense_pack": ("def path():\n    return 5", None),
        "wrong_pack": ("", "tasks: 5"),
    }
    for name, (code, pack) in modules.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(code)
        if pack is not None:
            (tmp_path / name / "pack.yaml").write_text(pack)
    monkeypatch.syspath_prepend(str(tmp_path))
    values = {
        "good": "good_pack",
        "missing": "not_there_at_all",
        "no_file": "no_file_pack",
        "exiting": "exiting_pack:path",
        "raising": "raising_pack:path",
        "nonsense": "nonsense_pack:path",
        "wrong": "wrong_pack",
    }
    found = [
        FoundPack("later", "dist-later", "1", EntryPoint("later", "good_pack", OTHER_GROUP)),
        *(
            FoundPack(name, f"dist-{name}", "1.2", EntryPoint(name, value, GROUP))
            for name, value in values.items()
        ),
    ]
    monkeypatch.setattr(registry, "find_packs", lambda: tuple(found))
    return found


@pytest.mark.usefixtures("installed")
def test_broken_packs_are_named_and_the_others_work() -> None:
    loaded = load_packs()
    assert [pack.name for pack in loaded.packs] == ["good"]
    assert loaded.versions == {"good": "1.2"}
    broken = {pack.name: pack for pack in loaded.broken}
    assert set(broken) == {"missing", "no_file", "exiting", "raising", "nonsense", "wrong", "later"}
    assert "SystemExit" in broken["exiting"].reason
    assert broken["raising"].reason == "RuntimeError: oh no"
    assert OTHER_GROUP in broken["later"].reason
    assert broken["wrong"].distribution == "dist-wrong"


@pytest.mark.usefixtures("installed")
def test_tasks_are_chosen_by_pack_difficulty_and_id() -> None:
    loaded = load_packs(["good"])
    assert [task.id for task in loaded.tasks()] == ["good/a", "good/b"]
    assert [task.id for task in loaded.tasks(difficulty=Difficulty.HARD)] == ["good/b"]
    assert [task.id for task in loaded.tasks(ids=["good/b"])] == ["good/b"]
    with pytest.raises(UnknownNameError) as caught:
        loaded.tasks(ids=["good/c"])
    assert "good/a" in str(caught.value.hint)
    with pytest.raises(UnknownNameError):
        loaded.tasks(pack="other")


@pytest.mark.usefixtures("installed")
def test_a_pack_that_is_asked_for_must_exist_and_work() -> None:
    with pytest.raises(UnknownNameError):
        load_packs(["god"])
    with pytest.raises(PackError):
        load_packs(["raising"])


def distribution(folder: Path, name: str, entry_points: str | bytes) -> None:
    """Make ``folder`` look as if a distribution were installed there."""
    metadata = folder / f"{name}-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    data = entry_points.encode() if isinstance(entry_points, str) else entry_points
    (metadata / "entry_points.txt").write_bytes(data)


def test_a_pack_for_another_version_of_the_interface_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distribution(tmp_path, "later", f"[{OTHER_GROUP}]\nlater = later_pack\n")
    both = "".join(f"[{group}]\nboth = both_pack\n" for group in (GROUP, OTHER_GROUP))
    distribution(tmp_path, "both", both)
    monkeypatch.syspath_prepend(str(tmp_path))
    found = {pack.name: pack.entry_point.group for pack in find_packs({})}
    assert found["later"] == OTHER_GROUP
    assert found["both"] == GROUP
    disabled = {pack.name for pack in find_packs({"HRLCTL_DISABLE_PACKS": "1"})}
    assert "desktop_basics" in disabled
    assert not disabled & {"later", "both"}


@pytest.mark.parametrize(
    ("entry_points", "is_named"),
    [
        (f"[{GROUP}]\njust words\n", True),
        (f"[{GROUP}]\nodd =\n", True),
        (b"\xff\xfe[", True),
        ("[console_scripts]\nof somebody else\n", False),
    ],
)
def test_a_list_of_entry_points_that_is_none_harms_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_points: str | bytes, is_named: bool
) -> None:
    distribution(tmp_path, "odd", entry_points)
    (tmp_path / "nameless-1.dist-info").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    loaded = load_packs()
    assert "desktop_basics" in loaded.versions
    assert [pack.distribution for pack in loaded.broken] == ["odd"] * is_named


def test_two_packs_of_one_name_are_both_named(
    installed: list[FoundPack], monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = FoundPack("good", "dist-twin", "3", EntryPoint("good", "good_pack", GROUP))
    installed.append(twin)
    monkeypatch.setattr(registry, "find_packs", lambda: tuple(installed))
    (broken,) = [pack for pack in load_packs().broken if pack.name == "good"]
    assert "dist-good" in broken.reason
    assert "dist-twin" in broken.reason
