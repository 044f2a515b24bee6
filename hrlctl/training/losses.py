"""Parts of the losses of training: means over rows, PPO's clipped surrogate, what is due."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional as F

from hrlctl.env.arrays import UNLABELLED

Mean = Callable[[Tensor, Tensor], Tensor]
"""The mean of values, over the rows that weights count."""


def mean_of(values: Tensor, weight: Tensor) -> Tensor:
    """The mean of ``values`` where ``weight`` counts them; of no weight at all it is 0."""
    return (values * weight).sum() / weight.sum().clamp(min=1)


def clipped_loss(
    log_prob: Tensor,
    old_log_prob: Tensor,
    advantage: Tensor,
    weight: Tensor,
    clip: float,
    mean: Mean = mean_of,
) -> tuple[Tensor, Tensor, Tensor]:
    """PPO's clipped surrogate (eq. 7), the approximate KL and the share that was clipped."""
    log_ratio = log_prob - old_log_prob
    ratio = log_ratio.exp()
    surrogate = torch.min(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    with torch.no_grad():
        kl = mean(ratio - 1 - log_ratio, weight)
        clipped = mean(((ratio - 1).abs() > clip).float(), weight)
    return -mean(surrogate, weight), kl, clipped


def aim_loss(
    skills: Tensor, slots: Tensor, aims: Tensor, weight: Tensor, mean: Mean = mean_of
) -> Tensor:
    """Cross-entropy of the next open milestone's skill and slot, where there are some.

    Args:
        skills, slots: scores, (batch, choices) each.
        aims: (batch, 2), int64, ``UNLABELLED`` where there is none.
        weight: (batch,).
        mean: over the batch.
    """
    skill, slot = (
        mean(
            F.cross_entropy(scores, wanted, ignore_index=UNLABELLED, reduction="none"),
            weight * (wanted != UNLABELLED),
        )
        for scores, wanted in ((skills, aims[:, 0]), (slots, aims[:, 1]))
    )
    return skill + slot
