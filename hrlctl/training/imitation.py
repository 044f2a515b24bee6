"""Self-imitation: what has worked before is learned again while it is still rare.

A step that reaches a milestone may come once in hundreds of episodes, and one gradient step does
not make it likelier before it is forgotten. Such steps are kept, and the worker learns to repeat
them where their bonus is more than its critic expects (Oh et al., arXiv 1806.05635, eq. 2). What
was reached by luck under another decision is kept as if that had been its aim (hindsight:
Andrychowicz et al., arXiv 1707.01495). Nothing but the agent's own steps is ever imitated.
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

from hrlctl.policy.hierarchical import HierarchicalPolicy
from hrlctl.policy.perception import Scene
from hrlctl.policy.worker import Option
from hrlctl.training.rollout import BONUS, Rollout

_KEPT: Final = 24  # deeds of each goal
_PATIENCE: Final = 0.9  # of the running mean of how rare a goal still is
_FLOOR: Final = 0.05  # of the weight with which a goal is drawn

Goal = tuple[int, int]
"""Index of a task, and of the skill of one of its milestones."""


class Deed(NamedTuple):
    """One step that led to a milestone."""

    screen: bytes  # compressed; uint8, (height, width, 3)
    letters: npt.NDArray[np.uint8]  # as ``Scene`` has them, read when it was seen
    match: npt.NDArray[np.float16]
    tokens: npt.NDArray[np.uint8]
    slots: npt.NDArray[np.uint8]
    context: npt.NDArray[np.float32]
    option: npt.NDArray[np.int64]  # (4,): skill, slot, remaining, whether it saw the instruction
    action: npt.NDArray[np.int64]  # (6,)
    target: float  # the bonus that followed, discounted


class Repertoire:
    """The last deeds of each goal, and how rare each goal still is.

    Args:
        shape: of the screens.
        gamma: discount for one step.
    """

    def __init__(self, shape: tuple[int, int, int], gamma: float) -> None:
        self._shape, self._gamma = shape, gamma
        self._deeds: dict[Goal, deque[Deed]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._need: dict[Goal, float] = {}

    def __len__(self) -> int:
        return sum(len(deeds) for deeds in self._deeds.values())

    def keep(self, rollout: Rollout) -> None:
        """Keep the steps of ``rollout`` that led to milestones."""
        for path in rollout.paths:
            goal = (path.task, path.skill)
            self._need.setdefault(goal, 1.0)
            for before, row in enumerate(path.rows):
                target = BONUS * self._gamma**before
                self._deeds[goal].append(_deed(rollout, row, path.skill, path.slot, target))

    def draw(self, count: int, rng: np.random.Generator) -> tuple[list[Goal], list[Deed]]:
        """``count`` deeds, with their goals, more of the goals that are still rare."""
        goals = list(self._deeds)
        weights = np.array([max(self._need[goal], _FLOOR) for goal in goals])
        drawn = rng.choice(len(goals), count, p=weights / weights.sum())
        chosen = [goals[i] for i in drawn]
        kept = [self._deeds[goal] for goal in chosen]
        return chosen, [deeds[rng.integers(len(deeds))] for deeds in kept]

    def screens(self, deeds: Sequence[Deed]) -> npt.NDArray[np.uint8]:
        """What was seen, (count, height, width, 3)."""
        flat = b"".join(zlib.decompress(deed.screen) for deed in deeds)
        return np.frombuffer(flat, np.uint8).reshape(-1, *self._shape).copy()

    def judge(self, goals: Sequence[Goal], needs: Sequence[float]) -> None:
        """Note how rare deeds of ``goals`` were found to be, each in [0, 1]."""
        for goal, need in zip(goals, needs, strict=True):
            self._need[goal] = _PATIENCE * self._need[goal] + (1 - _PATIENCE) * need

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        goals = list(self._deeds)
        deeds = [deed for goal in goals for deed in self._deeds[goal]]
        columns = list(zip(*deeds, strict=True))
        packed = b"".join(deed.screen for deed in deeds)
        return {
            "goals": [[*goal, self._need[goal], len(self._deeds[goal])] for goal in goals],
            "screens": torch.frombuffer(bytearray(packed), dtype=torch.uint8) if packed else None,
            "sizes": [len(deed.screen) for deed in deeds],
            "arrays": [torch.from_numpy(np.stack(column)) for column in columns[1:-1]],
            "targets": [deed.target for deed in deeds],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Bring back what ``state`` returned."""
        self._deeds.clear()
        self._need.clear()
        remaining = _unpacked(state)
        for task, skill, need, count in state["goals"]:
            goal = (task, skill)
            self._need[goal] = need
            self._deeds[goal].extend(next(remaining) for _ in range(count))


def imitation_loss(
    policy: HierarchicalPolicy, repertoire: Repertoire, count: int, rng: np.random.Generator
) -> tuple[Tensor, Tensor]:
    """Cross-entropy of ``count`` deeds, each weighted by how rare it still is.

    Shapes are encoded without a gradient. The repertoire notes what was found.

    Returns:
        The loss, and the mean weight, in [0, 1].
    """
    goals, deeds = repertoire.draw(count, rng)
    device = policy.device

    def stacked(name: str) -> Tensor:
        return torch.from_numpy(np.stack([getattr(deed, name) for deed in deeds])).to(device)

    with torch.no_grad():
        screens = torch.from_numpy(repertoire.screens(deeds)).to(device)
        shapes = policy.perception.shapes(screens)
    scene = Scene(shapes, stacked("letters"), stacked("match").float())
    percept = policy.perception(scene, stacked("tokens"), stacked("slots"))
    skill, slot, remaining, sees = stacked("option").unbind(1)
    option = Option(skill, slot, remaining, sees.bool())
    log_prob, bonus_value = policy.judge_worker(
        percept, option, stacked("context"), stacked("action")
    )
    targets = torch.tensor([deed.target for deed in deeds], device=device)
    need = ((targets - bonus_value.detach()) / BONUS).clamp(0, 1)
    repertoire.judge(goals, need.tolist())
    return -(need * log_prob).mean(), need.mean()


def _deed(rollout: Rollout, row: int, skill: int, slot: int | None, target: float) -> Deed:
    place = int(rollout.place[row])
    seen, taken = rollout.seen, rollout.taken.option
    about = int(taken.slot[row]) if slot is None else slot
    option = (skill, about, int(taken.remaining[row]), int(taken.sees_instruction[row]))
    frame = int(rollout.frame[row])
    return Deed(
        zlib.compress(seen.screens[place].tobytes(), 1),
        rollout.scene.letters[frame].numpy().copy(),
        rollout.scene.match[frame].numpy().astype(np.float16),
        seen.tokens[place].copy(),
        seen.slots[place].copy(),
        seen.context[place].copy(),
        np.array(option, np.int64),
        rollout.taken.action[row].numpy().copy(),
        target,
    )


def _unpacked(state: dict[str, Any]) -> Iterator[Deed]:
    packed = b"" if state["screens"] is None else state["screens"].numpy().tobytes()
    arrays = [tensor.numpy() for tensor in state["arrays"]]
    begin = 0
    for index, size in enumerate(state["sizes"]):
        screen = packed[begin : begin + size]
        parts = [array[index].copy() for array in arrays]
        yield Deed._make([screen, *parts, state["targets"][index]])
        begin += size
