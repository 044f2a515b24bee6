"""A new pack's project: it can be installed, is a valid pack then, and passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hrlctl.errors import StorageError, UsageError
from hrlctl.packs.scaffold import create_pack_project


def run(*arguments: str, folder: Path, path: Path | None = None) -> str:
    places = [*([str(path)] if path else []), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    parent = tmp_path_factory.mktemp("projects")
    create_pack_project("garden_tasks", parent)
    return parent / "garden_tasks"


@pytest.fixture(scope="module")
def installed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the path into which the project's wheel is installed, as an installer does it."""
    target = tmp_path_factory.mktemp("site")
    build = "from setuptools import build_meta; print(build_meta.build_wheel('wheels'))"
    wheel = run("-c", build, folder=project).split()[-1]
    with zipfile.ZipFile(project / "wheels" / wheel) as archive:
        archive.extractall(target)
    return target


def test_the_installed_pack_is_found_and_valid(installed: Path, tmp_path: Path) -> None:
    arguments = ("-m", "hrlctl", "tasks", "validate", "garden_tasks")
    assert "2 tasks, all valid" in run(*arguments, folder=tmp_path, path=installed)


def test_its_own_tests_pass_and_can_fail(project: Path, installed: Path) -> None:
    arguments = ("-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert "passed" in run(*arguments, folder=project, path=installed)
    pack = project / "garden_tasks" / "pack.yaml"  # it stands before what is installed
    sound = pack.read_text(encoding="utf-8")
    pack.write_text(sound.replace("role: close_button", "role: maximize_button"), encoding="utf-8")
    try:
        with pytest.raises(AssertionError, match="criteria do not hold"):
            run(*arguments, "-k", "close-window and oracle", folder=project, path=installed)
    finally:
        pack.write_text(sound, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "proposed"),
    [
        ("my-tasks", "'my_tasks'"),
        ("My Tasks!", "'my_tasks'"),
        ("9lives", "'lives'"),
        ("class", "'class_tasks'"),
        ("../up", "'up'"),
        ("", "'my_tasks'"),
        ("json", "'json_tasks'"),  # would hide a module
        ("hrlctl", "'hrlctl_tasks'"),
        ("desktop_basics", "'desktop_basics_tasks'"),  # two packs of one name are both broken
    ],
)
def test_a_bad_name_is_refused_with_a_better_one(name: str, proposed: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        create_pack_project(name, tmp_path)
    assert proposed in str(caught.value.hint)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "garden_tasks").mkdir()
    with pytest.raises(UsageError):
        create_pack_project("garden_tasks", tmp_path)
    assert list((tmp_path / "garden_tasks").iterdir()) == []


def test_a_parent_that_is_a_file_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        create_pack_project("garden_tasks", tmp_path / "file")
