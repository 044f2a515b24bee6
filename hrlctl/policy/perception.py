"""Perception: what both levels see of a screen and an instruction, before anything is decided."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from hrlctl.policy.encoders import Encoder
from hrlctl.policy.instruction import InstructionEncoder, InstructionFeatures
from hrlctl.policy.reading import ReadingHead


class Percept(NamedTuple):
    """A batch of encoded observations. All that depends on the pixels or the instruction alone."""

    features: Tensor  # (batch, channels, rows, columns)
    match: Tensor  # (batch, slots, rows, columns), in [0, 1]
    summary: Tensor  # (batch, SUMMARY_FEATURES)
    slots: Tensor  # (batch, slots, SLOT_FEATURES)
    has_slot: Tensor  # (batch, slots), bool

    def rows(self, index: Tensor) -> Percept:
        """The rows ``index`` (int64) as a new batch; gradients flow back to the chosen rows."""
        return Percept(*(part.index_select(0, index) for part in self))

    def replaced(self, index: Tensor, fresh: Percept) -> Percept:
        """This batch with the rows ``index`` replaced, in place where no gradient is recorded."""
        for mine, theirs in zip(self, fresh, strict=True):
            mine.index_copy_(0, index, theirs)
        return self


class Perception(nn.Module):
    """The encoders of screen and instruction, and reading, which joins the two."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.instruction = InstructionEncoder()
        self.reading = ReadingHead(encoder.channels)

    def forward(self, screens: Tensor, tokens: Tensor, slots: Tensor) -> Percept:
        """Encode a batch.

        Args:
            screens: (batch, height, width, 3), uint8.
            tokens: (batch, length), integer.
            slots: (batch, NUM_SLOTS, SLOT_LENGTH), integer.
        """
        features = self.encoder(screens)
        words: InstructionFeatures = self.instruction(tokens, slots)
        match = self.reading.match(features, slots)
        return Percept(features, match, words.summary, words.slots, words.has_slot)


class Pool(nn.Module):
    """A feature map seen in the light of a condition, and summed up.

    The condition scales and shifts the map's channels (FiLM, Perez et al., arXiv 1709.07871); match
    maps enter beside it: whether a text stands in a cell, and whether it stands in the cell's row.
    """

    def __init__(self, channels: int, condition: int, maps: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(channels, width)
        self.film = nn.Linear(condition, 2 * width)
        self.evidence = nn.Linear(2 * maps, width)

    def forward(self, features: Tensor, condition: Tensor, maps: Tensor) -> tuple[Tensor, Tensor]:
        """Returns the map by cells, (batch, cells, width), and its sum-up, (batch, 2 * width)."""
        scale, shift = self.film(condition).chunk(2, dim=1)
        # The scale is folded into each row's own weights, and everything is added up in two
        # products: passes over the map are what costs most here.
        weights = self.project.weight.t() * (1 + scale).unsqueeze(1)
        shift = shift + self.project.bias * (1 + scale) + self.evidence.bias
        evidence = torch.cat([maps, _in_row(maps)], dim=1)
        of_evidence = self.evidence.weight.t().expand(len(weights), -1, -1)
        x = torch.baddbmm(shift.unsqueeze(1), _by_cells(evidence), of_evidence)
        x = torch.relu(torch.baddbmm(x, _by_cells(features), weights))
        return x, torch.cat([x.sum(1) / x.shape[1], x.max(1).values], dim=1)


def _by_cells(maps: Tensor) -> Tensor:
    """(batch, channels, rows, columns) -> (batch, cells, channels); free in channels_last."""
    return maps.flatten(2).transpose(1, 2)


def _in_row(maps: Tensor) -> Tensor:
    """For each cell the largest value in its row, the rows above and below included."""
    rows = maps.amax(3, keepdim=True)
    spread = nn.functional.max_pool2d(rows, (3, 1), stride=1, padding=(1, 0))
    return spread.expand_as(maps)
