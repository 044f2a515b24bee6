"""One episode that is judged twice: ended by success, and ended by the agent.

What an agent does does not depend on who ends the episode. So one episode, played until both have
ended, says how each went; the comparison of the two is exact and costs next to nothing.
"""

from __future__ import annotations

from collections import Counter

from hrlctl.env.action import Action
from hrlctl.env.episode import Episode
from hrlctl.evaluation.reference import Reference, facts_of
from hrlctl.evaluation.results import (
    Ending,
    EpisodeResult,
    Failure,
    MilestoneResult,
    TracedStep,
)
from hrlctl.schema.base import Skill

_SKILLS = tuple(Skill)


class Trial:
    """An episode being played.

    Args:
        episode: ended by success (``automatic``), as in training.
        seed: of its instance, as it was planned.
        reference: how the oracle solves it.
    """

    def __init__(self, episode: Episode, seed: int, reference: Reference) -> None:
        self.episode, self.reference = episode, reference
        self._seed = seed
        self._start = facts_of(episode.desktop.state())
        self._automatic: Ending | None = None
        self._agent: Ending | None = None
        self._said_done: int | None = None
        self._reached: Counter[Skill] = Counter()
        self._trace: list[TracedStep] = []

    def step(self, action: Action, skill: Skill | None, slot: int, *, says_done: bool) -> bool:
        """One step of the agent; whether the episode goes on.

        Args:
            action: what it does where it is not stopped by its own ``done``, int64, shape (6,).
            skill: the manager's choice, if there is one.
            slot: what the choice is about.
            says_done: whether it believes that the task is finished now.
        """
        episode = self.episode
        if says_done and self._agent is None:
            self._said_done = episode.length
            self._agent = self._ending(episode.holds(), episode.length + 1, says_done=True)
        if self._automatic is not None and self._agent is not None:
            return False
        self._trace.append(TracedStep(tuple(action.tolist()), skill, slot))
        if self._automatic is not None:
            episode.play_on(action)
        else:
            outcome = episode.step(action)
            self._reached.update(_SKILLS[reached.skill] for reached in outcome.reached)
            if outcome.terminated or outcome.truncated:
                self._automatic = self._ending(outcome.success, episode.length)
        if self._agent is None and episode.length >= episode.instance.max_steps:
            self._agent = self._ending(False, episode.length)
        return self._automatic is None or self._agent is None

    def result(self) -> EpisodeResult:
        """What is kept of it, once it has ended."""
        if self._automatic is None or self._agent is None:
            raise RuntimeError("the episode has not ended yet")
        instance, left = self.episode.instance, self._reached.copy()
        milestones = []
        for milestone in instance.milestones:
            milestones.append(MilestoneResult(milestone.skill, left[milestone.skill] > 0))
            left[milestone.skill] -= 1
        return EpisodeResult(
            instance.task_id,
            instance.difficulty,
            self._seed,
            instance.instruction,
            self._automatic,
            self._agent,
            self.episode.total_reward,
            self.reference.steps,
            tuple(milestones),
            tuple(self._trace),
            self._said_done,
        )

    def _ending(self, success: bool, steps: int, *, says_done: bool = False) -> Ending:
        return Ending(success, steps, None if success else self._failure(says_done=says_done))

    def _failure(self, *, says_done: bool) -> Failure:
        if self._automatic is not None and self._automatic.success:
            is_still_finished = self.episode.holds()
            return Failure.UNNOTICED if is_still_finished else Failure.UNDONE
        now = facts_of(self.episode.desktop.state())
        if (wrong := self.reference.wrong_change(self._start, now)) is not None:
            return wrong
        if says_done:
            return Failure.DONE_EARLY
        return Failure.IDLE if now == self._start else Failure.OUT_OF_TIME
