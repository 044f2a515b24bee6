"""The shipped completion scripts are the ones that would be made today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_completions", ROOT / "scripts" / "build_completions.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shipped_script_is_not_stale(shell: str) -> None:
    script = load_script()
    shipped = ROOT / "completions" / script.FILES[shell]
    assert shipped.read_text(encoding="utf-8") == script.completion_script(shell)


def test_zsh_loads_the_file_as_the_function_of_its_name() -> None:
    text = (ROOT / "completions" / "_hrlctl").read_text(encoding="utf-8")
    assert text.startswith("#compdef hrlctl\n")
    assert "\n_hrlctl() {" in text
