"""Shaping that other distributions bring along: terms of the reward, weighted by the configuration.

A term is a potential. It pays what it gains from step to step and counts as zero at both ends of an
episode, so its discounted sum is zero whatever happens in between: no weight changes which policy
is best, and none makes a failure worth more than a success (Ng, Harada and Russell, 1999).
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from hrlctl.errors import ConfigurationError, TaskError, UnknownNameError
from hrlctl.packs.discovery import reason_of
from hrlctl.packs.instances import Instance
from hrlctl.packs.plugins import REWARDS_GROUP, find_plugins

if TYPE_CHECKING:
    from hrlctl.desktop.contract import DesktopState

OWN_TERMS: Final = ("action_successful", "cursor_moved_towards_target", "time")
"""Names that no distribution can register: what hrlctl ships, see ``hrlctl.env.step_rewards``."""
_KEY: Final = "environment.reward_terms"
_ENTRY: Final = re.compile(r"([^\s=]+)=(\d+\.?\d*|\.\d+)")


class RewardTerm(ABC):
    """A potential. A distribution registers a subclass, which is made without arguments."""

    @abstractmethod
    def potential(self, instance: Instance, state: DesktopState) -> float:
        """How near ``state`` is to what ``instance`` asks for, from 0 to 1.

        It is asked after every step: it must be quick, and depend on nothing else.
        """


class WeightedTerm(NamedTuple):
    """A term as a run uses it."""

    name: str
    weight: float  # reward for a potential of 1
    term: RewardTerm

    def value(self, instance: Instance, state: DesktopState) -> float:
        """The weighted potential.

        Raises:
            TaskError: the term raises something, or its answer is not from 0 to 1.
        """
        try:
            potential = float(self.term.potential(instance, state))
        except Exception as error:  # somebody else's code
            raise TaskError(
                f"the reward term {self.name!r} raised {reason_of(error)}", where=instance.task_id
            ) from error
        if math.isnan(potential) or not 0 <= potential <= 1:
            raise TaskError(
                f"the reward term {self.name!r} answered {potential:g}, not 0 to 1",
                where=instance.task_id,
            )
        return self.weight * potential


def find_reward_terms() -> Mapping[str, Callable[[], type[RewardTerm]]]:
    """What loads the terms of other distributions, by name."""
    return {
        name: partial(found.load, RewardTerm)  # type: ignore[type-abstract]
        for name, found in find_plugins(REWARDS_GROUP).items()
        if name not in OWN_TERMS
    }


def term_weights(entries: Sequence[str]) -> dict[str, float]:
    """Weights by name, from a configuration's entries, each written as ``name=weight``.

    Raises:
        ConfigurationError: an entry of another form, or a name that stands twice.
        UnknownNameError: the term is neither hrlctl's own nor registered by a distribution.
    """
    weights: dict[str, float] = {}
    for entry in entries:
        found = _ENTRY.fullmatch(entry)
        if found is None:
            raise ConfigurationError(
                f"{entry!r} is not of the form name=weight",
                where=_KEY,
                hint="for example time=0.01; a weight is a number that is not negative",
            )
        name, weight = found.groups()
        if name in weights:
            raise ConfigurationError(f"the reward term {name!r} stands twice", where=_KEY)
        weights[name] = float(weight)
    if unknown := weights.keys() - set(OWN_TERMS):
        known = (*OWN_TERMS, *find_reward_terms())
        for name in sorted(unknown - set(known)):
            raise UnknownNameError("reward term", name, known, where=_KEY)
    return weights


def load_reward_terms(weights: Mapping[str, float]) -> tuple[WeightedTerm, ...]:
    """The terms of other distributions that a configuration names.

    Args:
        weights: by name, as ``term_weights`` gives them; hrlctl's own are left out.

    Raises:
        PackError: a term cannot be used.
    """
    others = {name: weight for name, weight in weights.items() if name not in OWN_TERMS}
    known = find_reward_terms() if others else {}
    return tuple(WeightedTerm(name, weight, known[name]()()) for name, weight in others.items())
