"""Training checkpoints: everything that going on exactly where a run was needs."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from pydantic import ValidationError

from hrlctl.errors import CheckpointError
from hrlctl.policy.files import INHERITED, read_model
from hrlctl.schema.run import RunConfig

FINAL_NAME: Final = "final_model.pt"
INTERRUPTED_NAME: Final = "interrupted.pt"
CLONED_NAME: Final = "cloned.pt"
"""Written when a warm start is at its end, before the first step of PPO."""


@dataclass
class Position:
    """Where a run stands."""

    steps: int = 0
    update: int = 0
    seconds: float = 0.0


@dataclass
class RandomStreams:
    """The three sources of randomness of a run, all from one seed."""

    tasks: random.Random  # which instance is played next
    minibatches: np.random.Generator
    policy: torch.Generator

    @classmethod
    def of_seed(cls, seed: int, rank: int = 0) -> RandomStreams:
        """The streams of one of the processes that train together; the first one's are those of a
        run of one process.
        """
        if rank:
            seed = int(np.random.SeedSequence([seed, rank]).generate_state(1)[0])
        return cls(
            random.Random(seed), np.random.default_rng(seed), torch.Generator().manual_seed(seed)
        )

    def state(self) -> dict[str, Any]:
        return {
            "tasks": self.tasks.getstate(),
            "minibatches": self.minibatches.bit_generator.state,
            "policy": self.policy.get_state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        version, internal, gauss = state["tasks"]
        self.tasks.setstate((version, tuple(internal), gauss))
        self.minibatches.bit_generator.state = state["minibatches"]
        self.policy.set_state(state["policy"])


def read_checkpoint(path: Path) -> dict[str, Any]:
    """A training checkpoint's content.

    Raises:
        CheckpointError: the file cannot be read, or holds a policy without a training.
    """
    content = read_model(path)
    if "training" not in content:
        raise CheckpointError(
            "the file holds a policy, but no training to go on with",
            where=str(path),
            hint="start a training from it with --init-from",
        )
    return content


def stored_config(path: Path) -> RunConfig:
    """The configuration that a checkpoint's run was started with.

    Raises:
        CheckpointError: the file cannot be read, or its configuration is of another version.
    """
    try:
        return RunConfig.model_validate(read_checkpoint(path)["training"]["config"])
    except (ValidationError, KeyError) as error:
        raise CheckpointError(
            f"its configuration is of another version: {str(error).splitlines()[0]}",
            where=str(path),
            hint="start a training from its weights with --init-from",
        ) from error


def demonstrations_of(content: Mapping[str, Any], *, resumed: bool) -> int:
    """How many demonstrations a run inherits with the weights in a model file.

    Args:
        content: of the file.
        resumed: whether the run goes on; else its own demonstrations are inherited, too.
    """
    inherited = int(content.get(INHERITED, 0))
    stored = content.get("training") or content.get("summary") or {}  # that of an exported model
    own = stored.get("config", {}).get("training", {}).get("demonstrations", 0)
    return inherited if resumed else inherited + int(own)
