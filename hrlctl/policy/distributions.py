"""Masked categorical choices, in float32 whatever the network computes in."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

_MASKED: Final = -1e9


class Choice(NamedTuple):
    """A batch of categorical distributions, as normalised log-probabilities."""

    log_probs: Tensor  # (batch, choices), float32; very negative where masked
    valid: Tensor | None  # (batch, choices), bool; None: all

    def sample(self, *, greedy: bool = False, generator: torch.Generator | None = None) -> Tensor:
        """Indices, int64, shape (batch,)."""
        if greedy:
            return self.log_probs.argmax(1)
        # Drawn on the CPU, so that one generator serves every device.
        uniform = torch.rand(self.log_probs.shape, generator=generator).to(self.log_probs.device)
        # Gumbel-max (Gumbel, 1954): cheaper than torch.multinomial and never picks a masked one.
        gumbel = -torch.log(-torch.log(uniform.clamp_(1e-10, 1 - 1e-7)))
        return (self.log_probs + gumbel).argmax(1)

    def log_prob(self, index: Tensor) -> Tensor:
        """Log-probability of ``index``, shape (batch,)."""
        return self.log_probs.gather(1, index.unsqueeze(1)).squeeze(1)

    def log_prob_of_any(self, mask: Tensor) -> Tensor:
        """Log-probability of a choice in ``mask`` (batch, choices), bool; shape (batch,)."""
        return self.log_probs.masked_fill(~mask, _MASKED).logsumexp(1)

    def entropy(self) -> Tensor:
        """Entropy divided by the logarithm of the number of valid choices, in [0, 1]."""
        entropy = -(self.log_probs.exp() * self.log_probs).sum(1)
        if self.valid is None:
            count = torch.full_like(entropy, self.log_probs.shape[1])
        else:
            count = self.valid.sum(1).to(entropy.dtype)
        return torch.where(count > 1, entropy / count.clamp(min=2).log(), torch.zeros_like(entropy))


def choose(logits: Tensor, valid: Tensor | None = None) -> Choice:
    """A choice by ``logits`` (batch, choices) among the ``valid`` ones (bool, same shape).

    A row without a valid choice is left uniform over all.
    """
    logits = logits.float()
    if valid is not None:
        valid = valid | ~valid.any(1, keepdim=True)
        logits = logits.masked_fill(~valid, _MASKED)
    return Choice(F.log_softmax(logits, dim=1), valid)
