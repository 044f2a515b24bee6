"""What the verification of a task found, told so that its author knows what to change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from hrlctl.packs import Instance
from hrlctl.packs.instances import TRAINING_SEEDS
from hrlctl.schema.base import Difficulty


class Check(StrEnum):
    """What is checked; the order is that of a report."""

    ORACLE = "oracle"  # it solves every instance
    TARGET = "target"  # what it points at holds the centre of a pointer cell
    START = "start"  # success needs something to be done
    MILESTONES = "milestones"  # they are reached one after the other, as listed
    REPEATABLE = "repeatable"  # the same seed gives the same instance
    STEPS = "steps"  # difficulty, num_steps and max_steps are as measured
    SUPERFLUOUS = "superfluous"  # no step of the oracle can be left out
    RANDOM = "random"  # chance does not solve it
    BLIND = "blind"  # doing everything does not solve it
    SPLITS = "splits"  # nothing held out is trained on
    PLAYABLE = "playable"  # it can be drawn, set up and played at all


class Result(StrEnum):
    """What is known of a task: ``UNVERIFIED`` where it cannot be played by an oracle."""

    VERIFIED = "verified"
    FAILED = "failed"
    UNVERIFIED = "unverified"


class Fault(NamedTuple):
    """Something that is wrong with a task, as one instance shows it.

    Attributes:
        about: which step, milestone or agent; faults of one check about the same are one finding.
        what: a clause that says what happens.
        hint: what to do next.
        place: split and seed; empty if the fault is in the task itself.
    """

    check: Check
    about: str
    what: str
    hint: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a task.

    Attributes:
        where: the task's id, and split and seed of the first instance that shows it.
        instances: how many of the ``of`` instances show it; 0 of 0 if it is in the task itself.
    """

    check: Check
    message: str
    where: str
    hint: str
    instances: int = 0
    of: int = 0

    def __str__(self) -> str:
        count = f" ({self.instances} of {self.of} instances)" if self.of > 1 else ""
        return f"{self.where}: {self.message}{count}; {self.hint}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "check": str(self.check),
            "message": self.message,
            "where": self.where,
            "hint": self.hint,
            "instances": self.instances,
            "of": self.of,
        }


@dataclass(frozen=True, slots=True)
class TaskVerdict:
    """What verifying one task found.

    Attributes:
        source: file and line of the task.
        steps: most steps that the oracle needed, a ``scroll`` with ``until`` counting as one;
            ``None`` if it did not solve every instance.
        actions: fewest and most actions that it took.
        random_rate: share of the tries in which a random agent succeeded.
        notes: what is no fault but good to know.
    """

    task_id: str
    source: str
    result: Result
    difficulty: Difficulty
    num_steps: int
    steps: int | None = None
    actions: tuple[int, int] | None = None
    random_rate: float | None = None
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "id": self.task_id,
            "source": self.source,
            "result": str(self.result),
            "difficulty": str(self.difficulty),
            "num_steps": self.num_steps,
            "steps": self.steps,
            "actions": None if self.actions is None else list(self.actions),
            "random_rate": self.random_rate,
            "findings": [finding.to_dict() for finding in self.findings],
            "notes": list(self.notes),
        }


def place_of(instance: Instance) -> str:
    """Split and seed; the seed is the one to give to ``--seed`` to see this instance again."""
    return f"{instance.split}, seed {instance.seed % TRAINING_SEEDS}"


def findings_of(
    task_id: str, faults: Iterable[Fault], instances: Mapping[Check, int]
) -> tuple[Finding, ...]:
    """Each fault once: as its first instance shows it, with the number of those that do.

    Args:
        task_id: of the task that all of them are about.
        faults: in the order in which they were found.
        instances: how many each check has looked at.
    """
    groups: dict[tuple[Check, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault((fault.check, fault.about), []).append(fault)
    order = list(Check)
    return tuple(
        Finding(
            check,
            group[0].what,
            f"{task_id} ({group[0].place})" if group[0].place else task_id,
            group[0].hint,
            len(group) if group[0].place else 0,
            instances[check] if group[0].place else 0,
        )
        for (check, _), group in sorted(groups.items(), key=lambda item: order.index(item[0][0]))
    )
