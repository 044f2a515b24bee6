"""Reading: what is written on the thing under each cell, and where a slot's text is written.

The head spells the label of whatever stands under a cell, a few characters of it, from the cell's
features. It is trained by an auxiliary loss on labels that the simulator knows (never by reward),
and used on pixels alone: a slot's text matches a cell as well as the head believes that the text
is what is written there. That is how a name never seen in training is found on the screen.
"""

from __future__ import annotations

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.desktop.contract import ROLES
from hrlctl.env.arrays import LABEL_LENGTH
from hrlctl.env.observation import NUM_CHARACTERS

SPELLED: Final = LABEL_LENGTH
"""How many characters of a label are read, from its beginning."""
_KEY_FEATURES: Final = 64
_FINDING_SHARE: Final = 4  # one cell in so many is compared with the labels of the others


class ReadingHead(nn.Module):
    """Spells labels, finds texts, and names roles.

    A cell's key spells its label by dot products with a table of (place, character) vectors; the
    mean of a text's vectors from the same table is the text's query, and key and query together
    say whether the text is what is written there.

    Args:
        channels: channels of the feature map.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.key = nn.Linear(channels, _KEY_FEATURES)
        self.table = nn.Parameter(torch.randn(SPELLED * NUM_CHARACTERS, _KEY_FEATURES) * 0.1)
        self.scale = nn.Parameter(torch.tensor(3.0))
        self.bias = nn.Parameter(torch.tensor(-6.0))
        self.role = nn.Linear(channels, len(ROLES))

    def match(self, features: Tensor, slots: Tensor) -> Tensor:
        """How likely each slot's text is what is written under each cell.

        Args:
            features: (batch, channels, rows, columns).
            slots: (batch, slots, length), integer character codes, 0 where there is none.

        Returns:
            (batch, slots, rows, columns), in [0, 1]; 0 for an empty slot. No gradient: reward does
            not teach reading.
        """
        with torch.no_grad():
            batch, _, rows, columns = features.shape
            cells = features.permute(0, 2, 3, 1).reshape(batch, rows * columns, -1)
            spelled = slots[:, :, :SPELLED].long()
            scores = self._queries(spelled) @ self.key(cells).float().transpose(1, 2)
            match = (scores * self.scale + self.bias).sigmoid() * (spelled[:, :, :1] > 0)
            return match.view(batch, -1, rows, columns)

    def _queries(self, texts: Tensor) -> Tensor:
        """(..., SPELLED) character codes -> (..., key features)."""
        offsets = torch.arange(SPELLED, device=texts.device) * NUM_CHARACTERS
        present = (texts > 0).float().unsqueeze(-1)
        vectors = F.embedding(texts + offsets, self.table) * present
        return vectors.sum(-2) / present.sum(-2).clamp(min=1)

    def losses(self, cells: Tensor, labels: Tensor, roles: Tensor) -> dict[str, Tensor]:
        """The auxiliary losses on sampled cells.

        ``spelling`` is the cross-entropy of a label's characters, ``finding`` the pairwise sigmoid
        loss (Zhai et al., arXiv 2303.15343) between all cells and all labels of the batch, ``role``
        the cross-entropy of what the thing is.

        Args:
            cells: features of cells, (n, channels).
            labels: (n, SPELLED), the characters of each cell's label; all 0 where it has none.
            roles: (n,), index into ``ROLES``.
        """
        labels, roles = labels.long(), roles.long()
        keys = self.key(cells).float()
        has_label = labels[:, 0] > 0
        spelled = keys.index_select(0, has_label.nonzero().squeeze(1)) @ self.table.T
        spelling = F.cross_entropy(
            spelled.view(-1, NUM_CHARACTERS), labels[has_label].flatten(), reduction="sum"
        ) / max(1, SPELLED * int(has_label.sum()))

        some = slice(0, None, _FINDING_SHARE)  # all pairs would cost more than they teach
        keys, labels = keys[some], labels[some]
        places = NUM_CHARACTERS ** torch.arange(SPELLED, device=labels.device)
        numbers, index = torch.unique((labels * places).sum(1), return_inverse=True)
        texts = numbers.unsqueeze(1) // places % NUM_CHARACTERS
        scores = keys @ self._queries(texts).T * self.scale + self.bias
        is_written = index.unsqueeze(1) == torch.arange(len(texts), device=index.device)
        is_text = (numbers > 0).float()
        pairs = F.binary_cross_entropy_with_logits(
            scores, is_written.float() * is_text, reduction="none"
        )
        finding = (pairs * is_text).sum() / len(keys)
        role = F.cross_entropy(self.role(cells).float(), roles)
        return {"spelling": spelling, "finding": 0.25 * finding, "role": 0.5 * role}
