"""What one process of a training does in the tests of ranks: ``python rank_program.py WHAT FILE``.

``gradient`` writes the gradient of one update to FILE, from every n-th row of the same rollout;
``lost`` waits for another process that has ended.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, DesktopVector
from hrlctl.errors import WorkerError
from hrlctl.packs import load_packs
from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.run import PolicyConfig, TrainingConfig
from hrlctl.training import ppo
from hrlctl.training.collector import Collector
from hrlctl.training.minibatches import Minibatch
from hrlctl.training.ppo import Learner, schedule
from hrlctl.training.ranks import Ranks, joined
from hrlctl.training.rollout import Rollout


def rollout_of(policy: HierarchicalPolicy) -> Rollout:
    """The same one in every process."""
    tasks, rng = load_packs(["desktop_basics"]).tasks(), random.Random(1)

    def assign(index: int) -> Assignment:
        return Assignment(rng.randrange(len(tasks)), rng.randrange(10**6), 1)

    vector = DesktopVector(tasks, [SimDesktop() for _ in range(6)], EpisodeRules(), assign)
    collector = Collector(policy, vector, 24, torch.Generator().manual_seed(2), 0.99, 0.95)
    collector.begin()
    return collector.collect()


def gradient(ranks: Ranks) -> dict[str, torch.Tensor]:
    """Of one update, of all but the reader, which has steps of its own."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    policy = HierarchicalPolicy(PolicyConfig(width=16))
    rollout = rollout_of(policy)
    config = TrainingConfig(update_epochs=1, minibatches=1, mixed_precision="off")
    learner = Learner(policy, config, ranks=ranks)

    def every_nth(rollout: Rollout, *_: Any) -> Iterator[Minibatch]:
        rows = np.arange(ranks.rank, len(rollout.place), ranks.count)
        frames, local = np.unique(rollout.frame[rows], return_inverse=True)
        encoded = np.arange(len(frames))
        yield Minibatch(torch.from_numpy(rows), frames, encoded, torch.from_numpy(local))

    ppo.minibatches = every_nth  # type: ignore[assignment]
    learner.update(rollout, schedule(config, 0.0), np.random.default_rng(0))
    return {
        name: parameter.grad.clone()
        for name, parameter in policy.named_parameters()
        if parameter.grad is not None and not name.startswith("perception.reader")
    }


if __name__ == "__main__":
    what, path = sys.argv[1], Path(sys.argv[2])
    try:
        with joined() as ranks:
            if what == "gradient":
                torch.save(gradient(ranks), f"{path}.{ranks.rank}")
            elif ranks.is_first:
                ranks.gather("still here")
    except WorkerError as error:
        path.write_text(str(error))
