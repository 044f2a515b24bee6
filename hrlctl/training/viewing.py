"""A look over the agent's shoulder, for people."""

from __future__ import annotations

from hrlctl.events import View
from hrlctl.policy.manager import NOTHING_YET, SKILLS
from hrlctl.training.collector import Collector


def view(collector: Collector) -> View:
    """What the first environment's agent sees now, and what it did last."""
    episode = collector.vector.view(0, collector.seen.row(collector.steps))
    skill, slot = int(collector.state.skill[0]), int(collector.state.slot[0])
    has_decided = collector.policy.is_hierarchical and skill != NOTHING_YET
    words = SKILLS[skill].value if has_decided else ""
    if words and slot < len(episode.slots):
        words = f"{words} {episode.slots[slot]!r}"
    return View(
        episode.screen,
        episode.instruction,
        episode.task_id,
        episode.pointer,
        episode.action,
        words,
    )
