"""Completion: what ships is what would be made today, agrees with Typer, works in real shells."""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from hrlctl.cli import completers
from hrlctl.cli.completion import TABLE, Answer, answer
from hrlctl.packs import load_packs
from hrlctl.pretrained import MODEL

ROOT = Path(__file__).parents[2]
SETUPS = {
    "bash": "bind 'set bell-style none'; PS1='> '; source {folder}/hrlctl.bash",
    "zsh": "PS1='> '; fpath=({folder} $fpath); autoload -U compinit; compinit -D -u",
    "fish": "function fish_prompt; echo '> '; end; source {folder}/hrlctl.fish",
}
STARTS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "build_completions", ROOT / "scripts" / "build_completions.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def asked(shell: str, line: str) -> dict[str, str]:
    """The environment in which ``shell`` asks for what can follow ``line``."""
    return {
        "_HRLCTL_COMPLETE": f"complete_{shell}",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
        "_TYPER_COMPLETE_ARGS": line,
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
    }


def completed(line: str) -> list[str]:
    """The words that can follow ``line``."""
    told = answer(asked("bash", line))
    assert told is not None
    return told.text.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shipped_script_is_not_stale(shell: str) -> None:
    script = load_script()
    shipped = ROOT / "completions" / script.FILES[shell]
    assert shipped.read_text(encoding="utf-8") == script.completion_script(shell)


def test_the_table_is_not_stale() -> None:
    made = load_script().completion_table()
    assert TABLE.read_text(encoding="utf-8") == made, "run python scripts/build_completions.py"


def test_zsh_loads_the_file_as_the_function_of_its_name() -> None:
    text = (ROOT / "completions" / "_hrlctl").read_text(encoding="utf-8")
    assert text.startswith("#compdef hrlctl\n")
    assert "\n_hrlctl() {" in text


@pytest.mark.parametrize(
    "line",
    [
        "hrlctl t",
        "hrlctl tasks show desktop_basics/m",
        "hrlctl train --policy ",
        "hrlctl train --seed 3 --se",
        "hrlctl train --curriculum --no-c",
        "hrlctl export model.pt --format ",
        "hrlctl eval --set=w",
        "hrlctl eval --task desktop_basics/move-slider --ta",
        "hrlctl run 'Open the ",
        "hrlctl tasks validate one two ",
    ],
)
def test_answers_are_those_of_typer(line: str) -> None:
    for shell in ("bash", "zsh", "fish"):
        typers = subprocess.run(
            [sys.executable, "-c", "import sys; sys.argv = ['hrlctl']\n"
             "from hrlctl.cli.app import main; main()"],
            env={**os.environ, **asked(shell, line)}, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        mine = answer(asked(shell, line))
        assert mine == Answer(typers.stdout.rstrip("\n"), typers.returncode), shell


def test_fish_names_files_where_hrlctl_knows_nothing() -> None:
    environment = {
        **asked("fish", "hrlctl eval --report "),
        "_TYPER_COMPLETE_FISH_ACTION": "is-args",
    }
    assert answer(environment) == Answer("", exit_code=1)


def test_another_shell_is_left_to_typer() -> None:
    assert answer(asked("powershell", "hrlctl t")) is None


def test_models_are_the_shipped_one_and_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a.pt", "notes.txt", ".hidden.pt", "runs/b.onnx", "checkpoints/c.pt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert completed("hrlctl eval ") == ["pretrained", "a.pt", "checkpoints/c.pt"]
    assert completed("hrlctl eval runs/") == ["runs/b.onnx"]
    assert completed("hrlctl eval ru") == []  # the shell's own turn
    assert completed("hrlctl eval nowhere/") == []
    assert MODEL.is_file()


def test_tasks_are_looked_up_anew_when_a_pack_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    tasks = [task.id for task in load_packs().tasks()]
    assert list(completers.complete_task("")) == tasks
    memory = tmp_path / "hrlctl" / "completion.json"
    known = json.loads(memory.read_text(encoding="utf-8"))

    known["tasks"] = ["remembered/task"]
    memory.write_text(json.dumps(known), encoding="utf-8")
    assert list(completers.complete_task("")) == ["remembered/task"]

    file = next(iter(known["of"]["files"]))
    known["of"]["files"][file][1] -= 1  # as if it had been written since
    memory.write_text(json.dumps(known), encoding="utf-8")
    assert list(completers.complete_task("")) == tasks

    memory.write_text("{", encoding="utf-8")
    assert list(completers.complete_pack("desk")) == ["desktop_basics"]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # torch's threads stay behind
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_word_is_completed_in_the_real_shell(shell: str, tmp_path: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    setup = SETUPS[shell].format(folder=ROOT / "completions")
    text = typed(shell, f"{setup}\n", "hrlctl train --policy hier\t", "hierarchical", tmp_path)
    assert "hierarchical" in text


def typed(shell: str, setup: str, line: str, wanted: str, home: Path) -> str:
    """What a terminal shows when ``line`` is typed, until ``wanted`` is there or 20 s are over."""
    beside = str(Path(sys.executable).parent)
    environment = {
        "PATH": f"{beside}{os.pathsep}{os.environ['PATH']}", "TERM": "dumb", "HOME": str(home)
    }  # fmt: skip
    process, terminal = pty.fork()
    if process == 0:
        os.execvpe(shell, STARTS[shell], environment)
    try:
        # Typed at once, the line would be read before the setup's end. What is echoed is in quotes.
        assert "ready" in _until(terminal, "ready", f"{setup}echo rea''dy\n", quiet=20)
        return _until(terminal, wanted, line, quiet=20)
    finally:
        os.kill(process, signal.SIGKILL)
        os.close(terminal)
        os.waitpid(process, 0)


def _until(terminal: int, wanted: str, keys: str, *, quiet: float) -> str:
    """Type ``keys``, and read until ``wanted`` is shown or nothing comes for ``quiet`` seconds."""
    os.write(terminal, keys.encode())
    text, end = "", time.monotonic() + 20
    while wanted not in text and time.monotonic() < end:
        if not select.select([terminal], [], [], quiet)[0]:
            break
        text += os.read(terminal, 65536).decode(errors="replace")
    return text
