"""Tasks that are ready to be played, and their instances: one concrete episode each."""

from __future__ import annotations

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hrlctl.packs.parameters import Scalar, draw_parameters
from hrlctl.packs.templates import resolver
from hrlctl.schema.base import Difficulty, Skill, Split
from hrlctl.schema.criteria import Criterion
from hrlctl.schema.setup import LauncherSetup, Setup, Variation
from hrlctl.schema.task import OracleStep, TaskSpec

TRAINING_SEEDS: Final = 2**31
"""Training draws seeds below this; every held-out split has a range of its own above it."""

STANDARD_SETUP: Final = Setup(
    launchers=(
        LauncherSetup(name="Calculator", program="calculator"),
        LauncherSetup(name="Editor", program="text_editor"),
        LauncherSetup(name="Settings", program="settings"),
    )
)
"""The desktop of a task that says nothing about it."""

_SEED_OFFSETS: Final = {split: index * TRAINING_SEEDS for index, split in enumerate(Split)}
_VARIATIONS: Final = {
    split: Variation(
        held_out_layouts=split.holds_out_layouts,
        held_out_words=split.holds_out_words,
        held_out_themes=split.holds_out_themes,
    )
    for split in Split
}


@dataclass(frozen=True, slots=True)
class Milestone:
    """A fact on the way to success."""

    skill: Skill
    about: str  # the text of the slot that the skill is about; empty without one
    criterion: Criterion


@dataclass(frozen=True, slots=True)
class Instance:
    """A task with its parameters and its seed drawn."""

    task_id: str
    difficulty: Difficulty
    seed: int
    split: Split
    parameters: Mapping[str, Scalar]
    instruction: str
    setup: Setup
    success: Criterion
    milestones: tuple[Milestone, ...]
    oracle: tuple[OracleStep, ...]
    max_steps: int


class Task:
    """A loaded task: its description, compiled so that instances are drawn fast.

    Args:
        spec: the description; its templates are known to be sound.
        pack: the pack's name.
        where: the file and line, for messages.
    """

    def __init__(self, spec: TaskSpec, pack: str, where: str) -> None:
        self.spec, self.pack, self.where = spec, pack, where
        self.id: Final = f"{pack}/{spec.id}"
        self.difficulty: Final = spec.difficulty
        self.num_steps: Final = spec.num_steps
        self.max_steps: Final = spec.max_steps or max(10, 3 * spec.num_steps)
        self.salt: Final = zlib.crc32(self.id.encode())
        phrasings = spec.instruction
        self.training_phrasings: Final = tuple(map(resolver, phrasings.training))
        self.held_out_phrasings: Final = (
            tuple(map(resolver, phrasings.held_out)) or self.training_phrasings
        )
        self.setup: Final = resolver(spec.setup or STANDARD_SETUP)
        self.success: Final = resolver(spec.success_criteria)
        # A task without milestones has one: itself, for the skill that has no sub-goal.
        self.milestones: Final = tuple(
            (milestone.skill, resolver(milestone.about), resolver(milestone.criteria))
            for milestone in spec.milestones
        ) or ((Skill.TASK, resolver(""), self.success),)
        self.oracle: Final = resolver(spec.oracle)

    def __repr__(self) -> str:
        return f"Task({self.id!r})"


def draw_instance(task: Task, seed: int, split: Split) -> Instance:
    """The instance of ``task`` that ``seed`` (0 to 2**31 - 1) stands for in ``split``.

    The same arguments give the same instance everywhere. ``Instance.seed`` is what the desktop is
    reset with; no two splits share one.

    Raises:
        TaskError: the task's parameters cannot be drawn.
    """
    seed = seed % TRAINING_SEEDS + _SEED_OFFSETS[split]
    rng = random.Random(seed << 32 | task.salt)
    values = draw_parameters(task.spec.parameters, rng, held_out=split.holds_out_words)
    phrasings = task.held_out_phrasings if split.holds_out_themes else task.training_phrasings
    return Instance(
        task_id=task.id,
        difficulty=task.difficulty,
        seed=seed,
        split=split,
        parameters=values,
        instruction=phrasings[int(rng.random() * len(phrasings))](values),
        setup=task.setup(values).model_copy(update={"variation": _VARIATIONS[split]}),
        success=task.success(values),
        milestones=tuple(
            [
                Milestone(skill, about(values), fact(values))
                for skill, about, fact in task.milestones
            ]
        ),
        oracle=task.oracle(values),
        max_steps=task.max_steps,
    )
