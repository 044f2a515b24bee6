"""What is kept of an episode that was played."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from hrlctl.env.episode import Termination
from hrlctl.schema.base import Difficulty, Skill


class Failure(StrEnum):
    """Why an episode failed; one reason each, the first that applies."""

    UNNOTICED = "finished, but never said done"
    UNDONE = "finished, then undid it"
    WRONG_WINDOW = "changed a wrong window"
    WRONG_THING = "changed something else"
    WRONG_VALUE = "right place, wrong value"
    DONE_EARLY = "said done too early"
    IDLE = "changed nothing"
    OUT_OF_TIME = "out of time on the way"


class Ending(NamedTuple):
    """How an episode ended under one of the two terminations."""

    success: bool
    steps: int  # ``done`` counts as one
    failure: Failure | None  # None: a success


class TracedStep(NamedTuple):
    """A step as it was taken: enough to show the episode again."""

    action: tuple[int, ...]  # the six parts
    skill: Skill | None  # the manager's choice; None without a manager
    slot: int  # of the instruction, that the skill is about


class MilestoneResult(NamedTuple):
    """A milestone of an episode, and whether it was reached before the episode ended."""

    skill: Skill
    reached: bool


class EpisodeResult(NamedTuple):
    """One episode, judged under both terminations: the agent acts the same in both.

    Attributes:
        task: its id.
        seed: of the instance, as ``draw_instance`` takes it.
        instruction: as the agent was given it.
        automatic: success ends the episode.
        agent: the agent ends it by saying that it is done, and the criteria must hold then.
        episode_return: of R, not discounted, as training pays it: up to ``automatic``'s end.
        oracle_steps: what the oracle needs for the instance; ``None`` where it has no solution.
        milestones: in the task's order.
        trace: the steps up to the later of the two ends, without ``done``.
        said_done: after how many steps; ``None``: never.
        faults: of the machinery, after each of which it was played again.
        discarded: first screens that were not as they should be, and were made anew.
    """

    task: str
    difficulty: Difficulty
    seed: int
    instruction: str
    automatic: Ending
    agent: Ending
    episode_return: float
    oracle_steps: int | None
    milestones: tuple[MilestoneResult, ...]
    trace: tuple[TracedStep, ...]
    said_done: int | None
    faults: int = 0
    discarded: int = 0

    def ending(self, termination: Termination) -> Ending:
        """How it ended under ``termination``."""
        return self.agent if termination == "agent" else self.automatic
