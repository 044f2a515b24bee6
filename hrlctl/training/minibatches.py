"""Minibatches: the rows of a rollout in random order, a part at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hrlctl.training.rollout import Rollout

FRAME_MULTIPLE: Final = 16
"""Batches of frames are padded to a multiple of this, so that few shapes have to be compiled."""


class Minibatch(NamedTuple):
    """Rows to learn from, and the distinct frames that they show."""

    rows: Tensor  # int64
    frames: npt.NDArray[np.int64]  # places of the distinct frames, padded
    encoded: npt.NDArray[np.int64]  # index into ``frames``: those that teach the encoder
    frame_of_row: Tensor  # (rows,), int64, index into ``frames``


def minibatches(
    rollout: Rollout, count: int, share: float, rng: np.random.Generator
) -> Iterator[Minibatch]:
    """All rows in random order, in ``count`` parts; rows of one frame stay together.

    Args:
        rollout: the rows.
        count: how many minibatches.
        share: of the frames of each, that teach the encoder.
        rng: source of the order.
    """
    rank = rng.permutation(int(rollout.frame.max()) + 1)
    order = np.argsort(rank[rollout.frame], kind="stable")
    for rows in np.array_split(order, count):
        frames, local = np.unique(rollout.frame[rows], return_inverse=True)
        padding = -len(frames) % FRAME_MULTIPLE
        frames = np.concatenate([frames, np.repeat(frames[-1:], padding)])
        some = -(-int(len(frames) * share) // FRAME_MULTIPLE) * FRAME_MULTIPLE
        encoded = np.sort(rng.permutation(len(frames))[: max(some, FRAME_MULTIPLE)])
        yield Minibatch(torch.from_numpy(rows), frames, encoded, torch.from_numpy(local))
