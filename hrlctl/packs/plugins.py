"""Criteria and reward terms of other distributions, found through entry points.

An entry point names a class, ``module:Class``, and its name is what files call it. Nothing is
imported before a task or a configuration names it.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from importlib.metadata import EntryPoint
from typing import Final, TypeVar

from hrlctl.errors import PackError
from hrlctl.packs.discovery import find_entry_points, origin_of, reason_of
from hrlctl.schema.criteria import CRITERIA
from hrlctl.schema.custom_criteria import CustomCriteria, CustomCriterion

CRITERIA_GROUP: Final = "hrlctl.criteria.v1"
REWARDS_GROUP: Final = "hrlctl.rewards.v1"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundPlugin:
    """The entry points that say where the class of a name is; there should be one.

    Attributes:
        name: what files call it.
        entry_points: of one group.
    """

    name: str
    entry_points: tuple[EntryPoint, ...]

    @property
    def distributions(self) -> str:
        """Who installs it, in words."""
        return " and ".join(origin_of(point)[0] for point in self.entry_points)

    def load(self, base: type[T]) -> type[T]:
        """Import the class.

        Raises:
            PackError: that fails, it is no subclass of ``base`` or lacks something, or several
                distributions register the name.
        """
        if len(self.entry_points) > 1:
            raise PackError(
                f"{self.distributions} both register {self.name!r}",
                hint="uninstall one of them",
            )
        try:
            loaded = self.entry_points[0].load()
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # somebody else's code: whatever it raises is the reason
            raise self._broken(f"importing it raised {reason_of(error)}") from None
        if not (isinstance(loaded, type) and issubclass(loaded, base)):
            raise self._broken(f"{loaded!r} is no subclass of {base.__name__}")
        if inspect.isabstract(loaded):
            lacking = ", ".join(sorted(getattr(loaded, "__abstractmethods__", ())))
            raise self._broken(f"{loaded.__name__} does not define {lacking}")
        return loaded

    def _broken(self, reason: str) -> PackError:
        return PackError(
            f"{self.distributions} registers {self.name!r}, but {reason}",
            hint=f"repair or uninstall {self.distributions}",
        )


def find_plugins(group: str) -> Mapping[str, FoundPlugin]:
    """What is registered in a group, by name."""
    found = defaultdict(list)
    for point in find_entry_points(group):
        found[point.name].append(point)
    return {name: FoundPlugin(name, tuple(points)) for name, points in found.items()}


def find_criteria() -> CustomCriteria:
    """What loads the criteria of other distributions, by kind."""
    return {
        kind: partial(load_criterion, found) for kind, found in find_plugins(CRITERIA_GROUP).items()
    }


def load_criterion(found: FoundPlugin) -> type[CustomCriterion]:
    """The class of a criterion, checked for what files rely on.

    Raises:
        PackError: it cannot be used.
    """
    if found.name in CRITERIA:
        raise PackError(
            f"{found.distributions} registers {found.name!r}, which is a criterion of hrlctl's own",
            hint="it needs another name",
        )
    model = found.load(CustomCriterion)  # type: ignore[type-abstract]
    shorthand = getattr(model, "shorthand", None)
    if shorthand not in model.model_fields:
        raise PackError(
            f"{found.distributions} registers {found.name!r}, but 'shorthand' of {model.__name__}"
            " names none of its fields",
            hint="set it to the argument that may stand alone",
        )
    return model
