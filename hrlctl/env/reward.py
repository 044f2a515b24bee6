"""The task reward R = success + milestones + shaping; the check that failing never pays more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hrlctl.desktop.contract import DesktopState
from hrlctl.env.criteria import Baseline, Verdict, baseline, check
from hrlctl.errors import ConfigurationError
from hrlctl.packs import Instance, Task
from hrlctl.packs.reward_terms import WeightedTerm, load_reward_terms
from hrlctl.schema.run import EnvironmentConfig


@dataclass(frozen=True, slots=True)
class RewardScale:
    """How much each part of R is worth.

    Attributes:
        success: paid once, when the criteria hold.
        milestones: paid in equal shares, one for each milestone, each once an episode.
        shaping: the potential of a state in which all milestones hold at once. The potential of
            other states is the share that holds; it is zero at both ends of an episode, so it
            changes no optimal policy (Ng, Harada and Russell, 1999).
        terms: further potentials, of other distributions; what holds of shaping holds of them.
    """

    success: float = 1.0
    milestones: float = 0.5
    shaping: float = 0.1
    terms: tuple[WeightedTerm, ...] = ()

    @classmethod
    def of(cls, environment: EnvironmentConfig) -> RewardScale:
        """What a configuration says.

        Raises:
            UsageError: it names reward terms in a wrong form, or ones that are not installed.
            PackError: a reward term cannot be used.
        """
        return cls(
            environment.success_reward,
            environment.milestone_reward,
            environment.shaping_reward,
            load_reward_terms(environment.reward_terms),
        )

    def check(self, tasks: Iterable[Task], gamma: float) -> None:
        """Make sure that any success is worth more than any failure from the same start.

        The least success is one at the last step with no milestone; the best failure reaches all
        milestones at its first. Shaping adds nothing to either, since its discounted sum is zero.

        Raises:
            ConfigurationError: for some task failing could pay as much.
        """
        for task in tasks:
            least = self.success * gamma ** (task.max_steps - 1)
            if least <= self.milestones:
                raise ConfigurationError(
                    f"a late success of {task.id} ({task.max_steps} steps) is worth {least:.3f} at"
                    f" gamma {gamma:g}, no more than a failure with all milestones"
                    f" ({self.milestones:g})",
                    where="environment.milestone_reward",
                    hint="lower the milestones' reward, or raise gamma",
                )


@dataclass(slots=True)
class Progress:
    """What an episode has reached so far, and the reward that its last step earned."""

    instance: Instance
    scale: RewardScale
    gamma: float
    start: Baseline
    latched: list[bool]
    potential: float = 0.0

    @classmethod
    def begin(
        cls, instance: Instance, scale: RewardScale, gamma: float, state: DesktopState
    ) -> Progress:
        """An episode that starts in ``state``; a milestone that holds there is never paid."""
        start = baseline(state)
        holds = [
            check(milestone.criterion, state, start) is Verdict.PASS
            for milestone in instance.milestones
        ]
        return cls(instance, scale, gamma, start, holds)

    def succeeds(self, state: DesktopState) -> bool:
        """Whether the task's criteria hold."""
        return check(self.instance.success, state, self.start) is Verdict.PASS

    def advance(self, state: DesktopState, *, success: bool, ends: bool) -> tuple[float, list[int]]:
        """The reward of the step that led to ``state``, and the milestones it reached first.

        Args:
            success: whether ``succeeds(state)``.
            ends: whether the episode ends here.
        """
        milestones = self.instance.milestones
        holds = [
            check(milestone.criterion, state, self.start) is Verdict.PASS
            for milestone in milestones
        ]
        reached = [i for i, now in enumerate(holds) if now and not self.latched[i]]
        for index in reached:
            self.latched[index] = True
        share = 1 / len(milestones) if milestones else 0.0
        potential = 0.0
        if not ends:
            potential = self.scale.shaping * share * sum(holds)
            potential += sum(term.value(self.instance, state) for term in self.scale.terms)
        reward = self.scale.milestones * share * len(reached)
        reward += self.gamma * potential - self.potential
        if success:
            reward += self.scale.success
        self.potential = potential
        return reward, reached
