"""Which number format to compute in: what the machine is fastest with, measured."""

from __future__ import annotations

import contextlib
from time import perf_counter
from typing import Literal

import torch

from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.arrays import CONTEXT_FEATURES
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH
from hrlctl.policy.hierarchical import HierarchicalPolicy, Observations

Precision = Literal["off", "bfloat16"]
_BATCH = 64
_ROUNDS = 3


def autocast(device: torch.device, precision: Precision) -> contextlib.AbstractContextManager[None]:
    """A context in which the network computes in ``precision`` ("off": float32)."""
    if precision == "off":
        return contextlib.nullcontext()
    return torch.autocast(device.type, torch.bfloat16)


def fastest_precision(policy: HierarchicalPolicy, width: int, height: int) -> Precision:
    """The faster of float32 and bfloat16 for a forward and a backward pass of the encoder.

    Many processors compute bfloat16 several times slower than float32, others several times
    faster. Takes about a second.

    Args:
        policy: whose encoder is timed; its gradients are cleared.
        width, height: of the screens.
    """
    device = policy.device
    screens = torch.zeros((_BATCH, height, width, 3), dtype=torch.uint8, device=device)
    observations = Observations(
        screens,
        torch.zeros((_BATCH, INSTRUCTION_LENGTH), dtype=torch.uint8, device=device),
        torch.zeros((_BATCH, NUM_SLOTS, SLOT_LENGTH), dtype=torch.uint8, device=device),
        torch.zeros((_BATCH, CONTEXT_FEATURES), device=device),
    )

    def seconds(precision: Precision) -> float:
        best = float("inf")
        for _ in range(_ROUNDS):
            started = perf_counter()
            with autocast(device, precision):
                features = policy.perceive(observations).features
            torch.autograd.backward(features.float().mean())
            if device.type == "cuda":
                torch.cuda.synchronize(device)
            best = min(best, perf_counter() - started)
        return best

    # A tie goes to float32, which is the more exact.
    choice: Precision = "bfloat16" if seconds("bfloat16") < 0.9 * seconds("off") else "off"
    policy.zero_grad(set_to_none=True)
    return choice
