"""The network of the other libraries: hrlctl's encoders of screen and text, and heads like its own.

What it lacks is what no library brings: a manager, a reader, and what they learn from labels.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import torch
from torch import Tensor, nn

from hrlctl.desktop.commands import KEYS
from hrlctl.env.action import NUM_SLOTS, ActionType
from hrlctl.policy.encoders import make_encoder
from hrlctl.policy.instruction import SUMMARY_FEATURES, InstructionEncoder
from hrlctl.schema.run import PolicyConfig

_WIDTH: Final = 48
_HIDDEN: Final = 128


class Network(nn.Module):
    """Logits of all parts of an action, side by side, and a value."""

    def __init__(self) -> None:
        super().__init__()
        config = PolicyConfig()
        self.encoder = make_encoder(config.encoder, config.width)
        self.instruction = InstructionEncoder()
        self.film = nn.Linear(SUMMARY_FEATURES, 2 * _WIDTH)
        self.project = nn.Conv2d(self.encoder.channels, _WIDTH, 1)
        self.hidden = nn.Sequential(
            nn.Linear(2 * _WIDTH + SUMMARY_FEATURES + 3, _HIDDEN), nn.ReLU(),
            nn.Linear(_HIDDEN, _HIDDEN), nn.ReLU(),
        )  # fmt: skip
        self.query = nn.Linear(_HIDDEN, 2 * _WIDTH)
        self.others = nn.Linear(_HIDDEN, len(ActionType) + len(KEYS) + NUM_SLOTS + 2)
        self.value = nn.Linear(_HIDDEN, 1)
        nn.init.normal_(self.others.weight, std=0.01)

    def forward(self, seen: Mapping[str, Tensor]) -> tuple[Tensor, Tensor]:
        """Look at a batch.

        Args:
            seen: what ``hrlctl:Desktop-v0`` shows; the screen as uint8, (batch, height, width, 3).

        Returns:
            Logits, (batch, sum of the action space's sizes) in its order, and values, (batch,).
        """
        asked = self.instruction(seen["instruction"], seen["slots"]).summary
        scale, shift = self.film(asked).unsqueeze(2).unsqueeze(3).chunk(2, dim=1)
        features = self.project(torch.relu(self.encoder(seen["screen"])))
        cells = torch.relu(features * (1 + scale) + shift).flatten(2)
        pooled = torch.cat([cells.mean(2), cells.amax(2)], dim=1)
        context = torch.cat([seen["cursor"], seen["time_left"]], dim=1)
        hidden = self.hidden(torch.cat([pooled, asked, context], dim=1))
        pointers = self.query(hidden).view(-1, 2, _WIDTH) @ cells / _WIDTH**0.5
        kind, rest = self.others(hidden).split([len(ActionType), len(KEYS) + NUM_SLOTS + 2], dim=1)
        logits = torch.cat([kind, pointers.flatten(1), rest], dim=1)
        return logits, self.value(hidden).squeeze(1)
