"""How the oracle solves an instance: a measure of an agent's steps and of what it changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from hrlctl.desktop.contract import Desktop, DesktopState, Unknown
from hrlctl.env.action import ActionSpace
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.errors import TaskError
from hrlctl.evaluation.results import Failure
from hrlctl.packs import Instance

FactKey = tuple[str, ...]
"""What a fact is about: its kind (``window``, ``file`` ...) and its names."""
Facts = Mapping[FactKey, object]

_ABSENT: Final = "absent"  # equal in every process, unlike an object


def facts_of(state: DesktopState) -> Facts:
    """What an agent can change, copied out of ``state``; focus is not among it."""
    facts: dict[FactKey, object] = {}
    if not isinstance(state.windows, Unknown):
        for window in state.windows:
            facts["window", window.title] = (window.is_minimized, window.is_maximized)
    if not isinstance(state.widgets, Unknown):
        for widget in state.widgets:
            if widget.value is not None:
                facts["widget", widget.window, widget.role, widget.name] = widget.value
    for kind, values in (
        ("file", state.files),
        ("setting", state.settings),
        ("answer", state.answers),
    ):
        if not isinstance(values, Unknown):
            facts |= {(kind, name): value for name, value in values.items()}
    return facts


class Reference(NamedTuple):
    """What the oracle needs and what it changes.

    Attributes:
        steps: how many it needs; ``None`` where there is no oracle or it does not succeed.
        seen: every value that each fact had on its way, ``_ABSENT`` among them.
    """

    steps: int | None
    seen: Mapping[FactKey, frozenset[object]]

    @classmethod
    def of(cls, instance: Instance, desktop: Desktop, actions: ActionSpace) -> Reference:
        """Let the oracle play ``instance`` on ``desktop``, which is reset."""
        episode = Episode(instance, desktop, actions, EpisodeRules())
        states = [facts_of(desktop.state())]
        oracle = Oracle(instance, actions)
        try:
            while (action := oracle.next_action(desktop)) is not None:
                outcome = episode.step(action)
                states.append(facts_of(desktop.state()))
                if outcome.terminated or outcome.truncated:
                    break
        except TaskError:  # a fault of the task, not of the agent: 'tasks verify' explains it
            return cls(None, {})
        if not episode.succeeded:
            return cls(None, {})
        seen: dict[FactKey, set[object]] = defaultdict(set)
        for key in {key for facts in states for key in facts}:
            seen[key] = {facts.get(key, _ABSENT) for facts in states}
        return cls(episode.length, {key: frozenset(values) for key, values in seen.items()})

    def wrong_change(self, start: Facts, end: Facts) -> Failure | None:
        """What is different at ``end`` that the oracle never made so, the worst first."""
        if self.steps is None:
            return None
        found = set()
        for key in start.keys() | end.keys():
            value = end.get(key, _ABSENT)
            allowed = self.seen.get(key, frozenset({_ABSENT}))
            if value == start.get(key, _ABSENT) or value in allowed:
                continue
            if len(allowed) > 1:
                found.add(Failure.WRONG_VALUE)
            else:
                found.add(Failure.WRONG_WINDOW if key[0] == "window" else Failure.WRONG_THING)
        return next((failure for failure in Failure if failure in found), None)
