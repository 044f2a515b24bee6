"""How fast the network learns to read, apart from reinforcement: the reader's own steps alone.

Screens are random instances of the installed packs, up to two steps of the oracle taken, so that
menus and programs are open. ``letters`` is the share of the letters on held-back screens that are
read right, ``found`` the share of the instructions' texts on them that are found within a cell of
where they stand, ``exactly`` in the very cell; ``words`` and ``themes`` are ``found`` on screens of
those held-out splits.

python benchmarks/reading.py --seconds 60 --json
"""

from __future__ import annotations

import argparse
import json
import random
from time import perf_counter
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.observation import NUM_CHARACTERS, PAD
from hrlctl.env.oracle import Oracle
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.packs.selection import TaskSelection
from hrlctl.policy.reading import Reader, cells_to_learn, find
from hrlctl.schema.base import Split
from hrlctl.schema.run import TrainingConfig
from hrlctl.training.memory import keep_freed_memory

HELD_BACK = 300
READABLE = 0.6  # match of the true letters from which a text counts as standing on a screen


class Screens(NamedTuple):
    """Screens, what is written on them, and what the instruction is about."""

    pixels: Tensor  # (count, height, width, 3), uint8
    letters: Tensor  # (count, rows, 2 * columns), uint8
    slots: Tensor  # (count, slots, length), uint8


def draw_screens(split: Split, count: int, seed: int) -> Screens:
    """``count`` screens of ``split``."""
    tasks = TaskSelection(desktop="sim").load()
    rng = random.Random(seed)

    def assign(_: int) -> Assignment:
        return Assignment(rng.randrange(len(tasks)), rng.randrange(2**31), 0)

    vector = DesktopVector(tasks, [SimDesktop()], EpisodeRules(), assign, split)
    seen = vector.allocate(count)
    for index in range(count):
        row = seen.row(index)
        vector.reset(row)
        episode = vector.episode(0)
        oracle = Oracle(episode.instance, vector.actions)
        for _ in range(rng.randrange(3)):
            action = oracle.next_action(episode.desktop)
            if action is None:
                break
            episode.step(action)
        vector.observe(row)
    parts = (seen.screens, seen.letters, seen.slots)
    return Screens(*(torch.from_numpy(array[:, 0]) for array in parts))


def letters_read(reader: Reader, screens: Screens) -> float:
    """The share of the letters that are read right."""
    read = torch.cat([reader.read(*part).letters for part in _parts(screens)])
    is_letter = screens.letters != PAD
    return float((read == screens.letters)[is_letter].float().mean())


def found(reader: Reader, screens: Screens, within: int = 1) -> float:
    """The share of the texts that stand on the screens that are found ``within`` so many cells."""
    certain = F.one_hot(screens.letters.long(), NUM_CHARACTERS).float().clamp(min=1e-6).log()
    there = find(certain, screens.slots)
    seen = torch.cat([reader.read(*part).match for part in _parts(screens)])
    near = F.max_pool2d((there > READABLE).float(), 2 * within + 1, 1, within).flatten(2)
    hit = near.gather(2, seen.flatten(2).argmax(2, keepdim=True)).squeeze(2)
    return float(hit[there.flatten(2).amax(2) > READABLE].mean())


def _parts(screens: Screens) -> list[tuple[Tensor, Tensor]]:
    count = -(-len(screens.pixels) // 50)
    return list(zip(screens.pixels.chunk(count), screens.slots.chunk(count), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--screens", type=int, default=6000, help="to train on")
    parser.add_argument("--seconds", type=float, default=60, help="of training")
    parser.add_argument("--batch", type=int, default=8, help="screens a step")
    parser.add_argument("--learning-rate", type=float, default=TrainingConfig().reading_rate)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    keep_freed_memory()
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    training = draw_screens(Split.TRAINING, arguments.screens, arguments.seed)
    held_back = draw_screens(Split.TRAINING, HELD_BACK, arguments.seed + 1)
    reader = Reader()
    optimizer = torch.optim.Adam(reader.parameters(), arguments.learning_rate, eps=1e-5, fused=True)
    started, steps = perf_counter(), 0
    while perf_counter() - started < arguments.seconds:
        chosen = rng.integers(len(training.pixels), size=arguments.batch)
        letters = training.letters[chosen]
        cells = torch.from_numpy(cells_to_learn(letters.numpy(), rng))
        loss, _ = reader.loss(training.pixels[chosen], letters, cells)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        optimizer.step()
        steps += 1
    result: dict[str, float | int] = {
        "steps": steps,
        "screens": steps * arguments.batch,
        "seconds": round(perf_counter() - started, 1),
        "letters": round(letters_read(reader, held_back), 3),
        "found": round(found(reader, held_back), 3),
        "exactly": round(found(reader, held_back, within=0), 3),
    }
    for name, split in (("words", Split.WORDS), ("themes", Split.THEMES)):
        result[name] = round(found(reader, draw_screens(split, HELD_BACK, arguments.seed)), 3)
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
