"""The warm start: demonstrations are played, cloned, and kept in mind while PPO goes on.

Everything follows from the run's seed and from how many rounds are done, so a run that stops in
the middle goes on exactly: the demonstrations are played again, the rest is in the checkpoint.
"""

from __future__ import annotations

import copy
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from time import perf_counter
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import ActionSpace
from hrlctl.env.arrays import ObservationArrays
from hrlctl.env.episode import EpisodeRules
from hrlctl.errors import CheckpointError, TaskError
from hrlctl.events import CloningProgressed, DemonstrationsPlayed, Event, WarningRaised
from hrlctl.packs import Task
from hrlctl.policy.perception import Percept
from hrlctl.training.checkpoint import Position
from hrlctl.training.cloning import CloningLosses, Exercise, cloning_losses, perceive
from hrlctl.training.demonstrations import Demonstrations, Lessons, solvable
from hrlctl.training.demonstrators import Company, Part
from hrlctl.training.ppo import DONE_COEFFICIENT, READING_BATCH, Learner
from hrlctl.training.precision import autocast

ROUND: Final = 2048
"""Steps that are learned from between two events."""

_BATCH: Final = 64
_BESIDE: Final = 16  # steps that are cloned beside each minibatch of PPO
_LEAST_RATE: Final = 0.1  # of the learning rate is left when cloning ends
_LITERATE: Final = 0.75  # share of the letters read right, from which on ...
_READ_LATER: Final = 0.25  # ... the reader learns from this share of the screens
_SHARES: Final = ("letters_read", "actions_right", "skills_right")


class WarmStart:
    """The demonstrations of a run, and what is learned from them.

    Args:
        learner: what learns; its configuration says how many demonstrations, and how long.
        tasks: of the run.
        actions: of the screen.
        make_desktop: a desktop on which demonstrations are played.
        rules: rewards of the run.
        demonstrators: how many processes share them; none: they are played in this one.
        taught: the policy has learned something already: as it is now, it acts in a part of the
            demonstrations, so that its own errors are seen.

    Raises:
        UsageError: no task has an oracle.
    """

    def __init__(
        self,
        learner: Learner,
        tasks: Sequence[Task],
        actions: ActionSpace,
        make_desktop: Callable[[], Desktop],
        rules: EpisodeRules,
        *,
        demonstrators: int = 0,
        taught: bool = False,
    ) -> None:
        self.learner, self.config = learner, learner.config
        self._tasks = solvable(tasks)
        self._left_out = [task.id for task in tasks if task not in self._tasks]
        self._actions, self._make_desktop, self._rules = actions, make_desktop, rules
        self._demonstrators = demonstrators
        self._rounds = 0  # of cloning, that are done
        self._is_cloned = False
        self._is_literate = False
        self._demonstrations: Demonstrations | None = None
        self._pupil = copy.deepcopy(learner.policy).eval() if taught else None
        self._coefficient = 0.0

    @property
    def is_cloned(self) -> bool:
        """Whether PPO may begin."""
        return self._is_cloned

    def events(
        self, position: Position, progress: float, stop: Callable[[], bool]
    ) -> Iterator[Event]:
        """Play the demonstrations as far as they are needed, and clone them once.

        Args:
            position: of the run; its seconds go on.
            progress: of the run, 0 to 1.
            stop: asked now and then; true ends it there, to be resumed.
        """
        self.fade(progress)
        if self._is_cloned and not self._coefficient:
            return
        demonstrations = Demonstrations(self._tasks, self._actions)
        part = Part.of(self._tasks, self._make_desktop, self._rules, self.config.seed, self._pupil)
        with closing(Company(part, self._demonstrators)) as company:
            yield from self._play(demonstrations, company, position, stop)
        if demonstrations.played < self.config.demonstrations:
            return
        if not len(demonstrations):
            task, fault = next(iter(demonstrations.faults.items()))
            raise TaskError(
                f"no demonstration succeeds: {fault}",
                where=task,
                hint="'hrlctl tasks verify' says what is wrong with it",
            )
        self._demonstrations = demonstrations
        while not self._is_cloned and not stop():
            yield self._clone(demonstrations, position)

    def fade(self, progress: float) -> None:
        """Set how much cloning counts beside PPO at ``progress`` (0 to 1) of the run.

        It falls linearly to 0; from then on the demonstrations are forgotten.
        """
        share = progress / self.config.cloning_decay if self.config.cloning_decay else 1.0
        self._coefficient = self.config.cloning_coefficient * max(1 - share, 0.0)
        if self._coefficient:
            self.learner.companion = self
        else:
            self.learner.companion = self._demonstrations = None

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """What is cloned beside a minibatch of PPO: what to do and what is due."""
        if self._demonstrations is None:
            raise RuntimeError("cloning goes on only where demonstrations were played")
        rows = rng.integers(len(self._demonstrations), size=_BESIDE)
        seen, lessons = self._demonstrations.take(rows)
        with autocast(self.learner.policy.device, self.learner.precision):
            percept = perceive(self.learner.policy, seen, int(_BESIDE * self.config.encoded_share))
            found = self._found(seen, lessons, percept, rng)
        shown = {"cloned_worker": found.worker, "cloned_manager": found.manager}
        return self._coefficient * self._to_do(found), shown

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it: how far it is, and all that demonstrations depend on."""
        is_over = self._is_cloned and not self._coefficient
        pupil = None if is_over else self._pupil
        return {
            "demonstrations": self.config.demonstrations,
            "rounds": self._rounds,
            "is_cloned": self._is_cloned,
            "is_literate": self._is_literate,
            "pupil": None if pupil is None else pupil.content()["weights"],
        }

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Go on from what ``state`` returned.

        Raises:
            CheckpointError: it was of another number of demonstrations.
        """
        stored = 0 if state is None else state["demonstrations"]
        if state is None or stored != self.config.demonstrations:
            raise CheckpointError(
                f"the run was started with {stored} demonstrations,"
                f" not with {self.config.demonstrations}",
                hint="resume without --demonstrations, or start anew with --init-from",
            )
        self._rounds, self._is_cloned = state["rounds"], state["is_cloned"]
        self._is_literate = state["is_literate"]
        if state["pupil"] is None:
            self._pupil = None
        else:
            self._pupil = copy.deepcopy(self.learner.policy).eval()
            self._pupil.load_state_dict(state["pupil"])

    def _play(
        self,
        demonstrations: Demonstrations,
        company: Company,
        position: Position,
        stop: Callable[[], bool],
    ) -> Iterator[Event]:
        count = self.config.demonstrations
        if self._left_out:
            yield WarningRaised(
                position.steps,
                f"no demonstrations of {', '.join(self._left_out)}: no oracle solves them",
                "write the steps of their solutions under 'oracle'",
            )
        while demonstrations.played < count and not stop():
            began = perf_counter()
            for played in company.play(demonstrations.turns(count)):
                demonstrations.add(played)
            position.seconds += perf_counter() - began
            yield DemonstrationsPlayed(
                position.steps, demonstrations.played, count, len(demonstrations), position.seconds
            )
        for task, fault in demonstrations.faults.items():
            yield WarningRaised(
                position.steps,
                f"a demonstration of {task} failed: {fault}",
                "'hrlctl tasks verify' says what is wrong with it",
            )

    def _clone(self, demonstrations: Demonstrations, position: Position) -> CloningProgressed:
        """One round of cloning."""
        began = perf_counter()
        steps, passes = len(demonstrations), self.config.cloning_epochs
        rounds = -(-steps * passes // ROUND)
        seed = self.config.seed
        first = self._rounds * ROUND
        last = min(first + ROUND, steps * passes)
        # Each pass has an order of its own, whatever was learned before.
        orders = [
            np.random.default_rng([seed, number]).permutation(steps)
            for number in range(first // steps, -(-last // steps))
        ]
        begin = first % steps
        rows = np.concatenate(orders)[begin : begin + last - first]
        rng = np.random.default_rng([seed, self._rounds, rounds])
        left = max(1 - self._rounds / rounds, _LEAST_RATE)
        self.learner.set_rates(self.config.cloning_rate * left, self.config.reading_rate * left)
        self.learner.policy.train()
        sums: dict[str, list[Tensor]] = defaultdict(list)
        for chosen in np.array_split(rows, -(-len(rows) // _BATCH)):
            for name, value in self._step(demonstrations, chosen, rng).items():
                sums[name].append(value.detach().float())
        means = {name: torch.stack(values).mean().item() for name, values in sums.items()}
        self._is_literate |= means.get("letters_read", 0.0) >= _LITERATE
        self._rounds += 1
        self._is_cloned = self._rounds >= rounds
        position.seconds += perf_counter() - began
        return CloningProgressed(
            position.steps,
            self._rounds,
            rounds,
            position.seconds,
            {name: value for name, value in means.items() if name not in _SHARES},
            {name: value for name, value in means.items() if name in _SHARES},
        )

    def _step(
        self,
        demonstrations: Demonstrations,
        rows: npt.NDArray[np.int64],
        rng: np.random.Generator,
    ) -> dict[str, Tensor]:
        """Some steps of the reader, and one of everything else."""
        learner, config = self.learner, self.config
        seen, lessons = demonstrations.take(rows)
        shown: dict[str, Tensor] = {}
        most = math.ceil(len(rows) * _READ_LATER) if self._is_literate else len(rows)
        for part in np.array_split(np.arange(most), -(-most // READING_BATCH)):
            read = learner.read(seen.screens[part], seen.letters[part], rng)
            if read is not None:
                shown |= {"reading": read.loss, "letters_read": read.share}
        with autocast(learner.policy.device, learner.precision):
            encoded = max(int(len(rows) * config.encoded_share), 1)
            percept = perceive(learner.policy, seen, encoded)
            found = self._found(seen, lessons, percept, rng)
            looks = torch.from_numpy(seen.looks).to(learner.policy.device)
            look = learner.policy.perception.look_loss(percept.features, looks)
        learner.descend(
            self._to_do(found)
            + DONE_COEFFICIENT * found.done
            + config.value_coefficient * found.value
            + config.auxiliary_coefficient * look
        )
        return {**shown, "look": look, **found._asdict()}

    def _found(
        self,
        seen: ObservationArrays,
        lessons: Lessons,
        percept: Percept,
        rng: np.random.Generator,
    ) -> CloningLosses:
        policy = self.learner.policy
        exercise = Exercise.of(
            seen, lessons, self.config.gamma, rng, hierarchical=policy.is_hierarchical
        )
        return cloning_losses(policy, percept, exercise.on(policy.device))

    def _to_do(self, found: CloningLosses) -> Tensor:
        """The loss of what to do and of what is due."""
        config = self.config
        decisions = config.manager_coefficient * (found.manager + found.stop)
        return found.worker + decisions + 2 * config.auxiliary_coefficient * found.aim
