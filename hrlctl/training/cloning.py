"""Behaviour cloning: both levels learn to do what a demonstration did, and to expect what it got.

The manager is taught the skill and the slot of the milestone that is due, for as long as it takes;
the worker, told the same, the oracle's action. A demonstration never errs, so what it did before
tells all too well what is due next: a clone that trusted its memory or its clock more than its eyes
would go on as if nothing had happened where it has missed a button (causal confusion: de Haan,
Jayaraman and Levine, arXiv 1905.11979). Both are therefore falsified in a part of the steps.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional as F

from hrlctl.env.action import ActionType, Part
from hrlctl.env.arrays import UNLABELLED, ObservationArrays
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy
from hrlctl.policy.manager import DURATIONS, NOTHING_YET, SKILLS, Decision, Memory
from hrlctl.policy.perception import Percept, Scene
from hrlctl.policy.worker import Option
from hrlctl.schema.base import Skill
from hrlctl.training.demonstrations import Lessons
from hrlctl.training.losses import aim_loss, mean_of
from hrlctl.training.rollout import BONUS, HIDDEN_INSTRUCTIONS

_SAME_AGAIN: Final = 0.25  # of the steps remember what is due as if it had been tried already
_MISTAKEN: Final = 0.1  # remember something else
_LATE: Final = 0.5  # have less time left than the oracle had
_IMPOSSIBLE: Final = -1e4  # log-probability: masked
_LIKELY: Final = float(np.log(0.5))  # log-probability
_TASK: Final = SKILLS.index(Skill.TASK)


class Exercise(NamedTuple):
    """A batch of steps to be cloned, as tensors; (batch,) each unless noted."""

    context: Tensor  # (batch, CONTEXT_FEATURES)
    memory: Memory
    option: Option
    decision: Decision
    action: Tensor  # (batch, 6)
    cells: Tensor  # (batch, 2, cells), bool: pointers and targets that serve as well
    aims: Tensor  # (batch, 2), ``UNLABELLED`` where there is none
    is_over: Tensor  # bool: what is remembered is not what is due
    is_finished: Tensor  # bool: nothing is due any more, and nothing is done
    value: Tensor
    bonus_value: Tensor

    @classmethod
    def of(
        cls,
        seen: ObservationArrays,
        lessons: Lessons,
        gamma: float,
        rng: np.random.Generator,
        *,
        hierarchical: bool,
    ) -> Exercise:
        """What there is to learn at some steps.

        What a demonstration leaves open is drawn: how much is left of the decision, whether the
        worker sees the instruction, and a slot for a skill that is about none.

        Args:
            seen: at the steps.
            lessons: of the steps.
            gamma: discount for one step.
            rng: source of the draws.
            hierarchical: without it the worker acts as it always does under the flat policy.
        """
        count, cells = len(lessons.action), seen.looks[0].size
        has_skill = lessons.aim[:, 0] != UNLABELLED
        skill = np.where(has_skill, lessons.aim[:, 0], _TASK)
        slot = _some_slot(lessons.aim[:, 1], seen, rng)
        memory = np.column_stack(
            [lessons.before[:, 0], _some_slot(lessons.before[:, 1], seen, rng)]
        )
        memory[lessons.before[:, 0] == UNLABELLED, 0] = _TASK
        chance = rng.random(count)
        again, mistaken = chance < _SAME_AGAIN, chance > 1 - _MISTAKEN
        memory[again] = np.column_stack([skill, slot])[again]
        memory[mistaken, 0] = rng.integers(len(SKILLS), size=count)[mistaken]
        context = seen.context.copy()
        context[:, 0] *= np.where(rng.random(count) < _LATE, rng.random(count), 1.0)

        left = lessons.steps_left
        # The longest decision that does not outlast what it is for, at any point of its course.
        duration = np.searchsorted(DURATIONS, np.maximum(left, 1), side="right") - 1
        remaining = rng.integers(1, np.array(DURATIONS)[duration], endpoint=True)
        types_other = (lessons.action[:, Part.TYPE] == ActionType.TYPE_TEXT) & (
            lessons.action[:, Part.SLOT] != slot
        )
        sees = (rng.random(count) >= HIDDEN_INSTRUCTIONS) | types_other
        bonus = np.where((left > 0) & (left <= remaining), BONUS * gamma ** (left - 1.0), 0.0)
        option = Option(*map(torch.from_numpy, (skill, slot, remaining, sees)))
        if not hierarchical:
            option = Option(
                torch.full((count,), _TASK),
                torch.zeros(count, dtype=torch.int64),
                torch.full((count,), DURATIONS[-1]),
                torch.ones(count, dtype=torch.bool),
            )
        return cls(
            torch.from_numpy(context),
            Memory(*torch.from_numpy(memory).unbind(1)),
            option,
            Decision(*map(torch.from_numpy, (skill, slot, duration))),
            torch.from_numpy(lessons.action),
            torch.from_numpy(np.unpackbits(lessons.cells, axis=2, count=cells).astype(bool)),
            torch.from_numpy(lessons.aim),
            torch.from_numpy((memory[:, 0] != skill) | (memory[:, 1] != slot)),
            torch.from_numpy(seen.is_finished),
            torch.from_numpy(lessons.value),
            torch.from_numpy(bonus.astype(np.float32)),
        )

    def on(self, device: torch.device) -> Exercise:
        """On ``device``."""
        parts = (
            part.to(device)
            if isinstance(part, Tensor)
            else type(part)(*(inner.to(device) for inner in part))
            for part in self
        )
        return Exercise._make(parts)


def _some_slot(
    wanted: npt.NDArray[np.int64], seen: ObservationArrays, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """``wanted``, and where that is ``UNLABELLED`` any slot of the instruction; (count,)."""
    filled = (seen.slots[:, :, 0] > 0).sum(1)  # slots are filled from the first on
    return np.where(wanted == UNLABELLED, rng.integers(np.maximum(filled, 1)), wanted)


def perceive(policy: HierarchicalPolicy, seen: ObservationArrays, encoded: int) -> Percept:
    """The percept of what was seen, read anew; the first ``encoded`` screens teach the encoder."""
    screens, tokens, slots = (
        torch.from_numpy(part).to(policy.device) for part in (seen.screens, seen.tokens, seen.slots)
    )
    reading = policy.perception.reader.read(screens, slots)
    shapes = policy.perception.shapes(screens[:encoded])
    if encoded < len(screens):
        with torch.no_grad():
            others = policy.perception.shapes(screens[encoded:])
        shapes = torch.cat([shapes, others])
    scene = Scene(shapes, reading.letters, reading.match)
    percept: Percept = policy.perception(scene, tokens, slots)
    return percept


class CloningLosses(NamedTuple):
    """What a batch of steps teaches, and how much of it is known; scalars."""

    worker: Tensor  # of the action, all parts that are used
    manager: Tensor  # of the decision
    stop: Tensor  # of whether what is remembered is over
    done: Tensor  # of whether the screen shows a finished task
    aim: Tensor  # of what is due, as in ``ppo``
    value: Tensor  # of what is expected
    actions_right: Tensor  # share of the steps in which the oracle's action is the likely one
    skills_right: Tensor  # share in which what is due is the likeliest decision


def cloning_losses(
    policy: HierarchicalPolicy, percept: Percept, exercise: Exercise
) -> CloningLosses:
    """How far ``policy`` is from doing what a demonstration did."""
    acts = ~exercise.is_finished
    log_prob, value, bonus_value = policy.judge_worker(
        percept, exercise.option, exercise.context, exercise.action, exercise.cells
    )
    # What the policy cannot do, a text to type that it has not read to the end, is not taught.
    taught = (acts & (log_prob > _IMPOSSIBLE)).float()
    manager = policy.manager
    view = manager.view(percept, exercise.context, exercise.memory)
    skills = manager.skills(view)
    decision = exercise.decision
    log_decision = (
        skills.log_prob(decision.skill)
        + manager.slots(view, percept, decision.skill).log_prob(decision.slot)
        * (exercise.aims[:, 1] != UNLABELLED)
        + manager.durations(view, decision.skill).log_prob(decision.duration)
    )
    remembers = exercise.memory.skill != NOTHING_YET
    state = ActorState(
        exercise.memory.skill,
        exercise.memory.slot,
        exercise.option.remaining,
        exercise.option.sees_instruction,
    )
    stop = F.binary_cross_entropy_with_logits(
        policy.stop_logit(percept, view, state), exercise.is_over.float(), reduction="none"
    )
    finished = exercise.is_finished.float()
    done = F.binary_cross_entropy_with_logits(view.done_logit, finished, reduction="none")
    errors = (value - exercise.value) ** 2 + (view.value - exercise.value) ** 2
    errors = errors + (bonus_value - exercise.bonus_value) ** 2
    is_hierarchical = float(policy.is_hierarchical)
    return CloningLosses(
        -mean_of(log_prob, taught),
        -mean_of(log_decision, acts.float()) * is_hierarchical,
        mean_of(stop, (acts & remembers).float()) * is_hierarchical,
        # A finished screen is one of many: it counts as much as all the others.
        (mean_of(done, finished) + mean_of(done, 1 - finished)) / 2,
        aim_loss(view.aim_skills, view.aim_slots, exercise.aims, acts.float()),
        mean_of(errors, acts.float()),
        mean_of((log_prob > _LIKELY).float(), taught),
        mean_of((skills.log_probs.argmax(1) == decision.skill).float(), acts.float()),
    )
