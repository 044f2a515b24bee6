"""Where many environments write what they see and what their steps led to."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.contract import UNLABELLED as UNLABELLED
from hrlctl.desktop.contract import Screen
from hrlctl.env.action import NUM_SLOTS, ActionSpace, ActionType, Part
from hrlctl.env.episode import Episode
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH, Reading

TIME_LEFT, POINTER_X, POINTER_Y, IS_UNCHANGED, LAST_TYPE = range(5)
"""Where the context's features stand; from ``LAST_TYPE`` on the last action's type (one-hot)."""
CONTEXT_FEATURES: Final = LAST_TYPE + len(ActionType)

Layout = tuple[tuple[tuple[int, ...], type[Any]], ...]
"""Shape and type of each of some arrays."""


class ObservationArrays(NamedTuple):
    """What ``count`` environments see, written in place. All arrays have ``count`` rows."""

    screens: npt.NDArray[np.uint8]  # (count, height, width, 3)
    tokens: npt.NDArray[np.uint8]  # (count, INSTRUCTION_LENGTH)
    slots: npt.NDArray[np.uint8]  # (count, NUM_SLOTS, SLOT_LENGTH)
    context: npt.NDArray[np.float32]  # (count, CONTEXT_FEATURES)
    is_fresh: npt.NDArray[np.bool_]  # (count,): screen or instruction differ from the row before
    is_finished: npt.NDArray[np.bool_]  # (count,): the screen shows a finished task
    aims: npt.NDArray[np.uint8]  # (count, 2): label: skill and slot of the next open milestone
    # Labels for the auxiliary losses that are written where ``is_fresh``:
    looks: npt.NDArray[np.uint8]  # (count, rows, columns): what stands in each cell
    letters: npt.NDArray[np.uint8]  # (count, rows, 2 * columns): character codes by half cells

    @staticmethod
    def layout(leading: tuple[int, ...], actions: ActionSpace) -> Layout:
        """The arrays with the ``leading`` dimensions in front."""
        return (
            ((*leading, actions.height, actions.width, 3), np.uint8),
            ((*leading, INSTRUCTION_LENGTH), np.uint8),
            ((*leading, NUM_SLOTS, SLOT_LENGTH), np.uint8),
            ((*leading, CONTEXT_FEATURES), np.float32),
            (leading, np.bool_),
            (leading, np.bool_),
            ((*leading, 2), np.uint8),
            ((*leading, actions.rows, actions.columns), np.uint8),
            ((*leading, actions.rows, 2 * actions.columns), np.uint8),
        )

    @classmethod
    def allocate(cls, leading: tuple[int, ...], actions: ActionSpace) -> ObservationArrays:
        """Zeroed arrays with the ``leading`` dimensions in front."""
        return cls._make(np.zeros(shape, dtype) for shape, dtype in cls.layout(leading, actions))

    def row(self, index: int) -> ObservationArrays:
        """A view of one entry of the first dimension."""
        return ObservationArrays(*(array[index] for array in self))


class StepResults(NamedTuple):
    """What one step of ``count`` environments led to. All arrays have shape (count,).

    A fault of the environment is ``truncated`` and does not count.
    """

    rewards: npt.NDArray[np.float32]
    terminated: npt.NDArray[np.bool_]
    truncated: npt.NDArray[np.bool_]
    counts: npt.NDArray[np.bool_]  # False: after success, or a fault; nothing is learned from it
    reached_skill: npt.NDArray[np.int8]  # of the milestone reached, -1 for none
    reached_slot: npt.NDArray[np.int8]  # what it is about, -1 for no slot

    @staticmethod
    def layout(leading: tuple[int, ...]) -> Layout:
        """The arrays with the ``leading`` dimensions."""
        types = (np.float32, np.bool_, np.bool_, np.bool_, np.int8, np.int8)
        return tuple((leading, dtype) for dtype in types)

    @classmethod
    def allocate(cls, leading: tuple[int, ...]) -> StepResults:
        """Zeroed arrays with the ``leading`` dimensions."""
        return cls._make(np.zeros(shape, dtype) for shape, dtype in cls.layout(leading))

    def row(self, index: int) -> StepResults:
        """A view of one entry of the first dimension."""
        return StepResults(*(array[index] for array in self))

    def mark_fault(self, envs: slice) -> None:
        """Write the outcome of a step that the environments ``envs`` could not take."""
        for array in self:
            array[envs] = 0
        self.truncated[envs] = True
        self.reached_skill[envs] = self.reached_slot[envs] = -1


def write_observation(episode: Episode, into: ObservationArrays, index: int) -> None:
    """Look at ``episode``, and write what an agent sees of it into row ``index``."""
    desktop, last = episode.desktop, episode.last_action
    screen = episode.look()
    x, y = desktop.cursor
    write_sight(
        episode.reading,
        screen,
        into,
        index,
        time_left=episode.time_left,
        pointer=(x / desktop.width, y / desktop.height),
        is_unchanged=episode.is_unchanged,
        last_type=None if last is None else int(last[Part.TYPE]),
    )


def write_sight(
    reading: Reading,
    screen: Screen,
    into: ObservationArrays,
    index: int,
    *,
    time_left: float,
    pointer: tuple[float, float],
    is_unchanged: bool,
    last_type: int | None,
) -> None:
    """Write what an agent sees into row ``index``.

    Args:
        reading: of its instruction.
        screen: as it is now.
        into: where to.
        index: of the row.
        time_left: the share of its steps that is left, in [0, 1].
        pointer: where it is, x and y as shares of the screen.
        is_unchanged: its last action left the screen as it was.
        last_type: the ``ActionType`` of its last action; ``None`` before the first.
    """
    into.screens[index] = screen
    into.tokens[index] = reading.tokens
    into.slots[index] = reading.slots
    context = into.context[index]
    context[:] = 0.0
    context[TIME_LEFT] = time_left
    context[POINTER_X], context[POINTER_Y] = pointer
    context[IS_UNCHANGED] = is_unchanged
    if last_type is not None:
        context[LAST_TYPE + last_type] = 1.0
