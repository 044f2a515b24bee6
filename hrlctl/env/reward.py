"""The task reward R = success + milestones + shaping; the check that failing never pays more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from hrlctl.desktop.contract import DesktopState
from hrlctl.env.criteria import Baseline, Verdict, baseline, check
from hrlctl.env.step_rewards import StepRewards
from hrlctl.errors import ConfigurationError, TaskError
from hrlctl.packs import Instance, Task
from hrlctl.packs.reward_terms import WeightedTerm, load_reward_terms, term_weights
from hrlctl.schema.criteria import Criterion
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
        steps: what single steps are worth.
    """

    success: float = 1.0
    milestones: float = 0.5
    shaping: float = 0.1
    terms: tuple[WeightedTerm, ...] = ()
    steps: StepRewards = field(default_factory=StepRewards)

    @classmethod
    def of(cls, environment: EnvironmentConfig) -> RewardScale:
        """What a configuration says.

        Raises:
            UsageError: it names reward terms in a wrong form, or ones that are not installed.
            PackError: a reward term cannot be used.
        """
        weights = term_weights(environment.reward_terms)
        return cls(
            environment.success_reward,
            environment.milestone_reward,
            environment.shaping_reward,
            load_reward_terms(weights),
            StepRewards.of(weights),
        )

    def check(self, tasks: Iterable[Task], gamma: float) -> None:
        """Make sure that any success is worth more than any failure from the same start.

        The least success is one at the last step with no milestone and no step that paid; the best
        failure reaches all milestones at its first and is paid for every step. Potentials add
        nothing to either, since their discounted sums are zero.

        Raises:
            ConfigurationError: for some task failing could pay as much.
        """
        for task in tasks:
            taken, paid = self.steps.bounds(task.max_steps, gamma)
            least = self.success * gamma ** (task.max_steps - 1) + taken
            most = self.milestones + paid
            if least <= most:
                steps_pay = taken or paid
                raise ConfigurationError(
                    f"a late success of {task.id} ({task.max_steps} steps) is worth {least:.3f} at"
                    f" gamma {gamma:g}, no more than a failure"
                    f" {'with all milestones' if self.milestones else 'at its best'} ({most:.3f})",
                    where=f"environment.{'reward_terms' if steps_pay else 'milestone_reward'}",
                    hint="give the terms less weight, or lower the milestones' reward"
                    if steps_pay
                    else "lower the milestones' reward, or raise gamma",
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
        begun = cls(instance, scale, gamma, baseline(state), [])
        begun.latched = [begun._holds(each.criterion, state) for each in instance.milestones]
        return begun

    @property
    def about(self) -> str:
        """What the next open milestone is about; empty without one."""
        milestones = zip(self.instance.milestones, self.latched, strict=True)
        return next((each.about for each, is_latched in milestones if not is_latched), "")

    def succeeds(self, state: DesktopState) -> bool:
        """Whether the task's criteria hold."""
        return self._holds(self.instance.success, state)

    def advance(
        self,
        state: DesktopState,
        *,
        success: bool,
        ends: bool,
        extra: Callable[[str], float] = lambda about: 0.0,
    ) -> tuple[float, list[int]]:
        """The reward of the step that led to ``state``, and the milestones it reached first.

        Args:
            success: whether ``succeeds(state)``.
            ends: whether the episode ends here.
            extra: a further potential, given what the next open milestone is about.
        """
        milestones = self.instance.milestones
        holds = [self._holds(milestone.criterion, state) for milestone in milestones]
        reached = [i for i, now in enumerate(holds) if now and not self.latched[i]]
        for index in reached:
            self.latched[index] = True
        share = 1 / len(milestones) if milestones else 0.0
        potential = 0.0
        if not ends:
            potential = self.scale.shaping * share * sum(holds)
            potential += sum(term.value(self.instance, state) for term in self.scale.terms)
            potential += extra(self.about)
        reward = self.scale.milestones * share * len(reached)
        reward += self.gamma * potential - self.potential
        if success:
            reward += self.scale.success
        self.potential = potential
        return reward, reached

    def _holds(self, criterion: Criterion, state: DesktopState) -> bool:
        try:
            return check(criterion, state, self.start) is Verdict.PASS
        except TaskError as error:  # a criterion of another distribution
            raise TaskError(error.message, where=self.instance.task_id, hint=error.hint) from error
