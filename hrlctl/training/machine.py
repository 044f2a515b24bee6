"""What a network computes fastest with on this machine: measured once, and remembered.

Many processors compute bfloat16 several times slower than float32, others several times faster; and
a small network gains nothing from more threads than it can feed.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time
from typing import Final, NamedTuple, get_args

import torch
from torch import Tensor

from hrlctl.cache import cache_folder
from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.arrays import CONTEXT_FEATURES
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH
from hrlctl.policy.devices import threads
from hrlctl.policy.hierarchical import HierarchicalPolicy, Observations
from hrlctl.policy.manager import Decision
from hrlctl.policy.reading import COMPARED
from hrlctl.training.precision import Precision, autocast

_BATCH: Final = 64
_ROUNDS: Final = 5
_AS_FAST: Final = 1.05  # times the seconds: half the threads are then enough
# Times the seconds: float32 is the more exact, and a third less here was nothing in whole updates.
_CLEARLY: Final = 0.6
_DISTURBED: Final = 0.2  # processors that others use while it is measured: it is no lasting truth


class Settings(NamedTuple):
    """What is fastest."""

    precision: Precision
    threads: int  # of torch, on the processor
    steps_per_second: float  # acting and learning, without the desktop


def best_settings(policy: HierarchicalPolicy, width: int, height: int) -> Settings:
    """What ``policy`` is fastest with, as it was measured when this machine first needed it.

    Measuring takes a few seconds, and is done anew for another processor, version of torch, number
    of threads allowed, device, network or size of screen. What is measured while others use the
    machine holds for this once.

    Args:
        policy: what is timed; its gradients are cleared.
        width, height: of the screens.
    """
    key = _key(policy, width, height)
    for known, settings in remembered():
        if known == key:
            return settings
    others, started = _used_by_others(), perf_counter()
    settings = _measured(policy, width, height)
    if _used_by_others() - others < _DISTURBED * (perf_counter() - started):
        _remember(key, settings)
    return settings


def _used_by_others() -> float:
    """Seconds of processor time that all other processes have used; 0 where nobody tells."""
    with suppress(OSError, ValueError):
        user, nice, system = Path("/proc/stat").read_text("ascii").split(maxsplit=4)[1:4]
        ticks = int(user) + int(nice) + int(system)
        return ticks / os.sysconf("SC_CLK_TCK") - process_time()
    return 0.0


def remembered() -> Iterator[tuple[str, Settings]]:
    """Everything that was measured here, by what it was measured for; nothing that is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        for key, found in json.loads(_file().read_text("utf-8")).items():
            settings = Settings(**found)
            if settings.precision in get_args(Precision) and settings.threads >= 1:
                yield key, settings


def _remember(key: str, settings: Settings) -> None:
    """A machine that cannot remember measures again."""
    path = _file()
    known = {name: found._asdict() for name, found in remembered()}
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(known | {key: settings._asdict()}, indent=1), "utf-8")
        fresh.replace(path)


def _file() -> Path:
    return cache_folder() / "machine.json"


def _key(policy: HierarchicalPolicy, width: int, height: int) -> str:
    config, device = policy.config, policy.device
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else _processor()
    return (
        f"{config.encoder}, {config.width} channels, {width}x{height}, {name},"
        f" up to {torch.get_num_threads()} threads, torch {torch.__version__}"
    )


def _processor() -> str:
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line for line in lines if line.startswith("model name")).split(":")[1].strip()
    return platform.processor() or platform.machine()


def _measured(policy: HierarchicalPolicy, width: int, height: int) -> Settings:
    # A part of the screen is busy: what is even is not read, and costs less.
    screens = torch.zeros((_BATCH, height, width, 3), dtype=torch.uint8)
    busy = screens[:, : height // 8]
    busy.random_(generator=torch.Generator().manual_seed(0))
    slots = torch.zeros((_BATCH, NUM_SLOTS, SLOT_LENGTH), dtype=torch.uint8)
    slots[:, :2, :COMPARED] = 1  # two texts to look for
    observations = Observations(
        screens.to(policy.device),
        torch.zeros((_BATCH, INSTRUCTION_LENGTH), dtype=torch.uint8, device=policy.device),
        slots.to(policy.device),
        torch.zeros((_BATCH, CONTEXT_FEATURES), device=policy.device),
    )
    count = torch.get_num_threads() if policy.device.type == "cpu" else 1
    best = _seconds(policy, observations, "off", count)
    while count > 1:
        seconds = _seconds(policy, observations, "off", count // 2)
        if seconds > _AS_FAST * best:
            break
        count, best = count // 2, seconds
    precision: Precision = "off"
    seconds = _seconds(policy, observations, "bfloat16", count)
    if seconds < _CLEARLY * best:
        precision, best = "bfloat16", seconds
    policy.zero_grad(set_to_none=True)
    return Settings(precision, count, round(_BATCH / best, 1))


def _seconds(
    policy: HierarchicalPolicy, observations: Observations, precision: Precision, count: int
) -> float:
    """For a pass forward to act, and one forward and back to learn, at best."""
    device, best = policy.device, float("inf")
    with threads(count):
        for _ in range(_ROUNDS):
            started = perf_counter()
            with autocast(device, precision):
                loss = _work(policy, observations)
            torch.autograd.backward(loss)
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            best = min(best, perf_counter() - started)
    return best


def _work(policy: HierarchicalPolicy, observations: Observations) -> Tensor:
    """Act on all observations, and judge what was done; something to go back from."""
    state = policy.initial_state(_BATCH)
    scene, _ = policy.see(observations)
    with torch.no_grad():
        percept = policy.perceive(observations, scene)
    generator = torch.Generator().manual_seed(0)
    acted = policy.act_on(percept, observations.context, state, generator=generator)
    decision = Decision(acted.option.skill, acted.option.slot, acted.duration)
    judged = policy.evaluate(
        policy.perceive(
            observations,
            scene._replace(shapes=policy.perception.shapes(observations.screens)),
        ),
        observations.context,
        acted.option,
        decision,
        acted.action,
        state.memory,
    )
    return judged.log_prob.sum() + judged.manager_log_prob.sum() + judged.value.sum()
