"""Files and folders: what can be done to them, and what is refused."""

from __future__ import annotations

import pytest

from hrlctl.desktop.sim.file_system import Entry, FileProblem, FileSystem


@pytest.fixture
def files() -> FileSystem:
    system = FileSystem()
    system.fill(
        [("b.txt", "beta"), ("A.png", ""), ("Letters/old.md", "dear"), ("Letters/Old/x.txt", "x")],
        ["Empty"],
    )
    return system


def names(entries: tuple[Entry, ...]) -> list[str]:
    return [entry.name for entry in entries]


def test_a_folder_lists_its_own_entries_folders_first(files: FileSystem) -> None:
    assert names(files.entries("")) == ["Empty", "Letters", "A.png", "b.txt"]
    assert names(files.entries("Letters")) == ["Old", "old.md"]
    assert files.entries("Empty") == ()
    assert [entry.is_text for entry in files.entries("")] == [False, False, False, True]


def test_a_folder_is_renamed_and_moved_with_everything_in_it(files: FileSystem) -> None:
    assert files.rename("Letters", "Mail") == "Mail"
    assert files.move("Mail", "Empty") == "Empty/Mail"
    assert files.folders == {"Empty", "Empty/Mail", "Empty/Mail/Old"}
    assert files["Empty/Mail/Old/x.txt"] == "x"
    assert set(files) == {"b.txt", "A.png", "Empty/Mail/old.md", "Empty/Mail/Old/x.txt"}


def test_a_name_that_begins_another_does_not_take_it_along(files: FileSystem) -> None:
    files["Letters2/y.txt"] = "y"
    files.delete("Letters")
    assert files.folders == {"Empty", "Letters2"}
    assert set(files) == {"b.txt", "A.png", "Letters2/y.txt"}


def test_copies_are_copies_and_get_a_free_name(files: FileSystem) -> None:
    assert files.copy("Letters", "Empty") == "Empty/Letters"
    files["Letters/old.md"] = "changed"
    assert files["Empty/Letters/old.md"] == "dear"
    assert files.copy("b.txt", "") == "b 2.txt"
    assert files.copy("b.txt", "") == "b 3.txt"
    assert files.make_folder("") == "New folder"
    assert files.make_folder("") == "New folder 2"


@pytest.mark.parametrize("name", ["", " ", ".", "..", "~", "a/b", "../b", "a\nb", "x" * 41, " b"])
def test_what_is_no_name_is_refused(files: FileSystem, name: str) -> None:
    before = dict(files), set(files.folders)
    with pytest.raises(FileProblem):
        files.rename("b.txt", name)
    assert not files.can_be_written(name)
    assert (dict(files), files.folders) == before


def test_nothing_is_lost_to_a_name_that_is_taken(files: FileSystem) -> None:
    files["Empty/b.txt"] = "other"
    for change in (
        lambda: files.rename("b.txt", "A.png"),
        lambda: files.rename("b.txt", "Letters"),
        lambda: files.move("b.txt", "Empty"),
        lambda: files.copy("b.txt", "Empty"),
        lambda: files.move("Letters", "Letters/Old"),
        lambda: files.copy("Letters", "Letters"),
        lambda: files.move("gone.txt", "Empty"),
    ):
        with pytest.raises(FileProblem):
            change()
    assert files["b.txt"] == "beta"
    assert files["Empty/b.txt"] == "other"


def test_a_file_is_written_into_a_folder_that_is_there(files: FileSystem) -> None:
    assert files.can_be_written("Empty/new.txt")
    assert files.can_be_written("b.txt")
    assert not files.can_be_written("Nowhere/new.txt")
    assert not files.can_be_written("Empty")


def test_every_change_is_told() -> None:
    told: list[int] = []
    files = FileSystem(lambda: told.append(len(told)))
    files["a.txt"] = ""
    files.make_folder("")
    files.move("a.txt", "New folder")
    files.rename("New folder", "F")
    files.copy("F", "")
    files.delete("F")
    assert len(told) == 6
