"""Self-imitation: what has worked before is learned again while it is still rare.

A step that reaches a milestone may come once in hundreds of episodes, and one gradient step does
not make it likelier before it is forgotten. Such steps are kept, and the worker learns to repeat
them where their bonus is more than its critic expects (Oh et al., arXiv 1806.05635, eq. 2). What
was reached by luck under another decision is kept as if that had been its aim (hindsight:
Andrychowicz et al., arXiv 1707.01495). Nothing but the agent's own steps is ever imitated.

What was seen when a milestone had been reached is kept as well: few episodes get that far at first,
and the manager has to learn from those few what is due then, or that the task is finished.
"""

from __future__ import annotations

import zlib
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from hrlctl.env.arrays import UNLABELLED
from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.policy.manager import Memory
from hrlctl.policy.perception import Percept, Scene
from hrlctl.policy.worker import Option
from hrlctl.training.rollout import BONUS, HIDDEN_INSTRUCTIONS, Path, Rollout

_KEPT: Final = 24  # of each kind, for each goal
_PATIENCE: Final = 0.9  # of the running mean of how rare a goal still is
_FLOOR: Final = 0.05  # of the weight with which a goal is drawn

FINISHED: Final = UNLABELLED
"""Stands for a skill where nothing is due any more."""

Goal = tuple[int, int]
"""Index of a task, and of the skill of one of its milestones, or ``FINISHED``."""


class Moment(NamedTuple):
    """One step worth learning from again."""

    screen: bytes  # compressed; uint8, (height, width, 3)
    letters: npt.NDArray[np.uint8]  # as ``Scene`` has them, read when it was seen
    match: npt.NDArray[np.float16]
    tokens: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.uint8]
    context: npt.NDArray[np.float32]
    memory: npt.NDArray[np.int64]  # (2,)
    aim: npt.NDArray[np.uint8]  # (2,), as in ``ObservationArrays``
    option: npt.NDArray[np.int64]  # (4,): skill, slot, remaining, whether it saw the instruction
    action: npt.NDArray[np.int64]  # (6,)
    target: float  # the bonus that followed, discounted; 0: not to be imitated


class Moments(NamedTuple):
    """A batch of moments as tensors; (batch, ...) each."""

    goals: tuple[Goal, ...]
    is_finished: Tensor  # bool: the screen shows a finished task
    scene: Scene
    tokens: Tensor
    slots: Tensor
    context: Tensor
    memory: Memory
    aims: Tensor  # (batch, 2), int64
    option: Option
    action: Tensor
    target: Tensor


class Repertoire:
    """The last moments of each goal, and how rare each goal still is.

    Args:
        shape: of the screens.
        gamma: discount for one step.
    """

    def __init__(self, shape: tuple[int, int, int], gamma: float) -> None:
        self._shape, self._gamma = shape, gamma
        # Of each goal the steps that led to it, and those in which it had just become due.
        self._moments: dict[Goal, tuple[deque[Moment], deque[Moment]]] = defaultdict(
            lambda: (deque(maxlen=_KEPT), deque(maxlen=_KEPT))
        )
        self._need: dict[Goal, float] = {}

    def __len__(self) -> int:
        return sum(len(kept) for kinds in self._moments.values() for kept in kinds)

    def keep(self, rollout: Rollout) -> None:
        """Keep what ``rollout`` has to say about reaching milestones."""
        for path in rollout.paths:
            for before, row in enumerate(path.rows):
                moment = _moment(rollout, row, path, BONUS * self._gamma**before)
                self._of((path.task, path.skill))[0].append(moment)
            if path.arrival is not None:
                due = int(rollout.seen.aims[rollout.place[path.arrival], 0])
                if due != UNLABELLED or rollout.is_finished[path.arrival]:
                    self._of((path.task, due))[1].append(_moment(rollout, path.arrival))

    def draw(self, count: int, rng: np.random.Generator) -> tuple[list[Goal], list[Moment]]:
        """``count`` moments, with their goals, more of the goals that are still rare."""
        goals = list(self._moments)
        weights = np.array([max(self._need[goal], _FLOOR) for goal in goals])
        drawn = [goals[i] for i in rng.choice(len(goals), count, p=weights / weights.sum())]
        chosen = []
        for goal in drawn:
            kinds = [kept for kept in self._moments[goal] if kept]
            kept = kinds[rng.integers(len(kinds))]
            chosen.append(kept[rng.integers(len(kept))])
        return drawn, chosen

    def batch(self, count: int, policy: HierarchicalPolicy, rng: np.random.Generator) -> Moments:
        """``draw`` for ``policy`` to learn from; shapes are encoded anew, without a gradient."""
        goals, moments = self.draw(count, rng)

        def stacked(name: str) -> Tensor:
            parts = np.stack([getattr(moment, name) for moment in moments])
            return torch.from_numpy(parts).to(policy.device)

        with torch.no_grad():
            screens = torch.from_numpy(self.screens(moments)).to(policy.device)
            shapes = policy.perception.shapes(screens)
        skill, slot, remaining, saw = stacked("option").unbind(1)
        # What worked unseen may be what the instruction asks for: half of it is shown.
        shown = torch.from_numpy(rng.random(count) >= HIDDEN_INSTRUCTIONS).to(policy.device)
        return Moments(
            tuple(goals),
            torch.tensor([skill == FINISHED for _, skill in goals], device=policy.device),
            Scene(shapes, stacked("letters"), stacked("match").float()),
            stacked("tokens"),
            stacked("slots"),
            stacked("context"),
            Memory(*stacked("memory").unbind(1)),
            stacked("aim").long(),
            Option(skill, slot, remaining, saw.bool() | shown),
            stacked("action"),
            torch.tensor([moment.target for moment in moments], device=policy.device),
        )

    def screens(self, moments: Sequence[Moment]) -> npt.NDArray[np.uint8]:
        """What was seen, (count, height, width, 3)."""
        flat = b"".join(zlib.decompress(moment.screen) for moment in moments)
        return np.frombuffer(flat, np.uint8).reshape(-1, *self._shape).copy()

    def judge(self, goals: Sequence[Goal], needs: Sequence[float]) -> None:
        """Note how rare what led to ``goals`` was found to be, each in [0, 1]."""
        for goal, need in zip(goals, needs, strict=True):
            self._need[goal] = _PATIENCE * self._need[goal] + (1 - _PATIENCE) * need

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        moments = [m for kinds in self._moments.values() for kept in kinds for m in kept]
        columns = list(zip(*moments, strict=True))
        packed = bytearray(b"".join(moment.screen for moment in moments))
        return {
            "goals": [
                [*goal, self._need[goal], *(len(kept) for kept in kinds)]
                for goal, kinds in self._moments.items()
            ],
            "screens": torch.frombuffer(packed, dtype=torch.uint8) if packed else None,
            "sizes": [len(moment.screen) for moment in moments],
            "arrays": [torch.from_numpy(np.stack(column)) for column in columns[1:-1]],
            "targets": [moment.target for moment in moments],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what ``state`` returned."""
        self._moments.clear()
        self._need.clear()
        remaining = _unpacked(state)
        for task, skill, need, *counts in state["goals"]:
            for kept, count in zip(self._of((task, skill)), counts, strict=True):
                kept.extend(next(remaining) for _ in range(count))
            self._need[task, skill] = need

    def _of(self, goal: Goal) -> tuple[deque[Moment], deque[Moment]]:
        self._need.setdefault(goal, 1.0)
        return self._moments[goal]


def imitation_loss(
    policy: HierarchicalPolicy, repertoire: Repertoire, moments: Moments, percept: Percept
) -> tuple[Tensor, Tensor]:
    """Cross-entropy of what led to milestones, each step weighted by how rare it still is.

    The repertoire notes what was found.

    Returns:
        The loss, and the mean weight, in [0, 1].
    """
    log_prob, _, bonus_value = policy.judge_worker(
        percept, moments.option, moments.context, moments.action
    )
    need = ((moments.target - bonus_value.detach()) / BONUS).clamp(0, 1) * (moments.target > 0)
    imitated = (moments.target > 0).nonzero().squeeze(1).tolist()
    repertoire.judge([moments.goals[i] for i in imitated], need[imitated].tolist())
    count = max(len(imitated), 1)
    return -(need * log_prob).sum() / count, need.sum() / count


def done_loss(repertoire: Repertoire, moments: Moments, done_logit: Tensor) -> Tensor:
    """Cross-entropy of whether the task looks finished; ``done_logit`` is (batch,).

    The repertoire notes how far from sure the policy still was where it was.
    """
    unsure = 1 - done_logit.detach()[moments.is_finished].sigmoid()
    goals = [goal for goal in moments.goals if goal[1] == FINISHED]
    repertoire.judge(goals, unsure.tolist())
    return F.binary_cross_entropy_with_logits(done_logit, moments.is_finished.float())


def _moment(rollout: Rollout, row: int, path: Path | None = None, target: float = 0.0) -> Moment:
    """A step of ``rollout``, as one of ``path`` where that is given."""
    place, frame = int(rollout.place[row]), int(rollout.frame[row])
    seen, taken = rollout.seen, rollout.taken.rows(torch.tensor([row]))
    option = np.array([int(part) for part in taken.option], np.int64)
    if path is not None:
        option[0] = path.skill
        option[1] = option[1] if path.slot is None else path.slot
    return Moment(
        zlib.compress(seen.screens[frame].tobytes(), 1),
        rollout.scene.letters[frame].numpy().copy(),
        rollout.scene.match[frame].numpy().astype(np.float16),
        seen.tokens[frame].copy(),
        seen.slots[frame].copy(),
        seen.context[place].copy(),
        np.array([int(part) for part in taken.memory], np.int64),
        seen.aims[place].copy(),
        option,
        taken.action[0].numpy().copy(),
        target,
    )


def _unpacked(state: dict[str, Any]) -> Iterator[Moment]:
    packed = b"" if state["screens"] is None else state["screens"].numpy().tobytes()
    arrays = [tensor.numpy() for tensor in state["arrays"]]
    begin = 0
    for index, size in enumerate(state["sizes"]):
        screen = packed[begin : begin + size]
        parts = [array[index].copy() for array in arrays]
        yield Moment._make([screen, *parts, state["targets"][index]])
        begin += size
