"""Playing an instance to verify it: by its oracle, or action by action."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from hrlctl.desktop.contract import Desktop, Locator
from hrlctl.env.action import Action, ActionSpace
from hrlctl.env.criteria import Verdict, check
from hrlctl.env.observation import read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.env.reward import Progress, RewardScale
from hrlctl.errors import TaskError
from hrlctl.evaluation.verification_report import Check
from hrlctl.packs import Instance
from hrlctl.schema.criteria import AllOf
from hrlctl.schema.task import DragStep, OracleStep, PointStep, ScrollStep, Target

_SCALE: Final = RewardScale()  # what anything is worth does not matter here


class Play:
    """An instance on a desktop, and what its criteria say. Creating it resets the desktop.

    Args:
        instance: what is played.
        desktop: where.
        actions: decodes actions.
    """

    def __init__(self, instance: Instance, desktop: Desktop, actions: ActionSpace) -> None:
        self.instance, self.desktop, self.actions = instance, desktop, actions
        self.texts = read_instruction(instance.instruction).texts
        desktop.reset(instance.setup, instance.seed)
        self._progress = Progress.begin(instance, _SCALE, 1.0, desktop.state())
        self.held_at_start: Final = tuple(self._progress.latched)  # one for each milestone

    def act(self, action: Action) -> None:
        """Carry out one action, int64, shape (6,)."""
        self.desktop.perform(self.actions.decode(action, self.texts))

    def succeeds(self) -> bool:
        """Whether the criteria hold now."""
        return self._progress.succeeds(self.desktop.state())

    def newly_reached(self) -> list[int]:
        """The milestones that hold now and never did before, by their places in the task."""
        return self._progress.advance(self.desktop.state(), success=False, ends=False)[1]

    def unmet(self) -> str:
        """The criteria that do not hold now, as a task writes them."""
        success = self.instance.success
        state = self.desktop.state()
        parts = []
        for fact in success.criteria if isinstance(success, AllOf) else (success,):
            verdict = check(fact, state, self._progress.start)
            if verdict is not Verdict.PASS:
                about = fact.model_dump(mode="json", exclude={"kind"}, warnings=False)
                unknown = " (unknown on this desktop)" if verdict is Verdict.UNKNOWN else ""
                parts.append(f"{fact.kind} {json.dumps(about, ensure_ascii=False)}{unknown}")
        return ", ".join(parts)


class OracleRun(NamedTuple):
    """How the oracle fared on one instance.

    Attributes:
        solved: the criteria held after some action; the oracle then stops, as an episode does.
        steps: of the script up to there; a ``scroll`` with ``until`` counts as one.
        actions: how many there were.
        acted: the places of the steps that took an action; an ``until`` may need none.
        reached: milestones in the order in which they were reached.
        trouble: why it was not solved, and the check that this falls under.
        step: the place of the step that could not be taken.
    """

    solved: bool
    steps: int
    actions: int
    acted: frozenset[int]
    reached: tuple[int, ...]
    trouble: str = ""
    check: Check = Check.ORACLE
    step: int | None = None


class Script(Oracle):
    """An oracle that says where in its script it is."""

    @property
    def position(self) -> int:
        """The place of the step that comes next, or that the wheel is still being turned for."""
        return self._position

    @property
    def begun(self) -> int:
        """How many steps of the script have been begun."""
        return self._position + (self._scrolls > 0)


def play_oracle(play: Play) -> OracleRun:
    """Let the oracle play until it succeeds, or as far as it comes."""
    instance = play.instance
    script = Script(instance, play.actions)
    count, acted, reached = 0, set[int](), list[int]()

    def ended(trouble: str = "", fault: Check = Check.ORACLE, step: int | None = None) -> OracleRun:
        return OracleRun(
            not trouble, script.begun, count, frozenset(acted), tuple(reached), trouble, fault, step
        )

    while True:
        try:
            action = script.next_action(play.desktop)
        except TaskError as error:
            step = script.position
            is_too_small = _holds_no_centre(instance.oracle[step], play)
            return ended(error.message, Check.TARGET if is_too_small else Check.ORACLE, step)
        if action is None:
            return ended(f"the oracle ends without success: {play.unmet()} does not hold")
        if count == instance.max_steps:
            return ended(f"the oracle needs more than max_steps ({instance.max_steps}) actions")
        play.act(action)
        count += 1
        acted.add(script.begun - 1)
        reached += play.newly_reached()
        if play.succeeds():
            return ended()


def _holds_no_centre(step: OracleStep, play: Play) -> bool:
    """Whether something that ``step`` points at can be seen but not be pointed at."""
    for target in _targets(step):
        at = None if target.at is None else int(target.at) / 100
        rect = play.desktop.locate(Locator(target.role, target.name, target.window, at))
        if rect is not None and play.actions.cell_in(rect) is None:
            return True
    return False


def _targets(step: OracleStep) -> tuple[Target, ...]:
    match step:
        case PointStep() | ScrollStep():
            return (step.target,)
        case DragStep():
            return step.start, step.end
        case _:
            return ()
