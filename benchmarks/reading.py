"""How fast the network learns to read, apart from reinforcement: the auxiliary losses alone.

Screens are random instances of the installed packs, up to two steps of the oracle taken, so that
menus and programs are open. ``found`` is the share of the labels on screens that were not trained
on whose best match lies on the right thing; ``words`` and ``themes`` are the same on screens of
those held-out splits.

python benchmarks/reading.py --seconds 60 --json
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from time import perf_counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.arrays import ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.packs import load_packs
from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.base import Split
from hrlctl.schema.run import PolicyConfig
from hrlctl.training.memory import keep_freed_memory

HELD_OUT_SCREENS = 300
CELLS_A_SCREEN = 64  # three quarters of them with a label


class Screens(NamedTuple):
    """Screens with what stands under their cells."""

    pixels: npt.NDArray[np.uint8]  # (count, height, width, 3)
    roles: npt.NDArray[np.uint8]  # (count, cells)
    labels: npt.NDArray[np.uint8]  # (count, cells, LABEL_LENGTH)


def draw_screens(split: Split, count: int, seed: int) -> Screens:
    """``count`` screens of ``split``."""
    tasks = load_packs().tasks()
    rng = random.Random(seed)

    def assign(_: int) -> Assignment:
        return Assignment(rng.randrange(len(tasks)), rng.randrange(2**31), 0)

    vector = DesktopVector(tasks, [SimDesktop()], EpisodeRules(), assign, split)
    seen = vector.allocate(1)
    return Screens(*map(np.stack, zip(*_screens(vector, seen, rng, count), strict=True)))


def _screens(
    vector: DesktopVector, seen: ObservationArrays, rng: random.Random, count: int
) -> Iterator[tuple[npt.NDArray[np.uint8], ...]]:
    row = seen.row(0)
    for _ in range(count):
        vector.reset(row)
        episode = vector.episode(0)
        oracle = Oracle(episode.instance, vector.actions)
        for _ in range(rng.randrange(3)):
            action = oracle.next_action(episode.desktop)
            if action is None:
                break
            episode.step(action)
        vector.observe(row)
        yield row.screens[0].copy(), row.roles[0].copy(), row.labels[0].copy()


def found(policy: HierarchicalPolicy, screens: Screens) -> float:
    """Share of the distinct labels of each screen whose best match lies on the right thing."""
    hits = total = 0
    with torch.no_grad():
        for pixels, labels in zip(screens.pixels, screens.labels, strict=True):
            texts = np.unique(labels[labels[:, 0] > 0], axis=0)
            if not len(texts):
                continue
            features = policy.perception.encoder(torch.from_numpy(pixels[None]))
            match = policy.perception.reading.match(features, torch.from_numpy(texts[None]))
            best = match[0].flatten(1).argmax(1).numpy()
            hits += int((labels[best] == texts).all(1).sum())
            total += len(texts)
    return hits / total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--screens", type=int, default=6000, help="to train on")
    parser.add_argument("--seconds", type=float, default=60, help="of training")
    parser.add_argument("--batch", type=int, default=16, help="screens an update")
    parser.add_argument("--learning-rate", type=float, default=2e-3)
    parser.add_argument("--width", type=int, default=64, help="channels of the encoder")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    arguments = parser.parse_args()
    keep_freed_memory()
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    training = draw_screens(Split.TRAINING, arguments.screens, arguments.seed)
    held_out = {
        "found": draw_screens(Split.TRAINING, HELD_OUT_SCREENS, arguments.seed + 1),
        "words": draw_screens(Split.WORDS, HELD_OUT_SCREENS, arguments.seed),
        "themes": draw_screens(Split.THEMES, HELD_OUT_SCREENS, arguments.seed),
    }
    policy = HierarchicalPolicy(PolicyConfig(width=arguments.width))
    perception = policy.perception
    optimizer = torch.optim.Adam(perception.parameters(), arguments.learning_rate, eps=1e-5)
    started, updates = perf_counter(), 0
    while perf_counter() - started < arguments.seconds:
        chosen = rng.integers(len(training.pixels), size=arguments.batch)
        labels = training.labels[chosen].reshape(-1, training.labels.shape[-1])
        roles = training.roles[chosen].reshape(-1)
        size = arguments.batch * CELLS_A_SCREEN
        written = rng.choice(np.flatnonzero(labels[:, 0]), size * 3 // 4)
        cells = rng.permutation(
            np.concatenate([written, rng.integers(len(labels), size=size // 4)])
        )
        features = perception.encoder(torch.from_numpy(training.pixels[chosen]))
        by_cells = features.permute(0, 2, 3, 1).reshape(len(labels), -1)
        losses = perception.reading.losses(
            by_cells.index_select(0, torch.from_numpy(cells)),
            torch.from_numpy(labels[cells]),
            torch.from_numpy(roles[cells]),
        )
        optimizer.zero_grad()
        torch.autograd.backward(torch.stack(list(losses.values())).sum())
        optimizer.step()
        updates += 1
    seconds = perf_counter() - started
    result = {
        "updates": updates,
        "screens": updates * arguments.batch,
        "seconds": round(seconds, 1),
        **{name: round(found(policy, screens), 3) for name, screens in held_out.items()},
    }
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:10} {value}")


if __name__ == "__main__":
    main()
