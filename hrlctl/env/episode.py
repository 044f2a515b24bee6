"""One episode: an instance on a desktop, from its reset to success, ``done`` or its last step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

import numpy as np

from hrlctl.desktop.commands import Done
from hrlctl.desktop.contract import Desktop, Screen
from hrlctl.env.action import Action, ActionSpace, ActionType, Part
from hrlctl.env.observation import Reading, read_instruction
from hrlctl.env.reward import Progress, RewardScale
from hrlctl.packs import Instance
from hrlctl.schema.base import Skill

Termination = Literal["automatic", "agent"]
"""``automatic``: an episode ends at success. ``agent``: only ``done`` or ``max_steps`` end it."""

SKILL_INDEX = {skill: index for index, skill in enumerate(Skill)}
NO_SLOT = -1
"""The slot of a milestone whose ``about`` is not a slot of the instruction."""


class Reached(NamedTuple):
    """A milestone as a training label: its skill and the slot that it is about."""

    skill: int  # index into Skill
    slot: int  # index of an instruction slot, or NO_SLOT


class Outcome(NamedTuple):
    """What one step led to."""

    reward: float
    success: bool
    terminated: bool
    truncated: bool
    reached: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class EpisodeRules:
    """How episodes are rewarded and ended.

    Attributes:
        scale: what each part of the reward is worth.
        gamma: discount of the shaping term.
        termination: who ends an episode.
    """

    scale: RewardScale = field(default_factory=RewardScale)
    gamma: float = 0.99
    termination: Termination = "automatic"


class Episode:
    """An instance being played. Creating it resets the desktop.

    Args:
        instance: what is played.
        desktop: where.
        actions: decodes actions.
        rules: rewards and termination.
    """

    def __init__(
        self, instance: Instance, desktop: Desktop, actions: ActionSpace, rules: EpisodeRules
    ) -> None:
        self.instance = instance
        self.desktop = desktop
        self.actions = actions
        self.rules = rules
        self.reading: Reading = read_instruction(instance.instruction)
        self.length = 0
        self.total_reward = 0.0
        self.succeeded = False
        self.last_action: Action | None = None
        self.is_unchanged = False
        self._seen: Screen | None = None
        self._has_acted = False
        desktop.reset(instance.setup, instance.seed)
        self._progress = Progress.begin(instance, rules.scale, rules.gamma, desktop.state())
        self._reached = [
            Reached(SKILL_INDEX[milestone.skill], _slot_of(milestone.about, self.reading.texts))
            for milestone in instance.milestones
        ]

    @property
    def aim(self) -> Reached | None:
        """The first milestone that is still open, as a training label."""
        latched = self._progress.latched
        return next(
            (r for r, is_latched in zip(self._reached, latched, strict=True) if not is_latched),
            None,
        )

    @property
    def time_left(self) -> float:
        """Share of ``max_steps`` that is left, in [0, 1]."""
        return max(0.0, 1 - self.length / self.instance.max_steps)

    def look(self) -> Screen:
        """The screen now; ``is_unchanged`` says whether it is as it was before the last action."""
        screen = self.desktop.capture()
        if self._seen is None or self._has_acted:
            self.is_unchanged = self._seen is not None and np.array_equal(screen, self._seen)
            self._seen = screen.copy()
            self._has_acted = False
        return screen

    def step(self, action: Action) -> Outcome:
        """Carry out one action, int64, shape (6,)."""
        command = self.actions.decode(action, self.reading.texts)
        is_done = isinstance(command, Done)
        pay = self.rules.scale.steps
        if pay.action_successful:
            self.look()
        if not is_done:
            self.desktop.perform(command)
        self.length += 1
        self._note(action)
        is_changed = False
        if pay.action_successful:
            self.look()
            is_changed = not self.is_unchanged
        state = self.desktop.state()
        holds = self._progress.succeeds(state)
        is_automatic = self.rules.termination == "automatic"
        success = holds and (is_automatic or is_done)
        terminated = success or is_done
        truncated = not terminated and self.length >= self.instance.max_steps
        reward, reached = self._progress.advance(
            state,
            success=success,
            ends=terminated or truncated,
            extra=partial(pay.potential, self.desktop),
        )
        reward += pay.reward(is_changed=is_changed)
        self.total_reward += reward
        self.succeeded = self.succeeded or success
        return Outcome(
            reward, success, terminated, truncated, tuple(self._reached[i] for i in reached)
        )

    def linger(self, action: Action) -> None:
        """Carry out one more action after the end, for screens that show a finished task."""
        self.desktop.perform(self.actions.decode(action, self.reading.texts))
        self._note(action)

    def play_on(self, action: Action) -> None:
        """Carry out an action after success as if the episode went on: time passes, nothing pays.

        What an agent does that has not noticed its success.
        """
        self.linger(action)
        self.length += 1

    def holds(self) -> bool:
        """Whether the criteria hold now."""
        return self._progress.succeeds(self.desktop.state())

    def _note(self, action: Action) -> None:
        self.last_action = action.copy()  # it may be a row that is written again
        self._has_acted = True


def action_types(reading: Reading) -> list[bool]:
    """Which action types can be taken: a text can be typed only if the instruction has a slot."""
    return [kind is not ActionType.TYPE_TEXT or bool(reading.texts) for kind in ActionType]


def describe(action: Action, actions: ActionSpace, texts: Sequence[str]) -> str:
    """An action in words, for people."""
    command = actions.decode(action, texts)
    name = ActionType(int(action[Part.TYPE])).name.lower().replace("_", " ")
    return " ".join([name, *(str(value) for value in command)])


def _slot_of(about: str, texts: Sequence[str]) -> int:
    wanted = about.casefold()
    for index, text in enumerate(texts):
        if text.casefold() == wanted:
            return index
    return NO_SLOT
