"""Rollouts: what the agent saw, did and got, stored once, as uint8, where it was written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hrlctl.env.arrays import ObservationArrays
from hrlctl.env.vector import EpisodeRecord
from hrlctl.policy.hierarchical import Acted
from hrlctl.policy.manager import Decision, Memory
from hrlctl.policy.perception import Scene
from hrlctl.policy.worker import Option

BONUS: Final = 0.5
"""What the worker is paid for reaching a milestone of its own skill and slot."""

HIDDEN_INSTRUCTIONS: Final = 0.5
"""Share of the training decisions in which the worker is not shown the instruction."""


class Taken(NamedTuple):
    """What the agent did. The same leading dimensions everywhere; ``action`` has 6 more."""

    action: Tensor  # int64
    option: Option
    decision: Decision
    memory: Memory  # the manager's, before it decided
    log_prob: Tensor
    manager_log_prob: Tensor

    @classmethod
    def allocate(cls, leading: tuple[int, ...]) -> Taken:
        def integers() -> Tensor:
            return torch.zeros(leading, dtype=torch.int64)

        return cls(
            torch.zeros((*leading, 6), dtype=torch.int64),
            Option(integers(), integers(), integers(), torch.zeros(leading, dtype=torch.bool)),
            Decision(integers(), integers(), integers()),
            Memory(integers(), integers()),
            torch.zeros(leading),
            torch.zeros(leading),
        )

    @classmethod
    def of_parts(cls, parts: Sequence[Tensor]) -> Taken:
        """From what ``parts`` returned."""
        option, decision, memory = Option(*parts[1:5]), Decision(*parts[5:8]), Memory(*parts[8:10])
        return cls(parts[0], option, decision, memory, *parts[10:])

    def parts(self) -> tuple[Tensor, ...]:
        return (
            self.action,
            *self.option,
            *self.decision,
            *self.memory,
            self.log_prob,
            self.manager_log_prob,
        )

    def write(self, t: int, memory: Memory, acted: Acted) -> None:
        """Record one step at index ``t`` of the first dimension."""
        option = acted.option
        recorded = Taken(
            acted.action,
            option,
            Decision(option.skill, option.slot, acted.duration),
            memory,
            acted.log_prob,
            acted.manager_log_prob,
        )
        for stored, value in zip(self.parts(), recorded.parts(), strict=True):
            stored[t] = value

    def flat(self) -> Taken:
        """With the two leading dimensions made one."""
        return Taken.of_parts([part.flatten(0, 1) for part in self.parts()])

    def rows(self, index: Tensor) -> Taken:
        """The entries ``index`` of the first dimension."""
        return Taken.of_parts([part[index] for part in self.parts()])


class Path(NamedTuple):
    """Steps that led to a milestone."""

    task: int  # index of the task
    skill: int  # of the milestone, index into SKILLS
    slot: int | None  # that it is about; None: of the decision under which it was reached
    rows: tuple[int, ...]  # of the rollout, the last step first
    arrival: int | None  # the row of what was seen after it, if this rollout has it


class Rollout(NamedTuple):
    """One collected rollout, as rows for learning.

    Rows are all steps of all environments, and one for each decision of the rollout before that
    ended in this one. All tensors have shape (rows,) unless noted.
    """

    seen: ObservationArrays  # (places or frames, ...)
    place: npt.NDArray[np.int64]  # (rows,), where the row's context, aim and marks stand in it
    frame: npt.NDArray[np.int64]  # (rows,), where its screen, instruction and labels stand in it
    scene: Scene  # (frames, ...), what the screens show; weights of the collection
    taken: Taken
    advantage: Tensor  # the worker's, both streams
    returns: Tensor
    bonus_returns: Tensor
    manager_advantage: Tensor
    manager_returns: Tensor
    stop_advantage: Tensor  # of ending the open decision before the step
    counts: Tensor  # bool: teaches the worker
    decided: Tensor  # bool: teaches the manager what to decide
    may_stop: Tensor  # bool: teaches the manager when to stop
    is_finished: Tensor  # bool: the screen shows a finished task
    values: Tensor  # of R, when it was acted
    aim_weight: Tensor  # how much what is due teaches; what is due seldom counts as much
    episodes: Sequence[EpisodeRecord]
    skill_counts: Tensor  # (skills,), how often the manager chose each
    hits: tuple[int, int]  # milestones reached, and those by a decision of their skill and slot
    paths: Sequence[Path]  # to each milestone reached

    @property
    def frames(self) -> npt.NDArray[np.int64]:
        """All distinct frames."""
        return np.unique(self.frame)

    def on(self, device: torch.device) -> Rollout:
        """With its tensors on ``device``; what was seen stays where it is."""
        moved = (part.to(device) if isinstance(part, Tensor) else part for part in self)
        taken = Taken.of_parts([part.to(device) for part in self.taken.parts()])
        return Rollout._make(moved)._replace(taken=taken)
