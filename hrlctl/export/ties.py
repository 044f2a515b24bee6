"""Observations that hang on a tie: which letter or thing stands somewhere is decided by rounding.

Perception decides for each of hundreds of cells what most likely stands there. Where two are as
likely as each other to the last digits, two correct computations may decide otherwise, and go apart
from there.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor

from hrlctl.policy.hierarchical import HierarchicalPolicy, Observations

TIE: Final = 1e-5  # of log-probabilities: what different orders of adding up come to


@torch.no_grad()
def margins(policy: HierarchicalPolicy, observations: Observations) -> Tensor:
    """How far apart the likeliest two are where they are nearest, (batch,), in log-probability.

    Over the letters of all half cells and the looks of all cells.
    """
    scene, letters = policy.see(observations)
    features = policy.perceive(observations, scene).features
    looks = policy.perception.look(features.flatten(2).transpose(1, 2)).float()
    nearest = [
        likeliest[..., 0] - likeliest[..., 1]
        for likeliest in (letters.topk(2, dim=-1).values, looks.topk(2, dim=-1).values)
    ]
    return torch.minimum(*(gap.flatten(1).amin(1) for gap in nearest))
