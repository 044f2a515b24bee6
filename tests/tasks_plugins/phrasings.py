"""What holds for the phrasings of every pack."""

from __future__ import annotations

from collections.abc import Sequence

from hrlctl.packs import Task


def check_phrasings(task: Task, pack: Sequence[Task], *, at_least: int) -> None:
    """Check that held-out phrasings of ``task`` are new, and made of words that training has.

    Args:
        task: one of ``pack``.
        pack: the tasks whose training phrasings are known.
        at_least: how many phrasings there have to be for training.
    """
    phrasings = task.spec.instruction
    assert len(phrasings.training) >= at_least
    assert len(phrasings.held_out) >= 2
    assert not set(phrasings.training) & set(phrasings.held_out)
    known = {word for other in pack for p in other.spec.instruction.training for word in _words(p)}
    assert {word for p in phrasings.held_out for word in _words(p)} <= known


def _words(phrasing: str) -> set[str]:
    return {word.strip('".,:;?()') for word in phrasing.lower().split() if "{" not in word}
