"""The instruction encoder: what is asked, and what it is asked about."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.observation import NUM_CHARACTERS, NUM_TOKENS

SLOT_FEATURES: Final = 48
SUMMARY_FEATURES: Final = 64


class InstructionFeatures(NamedTuple):
    """An encoded instruction."""

    summary: Tensor  # (batch, SUMMARY_FEATURES)
    slots: Tensor  # (batch, NUM_SLOTS, SLOT_FEATURES): each slot in its context
    has_slot: Tensor  # (batch, NUM_SLOTS), bool
    may_type: Tensor  # (batch, NUM_SLOTS), bool: what is quoted or a number; without any, all


class InstructionEncoder(nn.Module):
    """Two convolutions over the characters, pooled over the text and read out at each slot.

    A quoted string appears among the tokens as one slot token, so the summary says what is asked
    in words that training has seen, whatever name it is asked about; a slot's own letters enter
    only its own feature.
    """

    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Embedding(NUM_TOKENS, 32, padding_idx=0)
        self.narrow = nn.Conv1d(32, 64, 5, padding=2)
        self.wide = nn.Conv1d(64, SUMMARY_FEATURES, 5, padding=4, dilation=2)
        self.character = nn.Embedding(NUM_CHARACTERS, 24, padding_idx=0)
        self.spelling = nn.Conv1d(24, SLOT_FEATURES, 3, padding=1)
        self.context = nn.Linear(SUMMARY_FEATURES, SLOT_FEATURES)

    def forward(self, tokens: Tensor, slots: Tensor) -> InstructionFeatures:
        """Encode a batch of instructions.

        Args:
            tokens: (batch, length), integer, values in [0, NUM_TOKENS).
            slots: (batch, NUM_SLOTS, SLOT_LENGTH), integer, values in [0, NUM_CHARACTERS).
        """
        tokens, slots = tokens.long(), slots.long()
        x = F.relu(self.narrow(self.token(tokens).transpose(1, 2)))
        x = F.relu(self.wide(x))  # (batch, features, length)
        x = x * (tokens > 0).unsqueeze(1)
        summary = x.amax(2)

        batch, count, length = slots.shape
        letters = self.character(slots.view(batch * count, length)).transpose(1, 2)
        spelling = F.relu(self.spelling(letters)).amax(2).view(batch, count, -1)
        first_slot = NUM_TOKENS - NUM_SLOTS
        wanted = first_slot + torch.arange(count, device=tokens.device)
        places = (tokens.unsqueeze(1) == wanted.view(1, -1, 1)).to(x.dtype)  # (b, slots, length)
        context = self.context(places @ x.transpose(1, 2))
        has_slot = slots[:, :, 0] > 0
        is_exact = places.any(2)
        may_type = has_slot & (is_exact | ~is_exact.any(1, keepdim=True))
        return InstructionFeatures(summary, F.relu(spelling + context), has_slot, may_type)
