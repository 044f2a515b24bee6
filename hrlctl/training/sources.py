"""Where a run's rollouts come from: environments of this process, or workers elsewhere."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy.typing as npt
import torch

from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import EpisodeRules
from hrlctl.env.vector import Assignment, EnvironmentState, EnvironmentVector, Fault
from hrlctl.errors import CheckpointError
from hrlctl.events import View
from hrlctl.packs import Task
from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy
from hrlctl.policy.manager import NOTHING_YET, SKILLS
from hrlctl.training.advantages import OpenDecisions
from hrlctl.training.collector import Collector
from hrlctl.training.curriculum import Curriculum
from hrlctl.training.precision import Precision
from hrlctl.training.rollout import Rollout


class RolloutSource(ABC):
    """Plays with the newest weights, one rollout at a time.

    Args:
        tasks: of the run.
        actions: on the screens, which are all of one size.
        rules: rewards and termination.
        environments: how many there are.

    Attributes:
        seconds: of the last rollout, by phase.
        draws_here: whether the run's own curriculum is asked which task is played next.
    """

    draws_here = True

    def __init__(
        self, tasks: Sequence[Task], actions: ActionSpace, rules: EpisodeRules, environments: int
    ) -> None:
        self.tasks, self.actions, self.rules = tuple(tasks), actions, rules
        self._environments = environments
        self.seconds: dict[str, float] = {}

    def __len__(self) -> int:
        return self._environments

    @abstractmethod
    def follow(
        self, policy: HierarchicalPolicy, curriculum: Curriculum, precision: Precision
    ) -> None:
        """Play with this policy, whose weights change between rollouts; called once."""

    @abstractmethod
    def begin(self) -> None:
        """Start an episode everywhere."""

    @abstractmethod
    def collect(self) -> Rollout:
        """Play from where the last rollout ended; then ``advance``."""

    @abstractmethod
    def view(self) -> View:
        """What the first environment's agent sees now, and what it did last."""

    @abstractmethod
    def advance(self) -> None:
        """The last rollout has been learned from, and may go."""

    @abstractmethod
    def take_faults(self) -> list[Fault]:
        """What went wrong elsewhere since this was last called."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Go on from what ``state`` returned.

        Raises:
            CheckpointError: a task of the run is not there any more.
        """

    @abstractmethod
    def close(self) -> None:
        """End what was started for it."""


class LocalSource(RolloutSource):
    """A vector of environments that this process steps, or its worker processes do.

    Args:
        vector: the environments.
        steps: of each in a rollout.
        generator: source of the policy's randomness.
        gamma, gae_lambda: of the advantages.
    """

    def __init__(
        self,
        vector: EnvironmentVector,
        steps: int,
        generator: torch.Generator,
        gamma: float,
        gae_lambda: float,
    ) -> None:
        super().__init__(vector.tasks, vector.actions, vector.rules, len(vector))
        self.vector, self._steps, self._generator = vector, steps, generator
        self._gamma, self._gae_lambda = gamma, gae_lambda

    def follow(
        self, policy: HierarchicalPolicy, curriculum: Curriculum, precision: Precision
    ) -> None:
        self.collector = Collector(
            policy,
            self.vector,
            self._steps,
            self._generator,
            self._gamma,
            self._gae_lambda,
            precision=precision,
        )

    def begin(self) -> None:
        self.collector.begin()

    def collect(self) -> Rollout:
        rollout = self.collector.collect()
        self.seconds = self.collector.seconds
        return rollout

    def view(self) -> View:
        collector = self.collector
        episode = self.vector.view(0, collector.seen.row(collector.steps))
        skill, slot = int(collector.state.skill[0]), int(collector.state.slot[0])
        has_decided = collector.policy.is_hierarchical and skill != NOTHING_YET
        words = SKILLS[skill].value if has_decided else ""
        if words and slot < len(episode.slots):
            words = f"{words} {episode.slots[slot]!r}"
        return View(
            episode.screen,
            episode.instruction,
            episode.task_id,
            episode.pointer,
            episode.action,
            words,
        )

    def advance(self) -> None:
        self.collector.advance()

    def take_faults(self) -> list[Fault]:
        return self.collector.take_faults()

    def state(self) -> dict[str, Any]:
        return _state(self.collector, self.tasks)

    def restore(self, state: dict[str, Any]) -> None:
        if "workers" in state:
            raise CheckpointError(
                "its run was played by workers on a Ray cluster", hint="resume with --engine ray"
            )
        _restore(self.collector, self.tasks, state)

    def close(self) -> None:
        self.vector.close()


def _state(collector: Collector, tasks: Sequence[Task]) -> dict[str, Any]:
    """The environments, the agent's open decisions, and what was seen where they began."""
    environments = [
        {
            "task": tasks[state.assignment.task].id,
            "seed": state.assignment.seed,
            "linger": state.assignment.linger,
            "history": [list(action) for action in state.history],
        }
        for state in collector.vector.state()
    ]
    last = collector.steps + 1
    return {
        "environments": environments,
        "actor_state": list(collector.state),
        "opened": list(collector.opened),
        "opened_seen": [torch.from_numpy(array[last].copy()) for array in collector.seen],
        "opened_taken": [part[collector.steps].clone() for part in collector.taken.parts()],
    }


def _restore(collector: Collector, tasks: Sequence[Task], state: dict[str, Any]) -> None:
    """Bring a collector to where ``_state`` saw it.

    Raises:
        CheckpointError: a task of the run is not there any more.
    """
    index = {task.id: i for i, task in enumerate(tasks)}
    missing = sorted({e["task"] for e in state["environments"]} - index.keys())
    if missing:
        raise CheckpointError(
            f"the run's tasks are not all there: {', '.join(missing)}",
            hint="install the packs that it was trained with, or start anew with --init-from",
        )
    collector.vector.restore(
        [
            EnvironmentState(
                Assignment(index[e["task"]], e["seed"], e["linger"]),
                tuple(tuple(action) for action in e["history"]),
            )
            for e in state["environments"]
        ]
    )
    device = collector.policy.device
    collector.state = ActorState(*(part.to(device) for part in state["actor_state"]))
    collector.opened = OpenDecisions(*state["opened"])
    last = collector.steps + 1
    arrays: tuple[npt.NDArray[Any], ...] = collector.seen
    for array, saved in zip(arrays, state["opened_seen"], strict=True):
        array[last] = saved.numpy()
    for part, saved in zip(collector.taken.parts(), state["opened_taken"], strict=True):
        part[collector.steps] = saved
    collector.vector.observe(collector.seen.row(0))
