"""Verifying one task: what is checked, in which order, and on which instances."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from typing import Final, NamedTuple, TypeVar

import numpy as np

from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.errors import HrlctlError
from hrlctl.evaluation.verification_agents import (
    RandomPlay,
    check_blind_agents,
    check_chance,
    play_at_random,
)
from hrlctl.evaluation.verification_oracle import check_instance, check_necessity, check_steps
from hrlctl.evaluation.verification_play import OracleRun
from hrlctl.evaluation.verification_report import (
    Check,
    Fault,
    Result,
    TaskVerdict,
    findings_of,
    place_of,
)
from hrlctl.evaluation.verification_splits import check_splits, remarks_on
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.schema.base import Split
from hrlctl.schema.setup import DesktopKind

BLIND_INSTANCES: Final = 5  # of each split: who clicks everything clicks nearly a thousand times

REAL_TRIES: Final = 40  # of the random agent on real programs, whose steps take milliseconds
REAL_SHORTENED: Final = 1  # of each split: an oracle of 20 steps is played 20 times for it


_Thing = TypeVar("_Thing")


class Thoroughness(NamedTuple):
    """How much is played.

    Attributes:
        instances: of each split, with the seeds ``seed``, ``seed + 1`` and so on.
        seed: of the first instance; also of the random agent.
        desktop: what is played on; a task that is not for it is left unverified.
        tries: fewest of the random agent, each on an instance of its own.
    """

    instances: int = 20
    seed: int = 0
    desktop: DesktopKind = "sim"
    tries: int = 200


def verify_task(
    task: Task, desktop: Desktop, actions: ActionSpace, much: Thoroughness
) -> TaskVerdict:
    """Verify one task; whatever happens, the answer is a verdict.

    The costly checks are left out where the cheap ones already say that the task does not work.
    Without an oracle only what needs none is checked.

    Args:
        task: what is verified.
        desktop: what it is played on.
        actions: encodes actions for the desktop's screen.
        much: how much is played.
    """
    work = _Verification(task, desktop, actions, much)
    try:
        work.carry_out()
    except HrlctlError as error:
        work.fail(f"it cannot be played: {error.message}", error.hint or "correct its setup")
    except Exception as error:  # one task's trouble never stops the others: it is told with theirs
        work.fail(
            f"playing it ended with {error!r}",
            "this is a fault of hrlctl: please report it with the task",
        )
    return work.verdict()


class _Verification:
    """The verification of one task, and what it has found so far."""

    def __init__(
        self, task: Task, desktop: Desktop, actions: ActionSpace, much: Thoroughness
    ) -> None:
        self.task, self.desktop, self.actions, self.much = task, desktop, actions, much
        self._faults: list[Fault] = []
        self._notes: list[str] = []
        self._runs: list[tuple[Instance, OracleRun]] = []
        self._chance: RandomPlay | None = None
        self._place = ""  # what is being played
        self._can_be_verified = bool(task.spec.oracle) and much.desktop in task.spec.desktops

    def carry_out(self) -> None:
        """Check all that can be checked, the cheap first."""
        spec = self.task.spec
        if self.much.desktop not in spec.desktops:
            self._notes.append(
                f"it is not for {self.much.desktop}, only for {', '.join(spec.desktops)}"
            )
            return
        if not spec.oracle:
            self._notes.append("it has no oracle")
        self._notes += remarks_on(self.task)
        instances = list(self._draw(self.much.instances))
        self._faults += check_splits(self.task, instances)
        for instance in instances:
            self._place = place_of(instance)
            run, faults = check_instance(self.task, instance, self.desktop, self.actions)
            self._faults += faults
            if run is not None:
                self._runs.append((instance, run))
        if self._is_solved:
            self._check_solution(instances)

    @property
    def _is_solved(self) -> bool:
        expected = len(Split) * self.much.instances
        return len(self._runs) == expected and all(run.solved for _, run in self._runs)

    def _draw(self, count: int) -> Iterator[Instance]:
        """``count`` instances of each split."""
        for split in Split:
            for seed in range(self.much.seed, self.much.seed + count):
                self._place = f"{split}, seed {seed}"
                yield draw_instance(self.task, seed, split)

    def _check_solution(self, instances: Sequence[Instance]) -> None:
        """What is left to ask of a task that its oracle solves."""
        self._faults += check_steps(self.task, max(run.steps for _, run in self._runs))
        for instance, run in self._first(self._shortened, self._runs):
            self._place = place_of(instance)
            self._faults += check_necessity(instance, run, self.desktop, self.actions)
        wanted = REAL_TRIES if self._is_real else self.much.tries
        tries = max(self.much.instances, ceil(wanted / len(Split)))
        rng = np.random.default_rng((self.much.seed, self.task.salt))
        self._chance = play_at_random(list(self._draw(tries)), self.desktop, self.actions, rng)
        self._faults += check_chance(self._chance)
        if self._is_real:
            self._notes.append("agents that click or close everything are for the simulator")
            return
        for instance in self._first(BLIND_INSTANCES, instances):
            self._place = place_of(instance)
            self._faults += check_blind_agents(instance, self.desktop, self.actions)

    @property
    def _is_real(self) -> bool:
        return self.much.desktop != "sim"

    @property
    def _shortened(self) -> int:
        """On how many instances of each split a step is left out."""
        return min(REAL_SHORTENED, self.much.instances) if self._is_real else self.much.instances

    def _first(self, count: int, things: Sequence[_Thing]) -> list[_Thing]:
        """Of what is there for each instance: for the first ``count`` of each split."""
        return [thing for index, thing in enumerate(things) if index % self.much.instances < count]

    def fail(self, what: str, hint: str) -> None:
        """Note that the verification itself came to an end where it is now."""
        self._faults.append(Fault(Check.PLAYABLE, "end", what, hint, self._place))

    def verdict(self) -> TaskVerdict:
        """All that was found."""
        task, runs = self.task, [run for _, run in self._runs]
        result = Result.VERIFIED if self._can_be_verified else Result.UNVERIFIED
        counts = [run.actions for run in runs]
        looked_at = {check: len(Split) * self.much.instances for check in Check}
        looked_at[Check.SUPERFLUOUS] = len(Split) * self._shortened
        looked_at[Check.BLIND] = len(Split) * min(BLIND_INSTANCES, self.much.instances)
        looked_at[Check.PLAYABLE] = 1  # nothing was looked at after it
        return TaskVerdict(
            task.id,
            task.where,
            Result.FAILED if self._faults else result,
            task.difficulty,
            task.num_steps,
            max(run.steps for run in runs) if self._is_solved else None,
            (min(counts), max(counts)) if self._is_solved else None,
            self._chance.solved / self._chance.tries if self._chance else None,
            findings_of(task.id, self._faults, looked_at),
            tuple(self._notes),
        )
