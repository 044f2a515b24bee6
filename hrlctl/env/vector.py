"""Many episodes side by side, for training: what is seen is written where the caller wants it.

An environment whose episode has ended starts the next one in the same step, so every row of the
written observations is one to act on. What is played next is decided by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import Desktop
from hrlctl.env.action import NUM_SLOTS, Action, ActionSpace, ActionType, Part
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH, encode_text
from hrlctl.packs import Task, draw_instance
from hrlctl.schema.base import Split

CONTEXT_FEATURES: Final = 1 + 2 + len(ActionType)
"""Time left, pointer (x, y) as shares of the screen, the last action's type (one-hot)."""
LABEL_LENGTH: Final = 6
"""Characters of a label that are kept for the auxiliary loss."""


class ObservationArrays(NamedTuple):
    """What ``count`` environments see, written in place. All arrays have ``count`` rows."""

    screens: npt.NDArray[np.uint8]  # (count, height, width, 3)
    tokens: npt.NDArray[np.uint8]  # (count, INSTRUCTION_LENGTH)
    slots: npt.NDArray[np.uint8]  # (count, NUM_SLOTS, SLOT_LENGTH)
    context: npt.NDArray[np.float32]  # (count, CONTEXT_FEATURES)
    is_fresh: npt.NDArray[np.bool_]  # (count,): screen or instruction differ from the row before
    is_finished: npt.NDArray[np.bool_]  # (count,): the screen shows a finished task
    roles: npt.NDArray[np.uint8]  # (count, cells): labels for the auxiliary loss, where fresh
    labels: npt.NDArray[np.uint8]  # (count, cells, LABEL_LENGTH): likewise

    @classmethod
    def allocate(cls, leading: tuple[int, ...], actions: ActionSpace) -> ObservationArrays:
        """Zeroed arrays with the ``leading`` dimensions in front."""
        cells = actions.rows * actions.columns
        return cls(
            np.zeros((*leading, actions.height, actions.width, 3), np.uint8),
            np.zeros((*leading, INSTRUCTION_LENGTH), np.uint8),
            np.zeros((*leading, NUM_SLOTS, SLOT_LENGTH), np.uint8),
            np.zeros((*leading, CONTEXT_FEATURES), np.float32),
            np.zeros(leading, np.bool_),
            np.zeros(leading, np.bool_),
            np.zeros((*leading, cells), np.uint8),
            np.zeros((*leading, cells, LABEL_LENGTH), np.uint8),
        )

    def row(self, index: int) -> ObservationArrays:
        """A view of one entry of the first dimension."""
        return ObservationArrays(*(array[index] for array in self))


class StepResults(NamedTuple):
    """What one step of ``count`` environments led to. All arrays have shape (count,)."""

    rewards: npt.NDArray[np.float32]
    terminated: npt.NDArray[np.bool_]
    truncated: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.bool_]  # False: taken after success, nothing is learned from it
    reached_skill: npt.NDArray[np.int8]  # of the milestone reached, -1 for none
    reached_slot: npt.NDArray[np.int8]  # what it is about, -1 for no slot

    @classmethod
    def allocate(cls, leading: tuple[int, ...]) -> StepResults:
        return cls(
            np.zeros(leading, np.float32),
            np.zeros(leading, np.bool_),
            np.zeros(leading, np.bool_),
            np.zeros(leading, np.bool_),
            np.full(leading, -1, np.int8),
            np.full(leading, -1, np.int8),
        )

    def row(self, index: int) -> StepResults:
        return StepResults(*(array[index] for array in self))


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


class _Slot:
    """One environment: its desktop, its episode, and how it is rebuilt."""

    def __init__(self, desktop: Desktop) -> None:
        self.desktop = desktop
        self.episode: Episode
        self.assignment: Assignment
        self.linger_left = 0
        self.history: list[tuple[int, ...]] = []


class DesktopVector:
    """``count`` environments in this process.

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
        self.tasks = tuple(tasks)
        self.rules = rules
        self.assign = assign
        self.split = split
        self.actions = ActionSpace(desktops[0].width, desktops[0].height)
        self._envs = [_Slot(desktop) for desktop in desktops]
        self.finished: list[EpisodeRecord] = []

    def __len__(self) -> int:
        return len(self._envs)

    def episode(self, index: int) -> Episode:
        """The episode that environment ``index`` is playing."""
        return self._envs[index].episode

    def reset(self, into: ObservationArrays) -> None:
        """Start an episode everywhere."""
        for index, env in enumerate(self._envs):
            self._begin(env, self.assign(index))
            self._observe(env, index, into, None)

    def observe(self, into: ObservationArrays) -> None:
        """Write what is seen now, as after ``restore``."""
        for index, env in enumerate(self._envs):
            self._observe(env, index, into, None)

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

        The episodes that ended are in ``finished`` until the next call.
        """
        self.finished = []
        for index, env in enumerate(self._envs):
            self._step(env, index, actions[index], results)
            self._observe(env, index, into, before if env.history else None)

    def _step(self, env: _Slot, index: int, action: Action, results: StepResults) -> None:
        results.reached_skill[index] = results.reached_slot[index] = -1
        env.history.append(tuple(action.tolist()))
        if env.linger_left:
            env.episode.linger(action)
            env.linger_left -= 1
            results.rewards[index] = 0.0
            results.terminated[index] = True
            results.truncated[index] = results.counts[index] = False
            if not env.linger_left:
                self._begin(env, self.assign(index))
            return
        outcome = env.episode.step(action)
        results.rewards[index] = outcome.reward
        results.terminated[index] = outcome.terminated
        results.truncated[index] = outcome.truncated
        results.counts[index] = True
        if outcome.reached:
            results.reached_skill[index], results.reached_slot[index] = outcome.reached[0]
        if outcome.terminated or outcome.truncated:
            episode = env.episode
            self.finished.append(
                EpisodeRecord(
                    index,
                    env.assignment.task,
                    outcome.success,
                    outcome.truncated,
                    episode.length,
                    episode.total_reward,
                )
            )
            if outcome.success and env.assignment.linger:
                env.linger_left = env.assignment.linger
            else:
                self._begin(env, self.assign(index))

    def _begin(self, env: _Slot, assignment: Assignment) -> None:
        instance = draw_instance(self.tasks[assignment.task], assignment.seed, self.split)
        env.episode = Episode(instance, env.desktop, self.actions, self.rules)
        env.assignment = assignment
        env.linger_left = 0
        env.history = []

    def _observe(
        self, env: _Slot, index: int, into: ObservationArrays, before: ObservationArrays | None
    ) -> None:
        episode, desktop = env.episode, env.desktop
        screen = desktop.capture()
        fresh = before is None or not np.array_equal(screen, before.screens[index])
        into.screens[index] = screen
        into.tokens[index] = episode.reading.tokens
        into.slots[index] = episode.reading.slots
        context = into.context[index]
        context[:] = 0.0
        context[0] = episode.time_left
        x, y = desktop.cursor
        context[1], context[2] = x / desktop.width, y / desktop.height
        if episode.last_action is not None:
            context[3 + int(episode.last_action[Part.TYPE])] = 1.0
        into.is_fresh[index] = fresh
        into.is_finished[index] = env.linger_left > 0
        if fresh:
            self._annotate(desktop, into.roles[index], into.labels[index])

    def _annotate(
        self, desktop: Desktop, roles: npt.NDArray[np.uint8], labels: npt.NDArray[np.uint8]
    ) -> None:
        annotation = desktop.annotate(self.actions.rows, self.actions.columns)
        if annotation is None:
            roles[:] = 0
            labels[:] = 0
            return
        roles[:] = annotation.roles.reshape(-1)
        table = np.zeros((len(annotation.labels) + 1, LABEL_LENGTH), np.uint8)
        for position, label in enumerate(annotation.labels):
            table[position] = encode_text(label, LABEL_LENGTH)
        labels[:] = table[annotation.label_index.reshape(-1)]  # -1 is the last row, all zeros

    def state(self) -> list[EnvironmentState]:
        """What ``restore`` needs to go on exactly."""
        return [EnvironmentState(env.assignment, tuple(env.history)) for env in self._envs]

    def restore(self, states: Sequence[EnvironmentState]) -> None:
        """Bring every environment to where ``state`` saw it, by playing its actions again."""
        for env, state in zip(self._envs, states, strict=True):
            self._begin(env, Assignment(*state.assignment))
            for action in state.history:
                array = np.array(action, dtype=np.int64)
                env.history.append(tuple(action))
                if env.linger_left:
                    env.episode.linger(array)
                    env.linger_left -= 1
                elif env.episode.step(array).success:
                    env.linger_left = env.assignment.linger

    def close(self) -> None:
        for env in self._envs:
            env.desktop.close()
