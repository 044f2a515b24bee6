"""What a desktop cannot observe: a task that depends on it would never succeed there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from hrlctl.errors import TaskError
from hrlctl.schema.criteria import (
    AllOf,
    AnyOf,
    ChangedOnly,
    DialogAnswered,
    DisplayValue,
    Not,
    Selected,
    Setting,
    Shown,
    TextField,
    WidgetFocused,
)
from hrlctl.schema.custom_criteria import CriterionModel
from hrlctl.schema.task import TaskSpec

UNOBSERVABLE: Final[Mapping[str, frozenset[type[CriterionModel]]]] = {
    "sim": frozenset(),
    # Real programs tell neither their widgets nor what was set or answered.
    "x11": frozenset(
        {
            ChangedOnly, DialogAnswered, DisplayValue, Selected, Setting, Shown, TextField,
            WidgetFocused,
        }
    ),
}  # fmt: skip
"""The criteria that each desktop answers with *unknown*; tests compare it with the desktops."""


def check_observable(spec: TaskSpec) -> None:
    """Whether each desktop that a task is for can observe its success and its milestones.

    Raises:
        TaskError: one cannot; without a place.
    """
    for desktop in spec.desktops:
        unobservable = UNOBSERVABLE.get(desktop, frozenset())
        for fact in (spec.success_criteria, *(m.criteria for m in spec.milestones)):
            for kind in _unanswered(fact, unobservable):
                raise TaskError(
                    f"the desktop {desktop!r} cannot observe {kind!r}: it would never hold there",
                    hint=f"demand something else, or take {desktop!r} out of 'desktops'",
                )


def _unanswered(
    criterion: CriterionModel, unobservable: frozenset[type[CriterionModel]]
) -> Iterator[str]:
    """The kinds by which ``criterion`` can never hold; one alternative that can is enough."""
    match criterion:
        case AllOf(criteria=parts):
            for part in parts:
                yield from _unanswered(part, unobservable)
        case AnyOf(criteria=parts):
            hidden = [list(_unanswered(part, unobservable)) for part in parts]
            if all(hidden):
                yield from (kind for kinds in hidden for kind in kinds)
        case Not(criterion=part):
            # What is not known does not hold, and neither does its opposite.
            yield from _unanswered(part, unobservable)
        case _ if type(criterion) in unobservable:
            yield str(type(criterion).model_fields["kind"].default)
