"""Agents that cannot read: a task that one of them solves does not ask for what it says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np

from hrlctl.desktop.contract import Desktop, Locator, Unknown
from hrlctl.env.action import Action, ActionSpace, ActionType, Part
from hrlctl.env.episode import action_types
from hrlctl.env.observation import read_instruction
from hrlctl.errors import TaskError
from hrlctl.evaluation.verification_play import Play, Script
from hrlctl.evaluation.verification_report import Check, Fault, place_of
from hrlctl.packs import Instance
from hrlctl.schema.task import PointStep

MAX_RANDOM_RATE: Final = 0.05
"""Share of the tries that chance may solve."""
_SCREENS: Final = 3  # how often every cell is clicked: clicks bring up what was not there before
_MAX_CLOSED: Final = 20  # windows; a dialog may come back as often as it is closed


class RandomPlay(NamedTuple):
    """What a random agent reached; ``first`` is the first instance that it solved."""

    solved: int
    tries: int
    first: Instance | None


def play_at_random(
    instances: Sequence[Instance],
    desktop: Desktop,
    actions: ActionSpace,
    rng: np.random.Generator,
) -> RandomPlay:
    """Try each instance once, with actions drawn evenly from those that can be taken.

    Each part of an action is drawn on its own. ``done`` is left out, as in training: it could only
    end a try early.
    """
    solved, first = 0, None
    for instance in instances:
        play = Play(instance, desktop, actions)
        for action in _random_actions(instance, actions, rng):
            play.act(action)
            if play.succeeds():
                solved += 1
                first = first or instance
                break
    return RandomPlay(solved, len(instances), first)


def _random_actions(instance: Instance, actions: ActionSpace, rng: np.random.Generator) -> Action:
    """``max_steps`` actions, int64, shape (max_steps, 6)."""
    reading = read_instruction(instance.instruction)
    kinds = [
        kind
        for kind, can_be_taken in zip(ActionType, action_types(reading), strict=True)
        if can_be_taken and kind is not ActionType.DONE
    ]
    drawn = rng.integers(actions.sizes, size=(instance.max_steps, len(actions.sizes)))
    drawn[:, Part.TYPE] = rng.choice(kinds, size=instance.max_steps)
    drawn[:, Part.SLOT] = rng.integers(max(1, len(reading.texts)), size=instance.max_steps)
    return drawn


def check_chance(played: RandomPlay) -> Iterator[Fault]:
    """Whether a random agent succeeds more often than it may."""
    if played.first is not None and played.solved > MAX_RANDOM_RATE * played.tries:
        yield Fault(
            Check.RANDOM,
            "random",
            f"a random agent solves {played.solved} of {played.tries} tries"
            f" ({played.solved / played.tries:.0%}, at most {MAX_RANDOM_RATE:.0%} may be luck),"
            f" the first at {place_of(played.first)}",
            "demand more, or 'changed_only', or set up more that can go wrong",
        )


def check_blind_agents(
    instance: Instance, desktop: Desktop, actions: ActionSpace
) -> Iterator[Fault]:
    """Whether an agent solves ``instance`` that does the same to everything.

    What such an agent leaves behind counts, not what holds for a moment on the way: whoever closes
    every window closes the right one, too.
    """
    for name, succeeds in _AGENTS.items():
        if succeeds(Play(instance, desktop, actions)):
            yield Fault(
                Check.BLIND,
                name,
                f"an agent that {name} solves it",
                "demand 'changed_only' of what the task is about, or set up something that must"
                " stay as it is",
                place_of(instance),
            )


def _clicks_everything(play: Play) -> bool:
    actions = play.actions
    for _ in range(_SCREENS):
        for cell in range(actions.rows * actions.columns):
            play.act(actions.encode(ActionType.CLICK, pointer=cell))
        if play.succeeds():
            return True
    return False


def _closes_every_window(play: Play) -> bool:
    for _ in range(_MAX_CLOSED):
        if not _click(play, Locator("close_button")):
            break
    return play.succeeds()


def _toggles_every_check_box(play: Play) -> bool:
    """At the start, or on the way: as an oracle that, meaning one, toggles its neighbours, too."""
    for box in _check_boxes(play, window=None):
        _click(play, box)
    if play.succeeds():
        return True
    again = Play(play.instance, play.desktop, play.actions)
    return _succeeds_carelessly(again)


def _succeeds_carelessly(play: Play) -> bool:
    meant = {
        place: step.target
        for place, step in enumerate(play.instance.oracle)
        if isinstance(step, PointStep) and step.target.role == "check_box"
    }
    names = {(target.name or "").casefold() for target in meant.values()}
    script = Script(play.instance, play.actions)
    others: list[Locator] = []
    try:
        while (action := script.next_action(play.desktop)) is not None:
            play.act(action)
            target = meant.get(script.begun - 1)
            if target is not None and not others:
                boxes = _check_boxes(play, target.window)
                others = [box for box in boxes if (box.name or "").casefold() not in names]
                for box in others:
                    _click(play, box)
    except TaskError:  # what comes next is not there any more
        return False
    return bool(others) and play.succeeds()


def _check_boxes(play: Play, window: str | None) -> list[Locator]:
    """The check boxes in sight, of one window or of all."""
    widgets = play.desktop.state().widgets
    if isinstance(widgets, Unknown):
        return []
    return [
        locator
        for widget in widgets
        if widget.role == "check_box"
        and (window is None or widget.window.casefold() == window.casefold())
        and play.desktop.locate(locator := Locator("check_box", widget.name, widget.window))
        is not None
    ]


def _click(play: Play, locator: Locator) -> bool:
    """Click something; ``False`` where it cannot be reached."""
    rect = play.desktop.locate(locator)
    cell = None if rect is None else play.actions.cell_in(rect)
    if cell is None:
        return False
    play.act(play.actions.encode(ActionType.CLICK, pointer=cell))
    return True


_AGENTS: Final[Mapping[str, Callable[[Play], bool]]] = {
    "clicks everything": _clicks_everything,
    "closes every window": _closes_every_window,
    "toggles every check box": _toggles_every_check_box,
}
