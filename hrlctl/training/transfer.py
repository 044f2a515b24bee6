"""Rollouts on their way from one process to another: packed into arrays, and put together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hrlctl.env.arrays import ObservationArrays
from hrlctl.env.vector import EpisodeRecord
from hrlctl.policy.perception import Scene
from hrlctl.training.rollout import Path, Rollout, Taken

_OF_FRAMES: Final = frozenset({"screens", "tokens", "slots", "looks", "letters"})
_OF_ROWS: Final = (
    "advantage", "returns", "bonus_returns", "manager_advantage", "manager_returns",
    "stop_advantage", "counts", "decided", "may_stop", "is_finished", "values", "aim_weight",
)  # fmt: skip


class Packed(NamedTuple):
    """A rollout as plain arrays. Screens, and what belongs to them, stand in it once each."""

    seen: tuple[npt.NDArray[Any], ...]  # by frame (``_OF_FRAMES``) or by place
    place: npt.NDArray[np.int64]
    frame: npt.NDArray[np.int64]
    scene: tuple[npt.NDArray[Any], ...]  # by frame
    taken: tuple[npt.NDArray[Any], ...]  # by row
    rows: tuple[npt.NDArray[Any], ...]  # ``_OF_ROWS``
    episodes: tuple[EpisodeRecord, ...]
    skill_counts: npt.NDArray[np.int64]
    hits: tuple[int, int]
    paths: tuple[Path, ...]


def packed(rollout: Rollout) -> Packed:
    """``rollout``, on the CPU, as arrays; of its screens only the distinct ones."""
    frames, frame = np.unique(rollout.frame, return_inverse=True)
    seen = tuple(
        array[frames] if name in _OF_FRAMES else array.copy()
        for name, array in rollout.seen._asdict().items()
    )
    chosen = torch.from_numpy(frames)
    return Packed(
        seen,
        rollout.place,
        frame.astype(np.int64),
        tuple(part.index_select(0, chosen).numpy() for part in rollout.scene),
        tuple(part.numpy() for part in rollout.taken.parts()),
        tuple(getattr(rollout, name).numpy() for name in _OF_ROWS),
        tuple(rollout.episodes),
        rollout.skill_counts.numpy(),
        rollout.hits,
        tuple(rollout.paths),
    )


def merged(parts: Sequence[Packed]) -> Rollout:
    """One rollout with the rows of all ``parts``, in their order.

    Its screens are found by frame, all else that was seen by place.
    """

    def joined(arrays: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        return np.concatenate(arrays)

    def tensor(arrays: Sequence[npt.NDArray[Any]]) -> Tensor:
        return torch.from_numpy(np.concatenate(arrays))

    places = _offsets(
        [len(part.seen[ObservationArrays._fields.index("context")]) for part in parts]
    )
    frames = _offsets([len(part.scene[0]) for part in parts])
    rows = _offsets([len(part.place) for part in parts])
    by_row = {
        name: tensor([part.rows[index] for part in parts]) for index, name in enumerate(_OF_ROWS)
    }
    milestones, hits = np.sum([part.hits for part in parts], axis=0).tolist()
    return Rollout(
        seen=ObservationArrays(
            *(joined(arrays) for arrays in zip(*(p.seen for p in parts), strict=True))
        ),
        place=joined([part.place + offset for part, offset in zip(parts, places, strict=True)]),
        frame=joined([part.frame + offset for part, offset in zip(parts, frames, strict=True)]),
        scene=Scene(*(tensor(arrays) for arrays in zip(*(p.scene for p in parts), strict=True))),
        taken=Taken.of_parts(
            [tensor(arrays) for arrays in zip(*(p.taken for p in parts), strict=True)]
        ),
        **by_row,
        episodes=[episode for part in parts for episode in part.episodes],
        skill_counts=torch.from_numpy(np.sum([part.skill_counts for part in parts], axis=0)),
        hits=(milestones, hits),
        paths=[
            _shifted(path, offset)
            for part, offset in zip(parts, rows, strict=True)
            for path in part.paths
        ],
    )


def _offsets(lengths: Sequence[int]) -> list[int]:
    return [0, *np.cumsum(lengths)[:-1].tolist()]


def _shifted(path: Path, rows: int) -> Path:
    arrival = None if path.arrival is None else path.arrival + rows
    return path._replace(rows=tuple(row + rows for row in path.rows), arrival=arrival)
