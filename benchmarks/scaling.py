"""What a second core is worth: to the simulator in worker processes, and to a whole training.

The simulator: random actions in 32 environments, labels and observations written, over one worker
process and over two. Training: `hrlctl train` as one process with two threads against two ranks of
torchrun with one thread each (gloo). Both sides take turns, `--rounds` times; medians count.

python benchmarks/scaling.py --json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from functools import partial
from statistics import median
from time import perf_counter

import numpy as np

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment
from hrlctl.env.workers import WorkerVector
from hrlctl.packs.selection import TaskSelection

BAR_WORKERS, BAR_RANKS = 1.8, 0.9
ENVS = 32
STEPS = 120  # of all environments
WARM_UP = 20
UPDATES = 12
FIRST_UPDATES = 4  # in which caches fill and threads start


def simulate(workers: int) -> float:
    """Steps per second of all environments in ``workers`` processes."""
    tasks = TaskSelection(desktop="sim").load()
    drawn, rng = random.Random(0), np.random.default_rng(0)

    def assign(_index: int) -> Assignment:
        return Assignment(drawn.randrange(len(tasks)), drawn.randrange(10**6), 0)

    desktop = partial(SimDesktop, 160, 120)
    vector = WorkerVector(tasks, ENVS, desktop, EpisodeRules(), assign, workers=workers)
    with closing(vector):
        seen, results = vector.allocate(2), vector.allocate_results(1)
        vector.reset(seen.row(0))
        started = 0.0
        for step in range(WARM_UP + STEPS):
            if step == WARM_UP:
                started = perf_counter()
            now, after = seen.row(step % 2), seen.row((step + 1) % 2)
            vector.step(random_actions(rng, vector.actions), now, after, results.row(0))
        return ENVS * STEPS / (perf_counter() - started)


def random_actions(rng: np.random.Generator, actions: ActionSpace) -> np.ndarray:
    """(ENVS, 6); the agents never say "done"."""
    drawn = np.stack([rng.integers(size, size=ENVS) for size in actions.sizes], axis=1)
    drawn[drawn[:, 0] == ActionType.DONE, 0] = ActionType.CLICK
    return drawn


def train(ranks: int) -> float:
    """Steps per second of a training by ``ranks`` processes, one for two threads."""
    launcher = [sys.executable]
    if ranks > 1:
        launcher += ["-m", "torch.distributed.run", "--nproc-per-node", str(ranks)]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [
                *launcher, "-m", "hrlctl", "train", "--difficulty", "EASY", "--no-curriculum",
                "--pack", "desktop_basics", "--total-timesteps", str(2048 * UPDATES),
                "--threads", str(1 if ranks > 1 else 2), "--mixed-precision", "off",
                "--save-dir", f"{folder}/checkpoints", "--log-dir", f"{folder}/logs", "--json",
            ],
            env=os.environ | {"OMP_NUM_THREADS": "1" if ranks > 1 else "2"},
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    events = [event for event in map(json.loads, lines) if event["type"] == "update_finished"]
    first, last = events[FIRST_UPDATES - 1], events[-1]
    steps, seconds = (last[of] - first[of] for of in ("steps", "seconds"))
    return float(steps / seconds)


def compare(run: Callable[[int], float], rounds: int) -> dict[str, float]:
    """Of one process and of two, in turns."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for count, of_count in rates.items():
            of_count.append(run(count))
    one, two = (median(of_count) for of_count in rates.values())
    return {"one": round(one, 1), "two": round(two, 1), "ratio": round(two / one, 3)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    result = {
        "simulator": {**compare(simulate, given.rounds), "bar": BAR_WORKERS},
        "training": {**compare(train, given.rounds), "bar": BAR_RANKS},
    }
    if given.json:
        print(json.dumps(result))
        return
    for name, found in result.items():
        print(
            f"{name}: {found['one']} steps/s by one process, {found['two']} by two,"
            f" ratio {found['ratio']} (bar {found['bar']})"
        )


if __name__ == "__main__":
    main()
