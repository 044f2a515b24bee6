"""Perception: what both levels see of a screen and an instruction, before anything is decided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.desktop.contract import LOOKS
from hrlctl.env.action import NUM_SLOTS
from hrlctl.env.arrays import UNLABELLED
from hrlctl.env.observation import NUM_CHARACTERS
from hrlctl.policy.encoders import Encoder
from hrlctl.policy.instruction import SLOT_FEATURES, InstructionEncoder, InstructionFeatures
from hrlctl.policy.reading import HALVES, Known, Reader

EVIDENCE: Final = 3
"""Maps a text: where it begins, and how near it is to the left and to the right."""
PLACES: Final = 3
"""Maps of where in its thing a cell lies: at its left end, in its middle, at its right end."""
KINDS: Final = len(LOOKS) * (1 + NUM_SLOTS)
_LETTER_FEATURES: Final = 8
_WORD_CELLS: Final = 5
# What a text that is not there scores, by chance, and one that is there, read none too well.
_CONTRAST: Final = (0.1, 0.7)
_NEAR: Final = 2.0  # cells from an end, or from the middle, that are not there any more
_FADING: Final = 0.93  # of what is known about a place, from cell to cell
_NEXT_ROW: Final = 0.6  # of what is known about a row is known about the one above or below


class Scene(NamedTuple):
    """What a batch of screens shows. No gradient, unless shapes were encoded with one."""

    shapes: Tensor  # (batch, rows, columns, channels), from the encoder
    letters: Tensor  # (batch, rows, HALVES * columns), uint8, character codes
    match: Tensor  # (batch, slots, rows, columns): how well a slot's text begins there, in [0, 1]

    def rows(self, index: Tensor) -> Scene:
        """The rows ``index`` (int64) of the batch."""
        return Scene(*(part.index_select(0, index) for part in self))

    def on(self, device: torch.device) -> Scene:
        """On ``device``."""
        return Scene(*(part.to(device) for part in self))


class Percept(NamedTuple):
    """A batch of encoded observations. All that depends on the pixels or the instruction alone."""

    features: Tensor  # (batch, channels, rows, columns)
    looks: Tensor  # (batch, cells, looks): what stands in each cell, probabilities; no gradient
    prior: Tensor  # (batch, cells), log: a cell's weight before anything is known; no gradient
    evidence: Tensor  # (batch, slots, EVIDENCE, cells), in [0, 1], of the slots' texts
    places: Tensor  # (batch, PLACES, cells), in [0, 1]; no gradient
    summary: Tensor  # (batch, SUMMARY_FEATURES)
    slots: Tensor  # (batch, slots, SLOT_FEATURES): what is asked of each, and where it is seen
    has_slot: Tensor  # (batch, slots), bool
    may_type: Tensor  # (batch, slots), bool
    kinds: Tensor  # (batch, KINDS): how much there is of each look, and on which each slot is seen

    def rows(self, index: Tensor) -> Percept:
        """The rows ``index`` (int64) as a new batch; gradients flow back to the chosen rows."""
        return Percept(*(part.index_select(0, index) for part in self))

    def replaced(self, index: Tensor, fresh: Percept) -> Percept:
        """This batch with the rows ``index`` replaced, in place where no gradient is recorded."""
        for mine, theirs in zip(self, fresh, strict=True):
            mine.index_copy_(0, index, theirs)
        return self


class Perception(nn.Module):
    """What is seen, what is read and what is asked, put together.

    Words that instructions do not quote ("OK", "Menu") are learned like shapes: the letters that
    the reader sees enter the map of features, through a convolution as long as a short word. What
    stands in each cell is named, which reward does not teach either.
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder
        self.reader = Reader()
        self.instruction = InstructionEncoder()
        self.letters = nn.Embedding(NUM_CHARACTERS, _LETTER_FEATURES, padding_idx=0)
        self.words = nn.Conv2d(
            HALVES * _LETTER_FEATURES,
            encoder.channels,
            (1, _WORD_CELLS),
            padding=(0, _WORD_CELLS // 2),
        )
        self.surroundings = Surroundings(encoder.channels)
        self.look = nn.Linear(encoder.channels, len(LOOKS))
        self.seen_slots = nn.Sequential(
            nn.Linear(SLOT_FEATURES + len(LOOKS), SLOT_FEATURES), nn.ReLU()
        )

    def shapes(self, screens: Tensor) -> Tensor:
        """Encode (batch, height, width, 3), uint8; (batch, rows, columns, channels)."""
        encoded: Tensor = self.encoder(screens)
        return encoded.permute(0, 2, 3, 1)

    @torch.no_grad()
    def see(
        self, screens: Tensor, slots: Tensor, known: Known | None = None
    ) -> tuple[Scene, Tensor]:
        """Look at a batch of screens.

        Args:
            screens: (batch, height, width, 3), uint8.
            slots: (batch, NUM_SLOTS, SLOT_LENGTH), integer.
            known: what was read before; only what has changed since is read again.

        Returns:
            What they show, and the log-probabilities of the letters, as ``known`` takes them.
        """
        reading = self.reader.read(screens, slots, known)
        return Scene(self.shapes(screens), reading.letters, reading.match), reading.log_probs

    def forward(self, scene: Scene, tokens: Tensor, slots: Tensor) -> Percept:
        """Put a batch together.

        Args:
            scene: what the screens show.
            tokens: (batch, length), integer.
            slots: (batch, NUM_SLOTS, SLOT_LENGTH), integer.
        """
        batch, rows, halves = scene.letters.shape
        letters = self.letters(scene.letters.int()).view(batch, rows, halves // HALVES, -1)
        words = self.words(letters.permute(0, 3, 1, 2))
        features = self.surroundings(scene.shapes.permute(0, 3, 1, 2) + words)
        asked: InstructionFeatures = self.instruction(tokens, slots)
        evidence = _evidence(scene.match)
        with torch.no_grad():
            looks = self.look(_by_cells(features)).float().softmax(-1)
            # All kinds of things are tried as often as each other, however large they are.
            cells_of_look = looks.sum(1).clamp(min=1)
            prior = -(looks @ cells_of_look.log().unsqueeze(2)).squeeze(2)
            seen_as = _seen_as(evidence[:, :, 0], looks)
            kinds = torch.cat([looks.sum(1).log1p(), seen_as.flatten(1)], dim=1)
            places = _places(looks.argmax(2).view(batch, rows, -1))
        slots = self.seen_slots(torch.cat([asked.slots, seen_as], dim=2))
        return Percept(
            features,
            looks,
            prior,
            evidence,
            places,
            asked.summary,
            slots,
            asked.has_slot,
            asked.may_type,
            kinds,
        )

    def look_loss(
        self,
        features: Tensor,
        looks: Tensor,
        over_all: Callable[[Tensor], Tensor] = lambda counts: counts,
    ) -> Tensor:
        """Cross-entropy of what stands in each cell: an auxiliary loss.

        Args:
            features: (batch, channels, rows, columns).
            looks: (batch, rows, columns), uint8, index into ``LOOKS`` or ``UNLABELLED``.
            over_all: adds counts up over all processes that learn together. The loss is then this
                process's part; the sum of all parts is the loss of all their batches as one.
        """
        scores = self.look(_by_cells(features)).float().flatten(0, 1)
        wanted = looks.flatten().long()
        # What is small or rare is what is clicked on most: it counts for more than its cells.
        counts = torch.bincount(wanted, minlength=UNLABELLED + 1)[: scores.shape[1]]
        counts = over_all(counts)
        weight = counts.clamp(min=1).to(scores.dtype).rsqrt()
        total = F.cross_entropy(scores, wanted, weight, ignore_index=UNLABELLED, reduction="sum")
        # Without any label, as on desktops that know of none, the loss is 0.
        return total / (weight * counts).sum().clamp(min=1)


def _by_cells(maps: Tensor) -> Tensor:
    """(batch, channels, rows, columns) -> (batch, cells, channels); free in channels_last."""
    return maps.flatten(2).transpose(1, 2)


class Surroundings(nn.Module):
    """What a cell shows, in the light of its row, its column and the whole screen.

    Whether a title bar has the focus, or what is ticked, is told by colours that another theme
    uses for something else: what else there is tells them apart.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.row, self.column, self.screen = (nn.Linear(2 * channels, channels) for _ in range(3))
        for part in (self.row, self.column, self.screen):
            nn.init.normal_(part.weight, std=0.01)
            nn.init.zeros_(part.bias)

    def forward(self, maps: Tensor) -> Tensor:
        """(batch, channels, rows, columns) -> features of the same shape, not negative."""
        shown = torch.relu(maps).permute(0, 2, 3, 1)
        rows = torch.cat([shown.mean(2), shown.amax(2)], dim=2)
        columns = torch.cat([shown.mean(1), shown.amax(1)], dim=2)
        mean, most = rows.chunk(2, dim=2)
        screen = torch.cat([mean.mean(1), most.amax(1)], dim=1)
        by_row = self.row(rows) + self.screen(screen).unsqueeze(1)
        added = by_row.unsqueeze(2) + self.column(columns).unsqueeze(1)
        return torch.relu(maps + added.permute(0, 3, 1, 2))


class Pool(nn.Module):
    """A feature map seen in the light of a condition, and summed up.

    The condition scales and shifts the map's channels (FiLM, Perez et al., arXiv 1709.07871); maps
    of evidence enter beside it.
    """

    def __init__(self, channels: int, condition: int, maps: int, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(channels, width)
        self.film = nn.Linear(condition, 2 * width)
        self.evidence = nn.Linear(maps, width)

    def forward(
        self, features: Tensor, condition: Tensor, evidence: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Look at a batch.

        Args:
            features: (batch, channels, rows, columns).
            condition: (batch, condition).
            evidence: (batch, maps, cells).

        Returns:
            The map by cells, (batch, cells, width), and its sum-up, (batch, 2 * width).
        """
        scale, shift = self.film(condition).chunk(2, dim=1)
        # The scale is folded into each row's own weights, and everything is added up in two
        # products: passes over the map are what costs most here.
        weights = self.project.weight.t() * (1 + scale).unsqueeze(1)
        shift = shift + self.project.bias * (1 + scale) + self.evidence.bias
        of_evidence = self.evidence.weight.t().expand(weights.shape[0], -1, -1)
        x = torch.baddbmm(shift.unsqueeze(1), evidence.transpose(1, 2), of_evidence)
        x = torch.relu(torch.baddbmm(x, _by_cells(features), weights))
        return x, torch.cat([x.sum(1) / x.shape[1], x.max(1).values], dim=1)


def _seen_as(match: Tensor, looks: Tensor) -> Tensor:
    """How well each slot's text is seen on a thing of each look: a title bar, a list item ...

    Args:
        match: (batch, slots, cells).
        looks: (batch, cells, looks), probabilities.

    Returns:
        (batch, slots, looks), the best match on cells that are most likely of the look.
    """
    likeliest = looks.argmax(2).unsqueeze(1).expand_as(match)
    nothing = match.new_zeros(*match.shape[:2], looks.shape[2])
    return nothing.scatter_reduce(2, likeliest, match, "amax")


def _places(kinds: Tensor) -> Tensor:
    """Where each cell lies in its run of cells of the same kind, along its row.

    Args:
        kinds: (batch, rows, columns), int64.

    Returns:
        (batch, PLACES, cells), in [0, 1], 0 from ``_NEAR`` cells on; in a run of one cell, both
        ends and the middle are there.
    """
    columns = kinds.shape[2]
    index = torch.arange(columns, device=kinds.device)
    # Where the last run begins that is not to the right of a cell, and where the next one ends.
    breaks = F.pad(kinds[:, :, 1:] != kinds[:, :, :-1], (1, 1), value=True)
    begins = torch.where(breaks[:, :, :-1], index, 0).unsqueeze(2)
    ends = torch.where(breaks[:, :, 1:], index, columns).unsqueeze(2)
    is_before = index <= index.unsqueeze(1)  # [cell, other]: the other is not to the right
    first = torch.where(is_before, begins, 0).amax(3)
    last = torch.where(is_before.t(), ends, columns).amin(3)
    from_left, from_right = index - first, last - index
    # An end and the cell beside it may mean quite different things, however long the thing is.
    left, right = (1 - distance / _NEAR for distance in (from_left, from_right))
    middle = 1 - (from_left - from_right).abs() / (2 * _NEAR)
    return torch.stack([left, middle, right], dim=1).clamp(min=0).flatten(2)


@torch.no_grad()
def _evidence(match: Tensor) -> Tensor:
    """(batch, slots, rows, columns) -> (batch, slots, EVIDENCE, cells)."""
    low, high = _CONTRAST
    match = ((match - low) / (high - low)).clamp(0, 1)
    # A thing beside a text may reach into the row above or below; more likely it is in its row.
    tall = F.max_pool2d(match, (3, 1), stride=1, padding=(1, 0))
    tall = torch.maximum(match, _NEXT_ROW * tall)
    to_left = _spread(tall)
    to_right = _spread(tall.flip(3)).flip(3)
    return torch.stack([match, to_left, to_right], dim=2).flatten(3)


def _spread(maps: Tensor) -> Tensor:
    """For each cell the largest value at it or to its left in its row, faded by the distance."""
    step = 1
    while step < maps.shape[3]:
        shifted = F.pad(maps[..., :-step], (step, 0))
        maps = torch.maximum(maps, shifted * _FADING**step)
        step *= 2
    return maps
