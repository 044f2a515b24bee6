"""What all criteria share, and the criteria that other distributions bring along."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import TypeAdapter, ValidationInfo
from pydantic_core import PydanticCustomError

from hrlctl.errors import HrlctlError
from hrlctl.schema.base import StrictModel

if TYPE_CHECKING:
    from hrlctl.desktop.contract import DesktopState

_FIND: Final = "find_custom_criteria"


class CriterionModel(StrictModel):
    """What all criteria share. ``shorthand`` names the argument that may stand alone."""

    shorthand: ClassVar[str]


class CustomCriterion(CriterionModel):
    """A criterion of another distribution, which registers a subclass under its kind.

    The arguments are pydantic fields, texts may hold templates, and a field ``path`` may not leave
    the episode's home folder. The docstring's first line says when it holds.
    """

    kind: str  # the entry point's name

    @abstractmethod
    def holds(self, state: DesktopState) -> bool | None:
        """Whether it holds in ``state``; ``None`` where the desktop cannot observe it.

        It is asked after every step: it must be quick, and depend on nothing else.
        """


CustomCriteria = Mapping[str, Callable[[], type[CustomCriterion]]]
"""By kind what imports the class, or raises a ``PackError`` where it cannot be used."""


def custom_context(find: Callable[[], CustomCriteria]) -> dict[str, Any]:
    """The context of a validation that looks there for kinds that are not this package's."""
    return {_FIND: find}


def custom_criteria(info: ValidationInfo) -> CustomCriteria:
    """Those that the validation was given."""
    find = (info.context or {}).get(_FIND)
    found: CustomCriteria = find() if find else {}
    return found


def load_custom(kind: str, info: ValidationInfo) -> type[CustomCriterion]:
    """The class of this kind; why it cannot be used is a fault of the place that names it."""
    try:
        return custom_criteria(info)[kind]()
    except HrlctlError as error:
        raise PydanticCustomError(
            "broken_criterion",
            "the criterion '{key}' cannot be used: {reason}",
            {"key": kind, "reason": error.message, "hint": error.hint},
        ) from None


def validate_custom(kind: str, explicit: dict[str, Any], info: ValidationInfo) -> CustomCriterion:
    """The criterion that the explicit form stands for; its kind is part of every fault's place."""
    adapter = _adapter(load_custom(kind, info))
    return adapter.validate_python({kind: explicit}, context=info.context)[kind]


@cache
def _adapter(model: type[CustomCriterion]) -> TypeAdapter[dict[str, CustomCriterion]]:
    return TypeAdapter(dict[str, model])  # type: ignore[valid-type]
