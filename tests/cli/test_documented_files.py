"""Every file and program in the README and in the documentation is one that hrlctl takes.

The program of docs/deploy.md is run by tests/export, the classes of docs/tasks.md by tests/packs.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from hrlctl.config import resolve
from hrlctl.packs import draw_instance, load_task_file
from hrlctl.schema.base import Split
from hrlctl.training import PPOTrainer

from .documents import DOCUMENTS, Block, blocks

# The parts of a task that a block may show by itself.
_TASK: dict[str, Any] = {
    "id": "shown",
    "instruction": "Do it",
    "difficulty": "EASY",
    "num_steps": 3,
    "success_criteria": {"window_open": "Editor"},
}
_CUSTOM = "file_words"  # of a package that is not installed


def shown(*languages: str) -> list[Any]:
    """Parameters: the blocks in these languages, named by file and line."""
    found = [
        (document.name, block)
        for document in DOCUMENTS
        for block in blocks(document.read_text(encoding="utf-8"))
        if block.language in languages
    ]
    return [pytest.param(block, id=f"{name}:{block.line}") for name, block in found]


def test_every_block_is_of_a_kind_that_is_checked() -> None:
    """Blocks without a language are for the shell: ``test_documented_commands`` looks at them."""
    found = [b for path in DOCUMENTS for b in blocks(path.read_text(encoding="utf-8"))]
    assert {block.language for block in found} == {"", "json", "yaml", "python", "toml"}


@pytest.mark.parametrize("block", shown("json", "yaml"))
def test_a_file_is_a_configuration_or_tasks(block: Block, tmp_path: Path) -> None:
    load = json.loads if block.language == "json" else yaml.safe_load
    content = load(block.text)
    if content is None:  # a comment alone
        return
    path = tmp_path / f"shown.{block.language}"
    if isinstance(content, dict) and content.keys() <= {"training", "curriculum", "environment"}:
        path.write_text(block.text, encoding="utf-8")
        changed = {key for key, source in resolve({}, {}, path).sources.items() if source.line}
        assert len(changed) == sum(len(section) for section in content.values())
        return
    is_whole = isinstance(content, list) or "tasks" in content
    if not is_whole:
        if _CUSTOM in content.get("success_criteria", {}):
            return
        names = sorted(set(re.findall(r"\{(\w+)\}", block.text)))
        parameters = {name: {"kind": "name"} for name in names}
        content = [{**_TASK, "parameters": parameters, **content}]
    path = tmp_path / "shown.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    (task,) = load_task_file(path)
    assert draw_instance(task, 0, Split.TRAINING).instruction


@pytest.mark.parametrize("block", shown("toml"))
def test_entry_points_are_those_that_are_looked_for(block: Block) -> None:
    groups = tomllib.loads(block.text)["project"]["entry-points"]
    assert set(groups) <= {"hrlctl.task_packs.v1", "hrlctl.criteria.v1", "hrlctl.rewards.v1"}


@pytest.mark.parametrize("block", shown("python"))
def test_what_a_program_imports_from_hrlctl_is_there(block: Block) -> None:
    for node in ast.walk(ast.parse(block.text)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hrlctl"):
            module = importlib.import_module(node.module or "")
            assert all(hasattr(module, alias.name) for alias in node.names)


def test_the_programs_of_the_readme_and_of_training_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trained: list[int] = []
    # Training takes minutes; that it is called as it wants to be is what the page is checked for.
    monkeypatch.setattr(
        PPOTrainer, "train", lambda self, total_timesteps: trained.append(total_timesteps)
    )
    for name in ("README.md", "training.md"):
        (document,) = (path for path in DOCUMENTS if path.name == name)
        (program,) = (
            block.text
            for block in blocks(document.read_text(encoding="utf-8"))
            if block.language == "python"
        )
        names: dict[str, Any] = {}
        exec(program, names)
        if name == "README.md":
            assert "screen" in names["observation"]
    assert trained == [100_000]
    assert Path("policy.pt").is_file()
