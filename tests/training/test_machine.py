"""What a network is fastest with: measured once, remembered, and never in the way."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.run import PolicyConfig, RunConfig
from hrlctl.training import machine
from hrlctl.training.machine import Settings, _used_by_others, best_settings, remembered
from hrlctl.training.run import compose

FILE = Path("hrlctl", "machine.json")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, on a machine that does nothing else."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(machine, "_used_by_others", lambda: 0.0)
    return tmp_path


@pytest.fixture
def policy() -> HierarchicalPolicy:
    torch.manual_seed(0)
    return HierarchicalPolicy(PolicyConfig(width=16))


def test_it_is_measured_once_for_each_network_and_size(
    policy: HierarchicalPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = best_settings(policy, 160, 120)
    assert first.steps_per_second > 1
    assert first.threads == torch.get_num_threads() == 1
    assert all(parameter.grad is None for parameter in policy.parameters())
    monkeypatch.setattr(machine, "_measured", lambda *_: Settings("bfloat16", 7, 1.0))
    assert best_settings(policy, 160, 120) == first
    assert best_settings(policy, 128, 96).threads == 7
    wider = HierarchicalPolicy(PolicyConfig(width=24))
    assert best_settings(wider, 160, 120).threads == 7
    assert [settings.threads for _, settings in remembered()] == [1, 7, 7]


def test_what_is_measured_on_a_busy_machine_is_not_remembered(
    policy: HierarchicalPolicy, monkeypatch: pytest.MonkeyPatch
) -> None:
    used = itertools.count(0.0, 100.0)
    monkeypatch.setattr(machine, "_measured", lambda *_: Settings("off", 3, 1.0))
    monkeypatch.setattr(machine, "_used_by_others", lambda: next(used))
    assert best_settings(policy, 160, 120).threads == 3
    assert not list(remembered())


def test_others_are_told_from_this_process() -> None:
    before = _used_by_others()
    spend = "from time import process_time\nwhile process_time() < 0.5: pass"
    subprocess.run([sys.executable, "-c", spend], check=True)
    assert _used_by_others() - before > 0.4


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        # By threads at float32, and bfloat16 with the best number of them.
        ({8: 1.0, 4: 0.6, 2: 0.61, 1: 1.1, "bfloat16": 0.6}, ("off", 2)),
        ({8: 0.3, 4: 0.6, "bfloat16": 0.15}, ("bfloat16", 8)),
        ({8: 0.3, 4: 0.6, "bfloat16": 0.2}, ("off", 8)),
    ],
)
def test_the_fastest_wins_and_a_tie_goes_to_what_is_exact_and_leaves_most_free(
    policy: HierarchicalPolicy,
    monkeypatch: pytest.MonkeyPatch,
    seconds: dict[int | str, float],
    expected: tuple[str, int],
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    monkeypatch.setattr(
        machine,
        "_seconds",
        lambda _, __, precision, count: seconds[count if precision == "off" else precision],
    )
    found = best_settings(policy, 160, 120)
    assert (found.precision, found.threads) == expected


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"a": 1}', '{"a": {"precision": "fp8", "threads": 1}}']
)
def test_a_damaged_memory_is_measured_anew(
    policy: HierarchicalPolicy, cache: Path, content: str
) -> None:
    path = cache / FILE
    path.parent.mkdir()
    path.write_text(content)
    assert not list(remembered())
    best_settings(policy, 160, 120)
    assert len(json.loads(path.read_text())) == 1


def test_a_run_takes_what_is_fastest_and_leaves_alone_what_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_measured", lambda *_: Settings("bfloat16", 1, 1.0))

    def composed(**training: object) -> RunConfig:
        values = {
            "training": {"num_envs": 1, "buffer_size": 64, **training},
            "policy": {"width": 16},
            "environment": {"tasks": ["desktop_basics/open-icon"]},
            "output": {"save_dir": tmp_path / "checkpoints"},
        }
        trainer = compose(RunConfig.model_validate(values))
        trainer.source.close()
        return trainer.config

    found = composed().training
    assert (found.threads, found.mixed_precision) == (1, "bfloat16")
    monkeypatch.setattr(machine, "_measured", lambda *_: pytest.fail("there was nothing to find"))
    found = composed(threads=1, mixed_precision="off").training
    assert (found.threads, found.mixed_precision) == (1, "off")
