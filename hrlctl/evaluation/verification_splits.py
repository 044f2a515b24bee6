"""Whether what is held out for evaluation is never seen in training."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from hrlctl.desktop.sim.layout import layouts
from hrlctl.desktop.sim.themes import themes
from hrlctl.desktop.sim.wallpapers import wallpapers
from hrlctl.evaluation.verification_report import Check, Fault
from hrlctl.packs import Instance, Task
from hrlctl.schema.task import (
    Choice,
    ChoiceParameter,
    NameParameter,
    NumberParameter,
    WordParameter,
)


def check_splits(task: Task, instances: Sequence[Instance]) -> Iterator[Fault]:
    """Whether phrasings, values and looks of the splits meet: as written, and as drawn.

    Args:
        instances: of all splits.
    """
    phrasings = task.spec.instruction
    yield from _shared(
        "phrasings",
        "the phrasing",
        map(_plain, phrasings.training),
        map(_plain, phrasings.held_out),
        "word the held-out one otherwise",
    )
    for name, parameter in task.spec.parameters.items():
        if isinstance(parameter, ChoiceParameter):
            yield from _shared(
                name,
                f"the value of '{name}'",
                map(_value, parameter.training),
                map(_value, parameter.held_out),
                "take it out of 'training' or out of 'held_out'",
            )
        elif isinstance(parameter, WordParameter | NameParameter | NumberParameter):
            drawn = [(i.split.holds_out_words, _value(i.parameters[name])) for i in instances]
            yield from _shared(
                name,
                f"the drawn value of '{name}'",
                (value for is_held_out, value in drawn if not is_held_out),
                (value for is_held_out, value in drawn if is_held_out),
                "this is a fault of hrlctl's words, not of the task: please report it",
            )
    yield from _looks(instances)


def _looks(instances: Sequence[Instance]) -> Iterator[Fault]:
    hint = "this is a fault of hrlctl's simulator, not of the task: please report it"
    for kind, training, held_out in (
        (
            "theme",
            [theme.name for theme in themes(held_out=False)],
            [theme.name for theme in themes(held_out=True)],
        ),
        (
            "layout",
            [layout.name for layout in layouts(held_out=False)],
            [layout.name for layout in layouts(held_out=True)],
        ),
        ("wallpaper", wallpapers(held_out=False), wallpapers(held_out=True)),
    ):
        yield from _shared(kind, f"the {kind}", training, held_out, hint)
    for instance in instances:
        variation, split = instance.setup.variation, instance.split
        if variation.held_out_themes != split.holds_out_themes or (
            variation.held_out_layouts != split.holds_out_layouts
        ):
            yield Fault(
                Check.SPLITS,
                "variation",
                f"the desktop of the split '{split}' does not draw that split's themes and layouts",
                hint,
            )


def remarks_on(task: Task) -> Iterator[str]:
    """What a split cannot hold out because the task leaves it nothing to hold out."""
    if not task.spec.instruction.held_out:
        yield "no held-out phrasings: evaluation on 'themes' uses those of training"
    holds_out_values = any(
        bool(parameter.held_out)
        if isinstance(parameter, ChoiceParameter)
        else isinstance(parameter, WordParameter | NameParameter | NumberParameter)
        for parameter in task.spec.parameters.values()
    )
    if not holds_out_values:
        yield "no held-out values: evaluation on 'words' uses those of training"


def _shared(
    about: str, what: str, training: Iterable[str], held_out: Iterable[str], hint: str
) -> Iterator[Fault]:
    """A fault if something is both."""
    both = sorted(set(training) & set(held_out))
    if both:
        others = f" and {len(both) - 1} more" if len(both) > 1 else ""
        verb = "are" if others else "is"
        yield Fault(
            Check.SPLITS,
            about,
            f"{what} {both[0]}{others} {verb} both trained on and held out",
            hint,
        )


def _plain(phrasing: str) -> str:
    """A phrasing as the agent tells it from others: without regard to case and spaces."""
    return repr(" ".join(phrasing.casefold().split()))


def _value(value: Choice) -> str:
    if isinstance(value, Mapping):
        return json.dumps({key: _value(part) for key, part in value.items()}, sort_keys=True)
    return str(value).casefold()
