"""A third-party project with a criterion and a reward term of its own, used as its user would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from hrlctl.cli.app import app
from hrlctl.desktop.contract import DesktopState
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.reward import RewardScale
from hrlctl.errors import ConfigurationError, PackError, TaskError, UnknownNameError
from hrlctl.packs import Instance, draw_instance, load_packs, load_task_file
from hrlctl.packs.reward_terms import (
    RewardTerm,
    WeightedTerm,
    load_reward_terms,
    term_weights,
)
from hrlctl.packs.scaffold import create_pack_project
from hrlctl.schema.base import Split

ROOT = Path(__file__).parents[2]
DOCUMENTED = re.search(
    r"```python\n(.*?)```", (ROOT / "docs" / "tasks.md").read_text(encoding="utf-8"), re.DOTALL
)
ENTRY_POINTS = """
[project.entry-points."hrlctl.criteria.v1"]
file_words = "garden_tasks.words:FileWords"
exits = "garden_tasks.exits:Anything"
no_class = "garden_tasks.words:ClassVar"
unfinished = "hrlctl.schema.custom_criteria:CustomCriterion"
window_title = "garden_tasks.words:FileWords"

[project.entry-points."hrlctl.rewards.v1"]
windows_open = "garden_tasks.words:WindowsOpen"
"""
TASK = """
  - id: note
    difficulty: EASY
    num_steps: 3
    instruction: 'Open "{program}", type "{word}" and save it'
    parameters: {program: {kind: name}, word: {kind: word}, file: {kind: word}}
    setup:
      files: {"{file}.txt": ""}
      launchers: [{name: "{program}", program: text_editor, path: "{file}.txt"}]
    success_criteria:
      file_words: {path: "{file}.txt", least: 1}
      changed_only: ["{program}", "{file}.txt"]
    oracle:
      - double_click: {role: icon, name: "{program}"}
      - type_text: "{word}"
      - press: ctrl+s
"""


def hrlctl(*arguments: str, site: Path, folder: Path, code: int = 0) -> tuple[str, str]:
    """Standard output and errors of a command that must exit with ``code``."""
    places = os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH")]))
    own = site.parents[2] / "bin" / "python"  # a copy of what is installed has none
    done = subprocess.run(
        [own if own.is_file() else sys.executable, "-m", "hrlctl", *arguments],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": places, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip has installed the project, in a virtual environment of its own.

    It is from ``tasks new``, with its own classes.
    """
    parent = tmp_path_factory.mktemp("projects")
    create_pack_project("garden_tasks", parent)
    project = parent / "garden_tasks"
    package = project / "garden_tasks"
    assert DOCUMENTED is not None
    (package / "words.py").write_text(DOCUMENTED.group(1), encoding="utf-8")
    (package / "exits.py").write_text("raise SystemExit(3)", encoding="utf-8")
    for path, text in ((package / "pack.yaml", TASK), (project / "pyproject.toml", ENTRY_POINTS)):
        path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    target = next((environment / "lib").glob("python*")) / "site-packages"
    # hrlctl and all that it needs are those of this environment.
    ours = sysconfig.get_path("purelib")
    (target / "hrlctl.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
    python = environment / "bin" / "python"
    options = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    command = [python, "-m", "pip", "install", *options, project]
    done = subprocess.run(command, cwd=parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


def test_its_pack_validates_and_every_broken_plugin_is_named(site: Path, tmp_path: Path) -> None:
    answer, _ = hrlctl("tasks", "validate", "garden_tasks", site=site, folder=tmp_path)
    assert "3 tasks, all valid" in answer
    _, errors = hrlctl("tasks", "validate", site=site, folder=tmp_path, code=4)
    assert errors.count("error: ") == 4
    for reason in ("SystemExit", "no subclass", "does not define holds", "hrlctl's own"):
        assert reason in errors


def test_its_criterion_is_verified_with_the_task(site: Path, tmp_path: Path) -> None:
    (tmp_path / "note.yaml").write_text("tasks:" + TASK, encoding="utf-8")
    arguments = ("tasks", "verify", "note.yaml", "--instances", "1", "--workers", "0")
    hrlctl(*arguments, site=site, folder=tmp_path)
    text = (tmp_path / "note.yaml").read_text(encoding="utf-8")
    (tmp_path / "note.yaml").write_text(text.replace("least: 1", "least: 2"), encoding="utf-8")
    answer, errors = hrlctl(*arguments, site=site, folder=tmp_path, code=4)
    assert "file_words" in answer + errors


def test_it_is_trained_on_with_its_reward_term(site: Path, tmp_path: Path) -> None:
    configuration = tmp_path / "run.yaml"
    configuration.write_text(
        "environment: {packs: [garden_tasks], reward_terms: [windows_open=0.2]}\n"
        "training: {total_timesteps: 128, buffer_size: 64, num_envs: 2, minibatches: 2}\n"
    )
    arguments = ("train", "--config", str(configuration), "--device", "cpu")
    hrlctl(*arguments, site=site, folder=tmp_path)
    assert (tmp_path / "checkpoints" / "final_model.pt").is_file()


@pytest.fixture
def installed(site: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(site))
    with_it = set(sys.modules)
    yield
    for name in set(sys.modules) - with_it:
        if name.partition(".")[0] == "garden_tasks":
            del sys.modules[name]


def planted(folder: Path, criteria: str) -> Path:
    path = folder / "planted.yaml"
    path.write_text(
        "- id: a\n  instruction: x\n  difficulty: EASY\n  num_steps: 1\n"
        f"  success_criteria:\n    window_title: x\n    {criteria}\n"
    )
    return path


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("criteria", "message", "hint"),
    [
        ("file_wrds: a.txt", "unknown criterion", "file_words"),
        ("file_words: {path: a.txt, leest: 2}", "unknown key 'leest'", "'least'"),
        ("file_words: {path: a.txt, least: two}", "least", ""),
        ("exits: a", "SystemExit", "garden_tasks"),
        ("not: {exits: a}", "SystemExit", "garden_tasks"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, criteria: str, message: str, hint: str
) -> None:
    with pytest.raises(PackError, match=message) as caught:
        load_task_file(planted(tmp_path, criteria))
    assert str(caught.value.where).endswith("planted.yaml:7")
    assert hint in (caught.value.hint or "")


@pytest.mark.usefixtures("installed")
def test_its_paths_stay_at_home_in_any_depth(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="home folder"):
        load_task_file(planted(tmp_path, "any: [{file_words: ../../a.txt}]"))


@pytest.mark.usefixtures("installed")
def test_disabled_it_is_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = planted(tmp_path, "file_words: a.txt")
    load_task_file(path)
    monkeypatch.setenv("HRLCTL_DISABLE_PACKS", "1")
    with pytest.raises(PackError, match="unknown criterion"):
        load_task_file(path)


@pytest.mark.usefixtures("installed")
def test_the_schema_for_editors_knows_it() -> None:
    from typer.testing import CliRunner

    done = CliRunner().invoke(app, ["tasks", "schema"])
    assert "SystemExit" in done.stderr
    schema = json.loads(done.stdout)
    Draft202012Validator.check_schema(schema)

    def is_valid(criteria: dict[str, Any]) -> bool:
        task = {"id": 1, "instruction": "x", "difficulty": "EASY", "num_steps": 1}
        return bool(Draft202012Validator(schema).is_valid([task | {"success_criteria": criteria}]))

    assert is_valid({"file_words": "a.txt"})
    assert is_valid({"not": {"file_words": {"path": "a.txt", "least": 2}}})
    assert is_valid({"kind": "file_words", "path": "a.txt"})
    assert not is_valid({"file_words": {"path": "a.txt", "leest": 2}})


@pytest.mark.usefixtures("installed")
def test_reward_terms_are_weighted_by_the_configuration() -> None:
    weights = term_weights(["windows_open=0.2", "time=0.01"])
    assert weights == {"windows_open": 0.2, "time": 0.01}
    (term,) = load_reward_terms(weights)
    assert (term.name, term.weight) == ("windows_open", 0.2)
    for entry in ("windows_open", "windows_open=-1", "windows_open=nan", "=1"):
        with pytest.raises(ConfigurationError, match="name=weight"):
            term_weights([entry])
    with pytest.raises(ConfigurationError, match="twice"):
        term_weights(["windows_open=0.2", "windows_open=0.1"])
    with pytest.raises(UnknownNameError) as caught:
        term_weights(["window_open=0.2"])
    assert "windows_open" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("raise OSError('the disk is gone')", "raised OSError: the disk is gone"),
        ("return 'yes'", "answered 'yes'"),
    ],
)
def test_a_criterion_that_fails_while_it_is_asked_ends_the_training_with_names(
    site: Path, tmp_path: Path, body: str, message: str
) -> None:
    words = (site / "garden_tasks" / "words.py").read_text(encoding="utf-8")
    holds = "        if isinstance(state.files, Unknown)"
    broken = tmp_path / "broken"
    shutil.copytree(site, broken)
    (broken / "garden_tasks" / "words.py").write_text(
        words.replace(holds, f"        {body}\n{holds}"), encoding="utf-8"
    )
    arguments = ("train", "--pack", "garden_tasks", "--total-timesteps", "64", "--device", "cpu")
    _, errors = hrlctl(*arguments, site=broken, folder=tmp_path, code=4)
    said = " ".join(errors.split())
    assert f"the criterion 'file_words' {message}" in said
    assert "garden_tasks/note" in said
    assert "Traceback" not in errors


@pytest.mark.parametrize(("least", "message"), [(0, "raised ZeroDivision"), (0.5, "answered 2,")])
def test_a_reward_term_that_fails_is_named(least: float, message: str) -> None:
    class Failing(RewardTerm):
        def potential(self, instance: Instance, state: DesktopState) -> float:
            return 1 / least

    (task,) = load_packs(["desktop_basics"]).tasks(ids=["desktop_basics/open-icon"])
    scale = RewardScale(terms=(WeightedTerm("failing", 0.1, Failing()),))
    instance, actions = draw_instance(task, 0, Split.TRAINING), ActionSpace(160, 120)
    episode = Episode(instance, SimDesktop(), actions, EpisodeRules(scale))
    with pytest.raises(TaskError, match=f"'failing' .*{message}") as caught:
        episode.step(actions.encode(ActionType.WAIT))
    assert caught.value.where == "desktop_basics/open-icon"
