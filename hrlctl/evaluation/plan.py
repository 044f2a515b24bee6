"""Which episodes are played, and how: small enough to send to a worker process."""

from __future__ import annotations

import random
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from hrlctl.env.episode import EpisodeRules
from hrlctl.packs import Task
from hrlctl.packs.selection import TaskSelection
from hrlctl.schema.base import Split
from hrlctl.schema.setup import DesktopKind

CHUNK: Final = 32
"""Episodes side by side. Fixed: results must not depend on how many workers share the chunks."""
MAX_FAULTS: Final = 3
"""How often a chunk is played again after a fault of the machinery."""
_SEEDS: Final = 2**31


class Ablation(StrEnum):
    """What is taken from the agent to see whether it was using it."""

    INSTRUCTION = "instruction"  # each episode gets the instruction of another one
    SCREEN = "screen"  # all screens are black


def chunk_size(desktop: DesktopKind) -> int:
    """Episodes side by side in one process: a private display is a process's only one."""
    return 1 if desktop == "x11" else CHUNK


class PlaySetup(NamedTuple):
    """All that a player needs."""

    checkpoint: Path
    selection: TaskSelection
    split: Split
    rules: EpisodeRules
    width: int  # of the screen in pixels
    height: int
    sampled: bool
    device: str
    ablation: Ablation | None = None
    desktop: DesktopKind = "sim"


class Draw(NamedTuple):
    """An instance: which task, and which seed."""

    task: int  # index
    seed: int


class Planned(NamedTuple):
    """An episode to be played."""

    draw: Draw
    told: Draw  # whose instruction the agent is given; its own but for an ablation


class Chunk(NamedTuple):
    """Episodes that are played side by side."""

    seed: int  # of the policy's draws
    episodes: tuple[Planned, ...]  # at most CHUNK


def plan(
    tasks: Sequence[Task],
    episodes: int,
    seed: int,
    *,
    repeat: int = 0,
    shuffled: bool = False,
    size: int = CHUNK,
) -> list[Chunk]:
    """Which episodes are played, in chunks; tasks take turns.

    The instances of a task depend on ``seed`` and its id, not on which other tasks are played, and
    no instance is played twice.

    Args:
        tasks: at least one.
        episodes: how many.
        seed: which ones.
        repeat: of the same episodes; it changes the policy's draws only.
        shuffled: give every episode the instruction of another one.
        size: of the chunks.
    """
    counts = [len(range(index, episodes, len(tasks))) for index in range(len(tasks))]
    seeds = [
        iter(random.Random(f"{seed}/{task.id}").sample(range(_SEEDS), count))
        for task, count in zip(tasks, counts, strict=True)
    ]
    turns = [index % len(tasks) for index in range(episodes)]
    drawn = [Draw(task, next(seeds[task])) for task in turns]
    told = _in_one_cycle(drawn, random.Random(f"{seed}/instructions")) if shuffled else drawn
    planned = [Planned(*pair) for pair in zip(drawn, told, strict=True)]
    draws = random.Random(f"{seed}/policy/{repeat}" if repeat else f"{seed}/policy")
    return [
        Chunk(draws.randrange(_SEEDS), tuple(planned[start : start + size]))
        for start in range(0, episodes, size)
    ]


def _in_one_cycle(drawn: Sequence[Draw], rng: random.Random) -> list[Draw]:
    """A shuffle that leaves nothing in its place (Sattolo, 1986)."""
    shuffled = list(drawn)
    for last in range(len(shuffled) - 1, 0, -1):
        other = rng.randrange(last)
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled
