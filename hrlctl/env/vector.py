"""Many episodes side by side, for training: what is seen is written where the caller wants it.

An environment whose episode has ended starts the next one in the same step, so every row of the
written observations is one to act on. What is played next is decided by the caller.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Desktop, Screen
from hrlctl.env.action import Action, ActionSpace
from hrlctl.env.arrays import (
    POINTER_X,
    POINTER_Y,
    UNLABELLED,
    ObservationArrays,
    StepResults,
    write_observation,
)
from hrlctl.env.episode import NO_SLOT, Episode, EpisodeRules, Reached, describe
from hrlctl.env.observation import encode_letters, read_instruction
from hrlctl.packs import Task, draw_instance
from hrlctl.schema.base import Split


class Assignment(NamedTuple):
    """What an environment plays next."""

    task: int  # index into the vector's tasks
    seed: int
    linger: int  # steps that go on after success, for screens of a finished task


class EpisodeRecord(NamedTuple):
    """An episode that ended."""

    env: int
    task: int
    success: bool
    truncated: bool
    length: int
    episode_return: float


class EnvironmentState(NamedTuple):
    """From what an environment in mid-episode is rebuilt: the simulator is deterministic."""

    assignment: Assignment
    history: tuple[tuple[int, ...], ...]  # the actions taken since the reset


class Fault(NamedTuple):
    """What went wrong with the machinery; no episode counts that has seen it.

    Attributes:
        worker: number of the worker process; of the environment where there is none.
        reason: in words.
        is_replaced: the process died or hung, was replaced, and its episodes were broken off;
            otherwise a desktop's initial state was not as it should be, and was made anew.
    """

    worker: int
    reason: str
    is_replaced: bool = True


class EpisodeView(NamedTuple):
    """An episode as a person watches it."""

    screen: Screen
    task_id: str
    instruction: str
    slots: tuple[str, ...]  # the texts that the instruction's slots hold
    pointer: tuple[int, int]  # (x, y) in pixels
    action: str  # the last one in words, empty before the first


def unassigned(environment: int) -> Assignment:
    """Stands for whoever will say what is played, until that one takes over."""
    raise RuntimeError(f"nobody has said yet what environment {environment} plays")


class EnvironmentVector(ABC):
    """Environments side by side, wherever they run.

    Args:
        tasks: what assignments refer to.
        count: how many environments there are.
        actions: the actions on their screens, which are all of one size.
        rules: rewards and termination.
        assign: called with an environment's index whenever it needs its next episode; in one step
            after all environments have acted, in their order.
        split: which instances are drawn.

    Attributes:
        finished: the episodes that ended in the last step, in the order of the environments.
        faults: what went wrong in the last call.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        count: int,
        actions: ActionSpace,
        rules: EpisodeRules,
        assign: Callable[[int], Assignment],
        split: Split,
    ) -> None:
        self.tasks = tuple(tasks)
        self.actions = actions
        self.rules = rules
        self.assign = assign
        self.split = split
        self.finished: list[EpisodeRecord] = []
        self.faults: list[Fault] = []
        self._assignments = [Assignment(0, 0, 0)] * count
        self._histories: list[list[tuple[int, ...]]] = [[] for _ in range(count)]

    def __len__(self) -> int:
        return len(self._assignments)

    @property
    def playing(self) -> list[int]:
        """The index of the task that each environment is playing."""
        return [assignment.task for assignment in self._assignments]

    @abstractmethod
    def allocate(self, rows: int) -> ObservationArrays:
        """Arrays to write observations into, (rows, count, ...)."""

    @abstractmethod
    def allocate_results(self, rows: int) -> StepResults:
        """Arrays to write results into, (rows, count)."""

    @abstractmethod
    def reset(self, into: ObservationArrays) -> None:
        """Start an episode everywhere. ``into`` is one row of what ``allocate`` returned."""

    @abstractmethod
    def observe(self, into: ObservationArrays) -> None:
        """Write what is seen now, as after ``restore``."""

    @abstractmethod
    def step(
        self,
        actions: npt.NDArray[np.int64],
        before: ObservationArrays,
        into: ObservationArrays,
        results: StepResults,
    ) -> None:
        """Take one step everywhere.

        Args:
            actions: (count, 6).
            before: the observations that were acted on, to tell whether a screen has changed.
            into: where the next observations are written.
            results: where the outcomes are written.
        """

    @abstractmethod
    def restore(self, states: Sequence[EnvironmentState]) -> None:
        """Bring every environment to where ``state`` saw it, by playing its actions again."""

    @abstractmethod
    def close(self) -> None:
        """End everything that was started."""

    def state(self) -> list[EnvironmentState]:
        """What ``restore`` needs to go on exactly."""
        return [
            EnvironmentState(assignment, tuple(history))
            for assignment, history in zip(self._assignments, self._histories, strict=True)
        ]

    def view(self, index: int, seen: ObservationArrays) -> EpisodeView:
        """The episode of environment ``index``, for people; ``seen`` is what is seen now."""
        assignment, history = self._assignments[index], self._histories[index]
        instance = draw_instance(self.tasks[assignment.task], assignment.seed, self.split)
        texts = read_instruction(instance.instruction).texts
        x, y = seen.context[index, [POINTER_X, POINTER_Y]] * (
            self.actions.width,
            self.actions.height,
        )
        return EpisodeView(
            seen.screens[index].copy(),
            instance.task_id,
            instance.instruction,
            texts,
            (round(float(x)), round(float(y))),
            describe(np.array(history[-1]), self.actions, texts) if history else "",
        )

    def _note(self, index: int, assignment: Assignment) -> None:
        """Remember that environment ``index`` begins an episode."""
        self._assignments[index] = assignment
        self._histories[index] = []


class _Environment:
    """A desktop and the episode that is played on it."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.episode: Episode
        self.linger_left = 0


def _labels(aim: Reached | None) -> tuple[int, int]:
    if aim is None:
        return UNLABELLED, UNLABELLED
    return aim.skill, UNLABELLED if aim.slot == NO_SLOT else aim.slot


class DesktopVector(EnvironmentVector):
    """Environments in this process.

    Args:
        tasks: what assignments refer to.
        desktops: one for each environment, all of the same size.
        rules: rewards and termination.
        assign: called with an environment's index whenever it needs its next episode.
        split: which instances are drawn.
    """

    def __init__(
        self,
        tasks: Sequence[Task],
        desktops: Sequence[Desktop],
        rules: EpisodeRules,
        assign: Callable[[int], Assignment],
        split: Split = Split.TRAINING,
    ) -> None:
        actions = ActionSpace(desktops[0].width, desktops[0].height)
        super().__init__(tasks, len(desktops), actions, rules, assign, split)
        self._envs = [_Environment(desktop) for desktop in desktops]

    def episode(self, index: int) -> Episode:
        """The episode that environment ``index`` is playing."""
        return self._envs[index].episode

    def allocate(self, rows: int) -> ObservationArrays:
        return ObservationArrays.allocate((rows, len(self)), self.actions)

    def allocate_results(self, rows: int) -> StepResults:
        return StepResults.allocate((rows, len(self)))

    def reset(self, into: ObservationArrays) -> None:
        self.faults = []
        for index in range(len(self)):
            self.begin(index, self.assign(index))
        self.observe(into)

    def observe(self, into: ObservationArrays, before: ObservationArrays | None = None) -> None:
        """Write what is seen now.

        Args:
            into: where.
            before: what was seen a step ago, to tell whether a screen has changed.
        """
        for index, env in enumerate(self._envs):
            self._observe(env, index, into, before if self._histories[index] else None)

    def step(
        self,
        actions: npt.NDArray[np.int64],
        before: ObservationArrays,
        into: ObservationArrays,
        results: StepResults,
    ) -> None:
        self.faults = []
        for index in self.act(actions, results):
            self.begin(index, self.assign(index))
        self.observe(into, before)

    def act(self, actions: npt.NDArray[np.int64], results: StepResults) -> list[int]:
        """The first half of a step: carry out the actions.

        Returns:
            The environments that need their next episode before anything is seen.
        """
        self.finished = []
        return [
            index
            for index, env in enumerate(self._envs)
            if self._act(env, index, actions[index], results)
        ]

    def _act(self, env: _Environment, index: int, action: Action, results: StepResults) -> bool:
        results.reached_skill[index] = results.reached_slot[index] = -1
        self._histories[index].append(tuple(action.tolist()))
        if env.linger_left:
            env.episode.linger(action)
            env.linger_left -= 1
            results.rewards[index] = 0.0
            results.terminated[index] = True
            results.truncated[index] = results.counts[index] = False
            return not env.linger_left
        outcome = env.episode.step(action)
        results.rewards[index] = outcome.reward
        results.terminated[index] = outcome.terminated
        results.truncated[index] = outcome.truncated
        results.counts[index] = True
        if outcome.reached:
            results.reached_skill[index], results.reached_slot[index] = outcome.reached[0]
        if not (outcome.terminated or outcome.truncated):
            return False
        assignment, episode = self._assignments[index], env.episode
        self.finished.append(
            EpisodeRecord(
                index,
                assignment.task,
                outcome.success,
                outcome.truncated,
                episode.length,
                episode.total_reward,
            )
        )
        env.linger_left = assignment.linger if outcome.success else 0
        return not env.linger_left

    def begin(self, index: int, assignment: Assignment) -> None:
        """Start the episode ``assignment`` in environment ``index``; adds to ``faults``."""
        env = self._envs[index]
        instance = draw_instance(self.tasks[assignment.task], assignment.seed, self.split)
        env.episode = Episode(instance, env.desktop, self.actions, self.rules)
        self.faults += [
            Fault(index, reason, is_replaced=False) for reason in env.desktop.take_discarded()
        ]
        env.linger_left = 0
        self._note(index, assignment)

    def _observe(
        self,
        env: _Environment,
        index: int,
        into: ObservationArrays,
        before: ObservationArrays | None,
    ) -> None:
        write_observation(env.episode, into, index)
        fresh = before is None or not np.array_equal(into.screens[index], before.screens[index])
        into.is_fresh[index] = fresh
        into.is_finished[index] = env.linger_left > 0
        into.aims[index] = _labels(None if env.linger_left else env.episode.aim)
        if fresh:
            annotation = env.desktop.annotate(self.actions.rows, self.actions.columns)
            if annotation is None:
                into.looks[index] = into.letters[index] = UNLABELLED
            else:
                into.looks[index] = annotation.looks
                into.letters[index] = encode_letters(annotation.letters)

    def restore(self, states: Sequence[EnvironmentState]) -> None:
        for index, (env, state) in enumerate(zip(self._envs, states, strict=True)):
            self.begin(index, Assignment(*state.assignment))
            # Elsewhere the same actions may lead to another screen: the episode begins anew.
            for action in state.history if env.desktop.is_repeatable else ():
                array = np.array(action, dtype=np.int64)
                self._histories[index].append(tuple(action))
                env.episode.look()  # as an agent did
                if env.linger_left:
                    env.episode.linger(array)
                    env.linger_left -= 1
                elif env.episode.step(array).success:
                    env.linger_left = self._assignments[index].linger

    def close(self) -> None:
        for env in self._envs:
            env.desktop.close()
