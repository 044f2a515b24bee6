"""The program in docs/deploy.md, as it stands there, without hrlctl and without torch."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from PIL import Image

from hrlctl.desktop.commands import KEYS
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import USES, ActionSpace, ActionType, Part
from hrlctl.env.observation import read_instruction
from hrlctl.packs import draw_instance
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy import HierarchicalPolicy, Observations
from hrlctl.schema.base import Split

if TYPE_CHECKING:
    from tests.export.conftest import Export

DOCUMENT = Path(__file__).parents[2] / "docs" / "deploy.md"
STEPS = 30  # that the program takes for all of an episode

# Runs a program in a Python that has neither.
ALONE = (
    "import runpy, sys; sys.modules.update(torch=None, hrlctl=None); del sys.argv[0]; "
    "runpy.run_path(sys.argv[0], run_name='__main__')"
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    found = re.search(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    (path := tmp_path / "agent.py").write_text(found[1], encoding="utf-8")
    return path


def _wanted(policy: HierarchicalPolicy, instruction: str, screens: list[Any]) -> list[Any]:
    """What the policy does on the screens, in the program's words."""
    reading, actions = read_instruction(instruction), ActionSpace(160, 120)
    state, pointer, last = policy.initial_state(1), (0.5, 0.5), None
    said = []
    for step, screen in enumerate(screens):
        is_unchanged = step > 0 and bool((screen == screens[step - 1]).all())
        kinds = [float(kind == last) for kind in ActionType]
        context = torch.tensor([[1 - step / STEPS, *pointer, float(is_unchanged), *kinds]])
        observations = Observations(
            torch.from_numpy(screen[None].copy()),
            torch.from_numpy(reading.tokens[None].copy()),
            torch.from_numpy(reading.slots[None].copy()),
            context,
        )
        acted = policy.act(observations, state, greedy=True)
        state, action = acted.state, acted.action[0].tolist()
        last = ActionType(action[Part.TYPE])
        answer: dict[str, Any] = {"type": last.name.lower()}
        for part in (Part.POINTER, Part.TARGET):
            if part in USES[last]:
                x, y = actions.centre(action[part])
                answer[part.name.lower()] = [x, y]
                pointer = (x / 160, y / 120)
        if last is ActionType.PRESS:
            answer["key"] = KEYS[action[Part.KEY]]
        if last is ActionType.TYPE_TEXT:
            answer["slot"] = reading.texts[action[Part.SLOT]]
        if last is ActionType.SCROLL:
            answer["direction"] = ("up", "down")[action[Part.DIRECTION]]
        said.append(answer)
    return said


@pytest.mark.parametrize(
    "instruction",
    ['Rename the file "Résumé 7.txt" to "b-12_c"', "Open the calculator", "Öffne „Ω“ 12 😀 please"],
)
def test_it_does_what_the_policy_does(
    export: Export, program: Path, tmp_path: Path, instruction: str
) -> None:
    desktop = SimDesktop(160, 120)
    tasks = TaskSelection(desktop="sim").load()
    screens, files = [], []
    for step, number in enumerate((0, 1, 1, 2)):
        instance = draw_instance(tasks[number], number, Split.SEEDS)
        desktop.reset(instance.setup, instance.seed)
        screens.append(np.array(desktop.capture()))
        files.append(str(tmp_path / f"{step}.png"))
        Image.fromarray(screens[-1]).save(files[-1])
    done = subprocess.run(
        [sys.executable, "-c", ALONE, program, export.folder / "model.onnx", instruction, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(0 <= each.pop("done") <= 1 for each in said)
    assert said == _wanted(export.policy, instruction, screens)
