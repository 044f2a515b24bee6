"""What every contender reports of its training, as one line of JSON."""

from __future__ import annotations

import argparse
import json
import resource
from collections import deque
from time import perf_counter

from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.packs.selection import TaskSelection

TASKS = ("desktop_basics/open-icon", "desktop_basics/close-window")
ENVS, STEPS, EPOCHS, MINIBATCHES = 32, 64, 1, 8
LEARNING_RATE, GAMMA, LAMBDA, CLIP, ENTROPY = 1.5e-3, 0.99, 0.95, 0.2, 0.01
WINDOW = 100  # episodes that success is averaged over


def arguments() -> argparse.Namespace:
    """``--steps`` and ``--seed``, which every contender takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--flat", action="store_true", help="hrlctl without its manager")
    return parser.parse_args()


def make_env(seed: int) -> DesktopEnv:
    """One environment with the tasks of the comparison."""
    env = DesktopEnv(TaskSelection((), TASKS).load())
    env.reset(seed=seed)
    return env


class Report:
    """Success and time, update by update.

    Args:
        parameters: of the network.
    """

    def __init__(self, parameters: int) -> None:
        self._parameters = parameters
        self._began = perf_counter()
        self._successes: deque[bool] = deque(maxlen=WINDOW)
        self._curve: list[tuple[int, float, float]] = []

    def episode(self, *, success: bool) -> None:
        self._successes.append(success)

    def update(self, steps: int) -> None:
        """An update has ended, ``steps`` transitions after the beginning."""
        rate = sum(self._successes) / len(self._successes) if self._successes else 0.0
        self._curve.append((steps, perf_counter() - self._began, rate))

    def print(self) -> None:
        # The first update pays for caches and allocations.
        (first, began, _), (last, ended, _) = self._curve[0], self._curve[-1]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            json.dumps(
                {
                    "steps_per_second": (last - first) / (ended - began),
                    "parameters": self._parameters,
                    "peak_mib": round(peak),
                    "curve": self._curve,
                }
            )
        )
