"""Which number format the network computes in."""

from __future__ import annotations

import contextlib
from typing import Literal

import torch

Precision = Literal["off", "bfloat16"]


def autocast(device: torch.device, precision: Precision) -> contextlib.AbstractContextManager[None]:
    """A context in which the network computes in ``precision`` ("off": float32)."""
    if precision == "off":
        return contextlib.nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
