"""Reading: which letter stands where, and where on the screen a text is written.

A small network looks at a window of grey pixels around each cell and says which character stands in
the middle of either half of it. It learns that from labels that the simulator knows, never from
reward, and is used on pixels alone. Where a text is written then follows without any learning: its
letters are laid along a row of half cells in the best way, each over one to three of them (dynamic
time warping; Sakoe and Chiba, 1978), and the text matches as well as its letters are seen there. So
a name never seen in training is found as well as any other.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.env.action import CELL_SIZE
from hrlctl.env.arrays import UNLABELLED
from hrlctl.env.observation import NUM_CHARACTERS, PAD, encode_text

COMPARED: Final = 8
"""How many letters of a text are looked for, from its beginning."""
HALVES: Final = 2  # places in a cell where a letter is read
_WINDOW: Final = 14  # pixels along one side of what is seen around a cell's middle
_GREY: Final = (0.299, 0.587, 0.114)  # luma, ITU-R BT.601
_CONTRAST_FLOOR: Final = 150.0  # variance of pixel values below which a window counts as even
_EVEN: Final = 100.0  # variance below which nothing can be written in a window
_LEAST: Final = math.log(0.02)  # no letter speaks more than this against a text
_UNSEEN: Final = math.log(0.05)  # a letter too narrow to stand in the middle of a half cell
_CUT_AFTER: Final = 2  # letters after which a text may be cut off by an ellipsis
_PLAIN_SHARE: Final = 3  # one cell without letters is learned from for so many with
_DOT: Final = int(encode_text(".", 1)[0])


class Reading(NamedTuple):
    """What is read on a batch of screens. No gradient."""

    letters: Tensor  # (batch, rows, HALVES * columns), uint8, character codes
    match: Tensor  # (batch, slots, rows, columns): how well a slot's text begins there, in [0, 1]
    log_probs: Tensor  # (batch, rows, HALVES * columns, characters), float32


class Known(NamedTuple):
    """What was read a step ago on screens that have changed only here and there since."""

    log_probs: Tensor  # as in ``Reading``
    changed: Tensor  # (batch, rows, columns), bool: pixels in or next to the cell have changed


class Reader(nn.Module):
    """Says which character stands where.

    Args:
        hidden: size of its first layer; the second has half of it.
    """

    def __init__(self, hidden: int = 384) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(_WINDOW * _WINDOW, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden // 2), nn.ReLU(),
            nn.Linear(hidden // 2, HALVES * NUM_CHARACTERS),
        )  # fmt: skip

    def windows(self, screens: Tensor) -> Tensor:
        """The grey pixels around each cell.

        Args:
            screens: (batch, height, width, 3), uint8.

        Returns:
            A view, (batch, rows, columns, pixels, pixels), float32 in [0, 255].
        """
        pixels = screens.float()
        if torch.compiler.is_exporting():
            # For a product with a vector of three, ONNX Runtime takes eighty times as long.
            red, green, blue = pixels.unbind(-1)
            grey = _GREY[0] * red + _GREY[1] * green + _GREY[2] * blue
        else:
            grey = pixels @ torch.tensor(_GREY, device=pixels.device)
        margin = (_WINDOW - CELL_SIZE) // 2
        padded = F.pad(grey.unsqueeze(1), (margin,) * 4, mode="replicate").squeeze(1)
        return padded.unfold(1, _WINDOW, CELL_SIZE).unfold(2, _WINDOW, CELL_SIZE)

    def forward(self, windows: Tensor) -> Tensor:
        """Scores of the characters in windows, (n, pixels, pixels); (n, HALVES, characters)."""
        return self._scores(_normalised(windows)[0])

    def _scores(self, pixels: Tensor) -> Tensor:
        scores: Tensor = self.layers(pixels)
        return scores.view(-1, HALVES, NUM_CHARACTERS)

    def loss(self, screens: Tensor, letters: Tensor, cells: Tensor) -> tuple[Tensor, Tensor]:
        """The cross-entropy of the characters in some cells, and the share of letters read right.

        Args:
            screens: (batch, height, width, 3), uint8.
            letters: (batch, rows, HALVES * columns), uint8, character codes.
            cells: (n,), int64, of all cells of the batch, as ``cells_to_learn`` draws them.
        """
        windows = self.windows(screens)
        rows, columns = windows.shape[1:3]
        scores = self(windows[cells // (rows * columns), cells // columns % rows, cells % columns])
        wanted = letters.view(-1, HALVES)[cells].long()
        loss = F.cross_entropy(scores.float().flatten(0, 1), wanted.flatten())
        is_letter = wanted != PAD
        hits = (scores.argmax(-1) == wanted) & is_letter
        return loss, hits.sum() / is_letter.sum().clamp(min=1)

    @torch.no_grad()
    def read(self, screens: Tensor, slots: Tensor, known: Known | None = None) -> Reading:
        """Read a batch of screens.

        Args:
            screens: (batch, height, width, 3), uint8.
            slots: (batch, slots, length), integer character codes, ``PAD`` where there is none.
            known: what was read before; only what has changed since is read again.
        """
        windows = self.windows(screens)
        batch, rows, columns = windows.shape[:3]
        if known is None:
            plain = torch.full((NUM_CHARACTERS,), _LEAST, device=screens.device)
            plain[PAD] = 0.0
            log_probs = plain.repeat(batch * rows * columns, HALVES, 1)
            place = torch.arange(log_probs.shape[0], device=screens.device)
            looked_at = windows.reshape(-1, _WINDOW, _WINDOW)
        else:
            log_probs = known.log_probs.reshape(-1, HALVES, NUM_CHARACTERS).clone()
            place = known.changed.flatten().nonzero().squeeze(1)
            frame, row = place // (rows * columns), place // columns % rows
            looked_at = windows[frame, row, place % columns]
            log_probs[place] = _LEAST
            log_probs[place, :, PAD] = 0.0
        # Many cells of a screen are plain: they are not looked at any further.
        pixels, variance = _normalised(looked_at)
        structured = (variance > _EVEN).nonzero().squeeze(1)
        scores = self._scores(pixels.index_select(0, structured)).float()
        log_probs.index_copy_(0, place.index_select(0, structured), scores.log_softmax(-1))
        log_probs = log_probs.view(batch, rows, HALVES * columns, NUM_CHARACTERS)
        return Reading(log_probs.argmax(-1).to(torch.uint8), find(log_probs, slots), log_probs)


def cells_to_learn(
    letters: npt.NDArray[np.uint8], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """All cells with letters, and some without; none where nothing is known.

    Args:
        letters: (batch, rows, HALVES * columns), character codes or ``UNLABELLED``.
        rng: draws those without.
    """
    cells = letters.reshape(-1, HALVES)
    is_known = cells[:, 0] != UNLABELLED
    written = np.flatnonzero((cells != PAD).any(1) & is_known)
    plain = rng.integers(len(cells), size=len(written) // _PLAIN_SHARE)
    return np.concatenate([written, plain[is_known[plain]]])


def _normalised(windows: Tensor) -> tuple[Tensor, Tensor]:
    """Windows, (n, pixels, pixels), as rows of mean 0 and like contrast; and their variance.

    Light on dark and dark on light, faint and strong: all become alike.
    """
    pixels = windows.flatten(1)
    normalised, _, inverse = torch.native_layer_norm(
        pixels, pixels.shape[1:], None, None, _CONTRAST_FLOOR
    )
    return normalised, inverse.squeeze(1) ** -2 - _CONTRAST_FLOOR


def find(log_probs: Tensor, texts: Tensor) -> Tensor:
    """How well texts match at each cell, as the geometric mean of their letters' probabilities.

    Args:
        log_probs: (batch, rows, HALVES * columns, characters), of the characters.
        texts: (batch, count, length), integer character codes, ``PAD`` where there is none.

    Returns:
        (batch, count, rows, columns), in [0, 1], for texts that begin in the cell; 0 for an empty
        text.
    """
    batch, rows, halves, _ = log_probs.shape
    count = texts.shape[1]
    match = log_probs.new_zeros(batch * count, rows, halves // HALVES)
    flat = texts[:, :, :COMPARED].long().flatten(0, 1)
    written = (flat[:, 0] != PAD).nonzero().squeeze(1)
    exporting = torch.compiler.is_exporting()
    if not exporting and written.shape[0] == 0:
        return match.view(batch, count, rows, -1)
    flat = flat.index_select(0, written)
    length = (flat != PAD).sum(1)
    by_character = log_probs.clamp(min=_LEAST).permute(0, 3, 1, 2)
    place = written // count
    dots, blank = by_character[place, _DOT], by_character[place, PAD]
    # Nothing stands behind an ellipsis: other dots are within a text, as in a file's name.
    cut = dots + F.pad(torch.maximum(dots, blank)[..., 1:], (0, 1))
    beyond = log_probs.new_full((written.shape[0], rows, 3), -1e3)
    # ``rest`` is what the letters from ``k`` on are worth where they begin at a half cell.
    rest = log_probs.new_zeros(written.shape[0], rows, halves + 3)
    for k in range((COMPARED if exporting else int(length.max())) - 1, -1, -1):
        letter = by_character[place, flat[:, k]]
        padded = torch.cat([letter, beyond], dim=2)
        second, third = padded[..., 1 : halves + 1], padded[..., 2 : halves + 2]
        best = torch.stack(
            [
                _UNSEEN + rest[..., :halves],
                letter + rest[..., 1 : halves + 1],
                (letter + second) / 2 + rest[..., 2 : halves + 2],
                (letter + second + third) / 3 + rest[..., 3 : halves + 3],
            ]
        ).amax(0)
        if k >= _CUT_AFTER:
            best = torch.maximum(best, cut * (length - k).view(-1, 1, 1))
        here = torch.cat([best, beyond], dim=2)
        rest = torch.where((length > k).view(-1, 1, 1), here, rest)
    mean = rest[..., :halves] / length.view(-1, 1, 1)
    cells = mean.view(written.shape[0], rows, -1, HALVES).amax(-1).exp()
    return match.index_copy_(0, written, cells).view(batch, count, rows, -1)
