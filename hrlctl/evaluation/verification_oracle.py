"""Checks that the oracle's play answers: it succeeds, for a reason, and in the stated steps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from hrlctl.desktop.contract import Desktop, Screen
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.evaluation.verification_play import OracleRun, Play, play_oracle
from hrlctl.evaluation.verification_report import Check, Fault, place_of
from hrlctl.packs import Instance, Task, draw_instance
from hrlctl.packs.instances import TRAINING_SEEDS
from hrlctl.schema.base import Difficulty
from hrlctl.schema.task import OracleStep

ROUNDING: Final = 2
"""Of 255: by so much a real program may draw the edge of a curve otherwise the next time."""
_FEWEST_MAX_STEPS: Final = 10  # that any task may have
_STEPS_ALLOWED: Final = 3  # for each step of the oracle


def check_instance(
    task: Task, instance: Instance, desktop: Desktop, actions: ActionSpace
) -> tuple[OracleRun | None, list[Fault]]:
    """Play one instance by its oracle and, from the same start, by doing nothing.

    Returns:
        How the oracle fared (``None`` without an oracle, or where success holds at the start), and
        what is wrong.
    """
    place = place_of(instance)
    play = Play(instance, desktop, actions)
    picture = desktop.capture().copy()
    if play.succeeds():
        return None, [
            Fault(
                Check.START,
                "reset",
                "success holds before anything is done",
                "let the setup differ from the goal, or demand what has to change",
                place,
            )
        ]
    faults = [
        Fault(
            Check.MILESTONES,
            f"start {index}",
            f"{_milestone(instance, index)} holds before anything is done, so it is never paid",
            "name a fact that a step of the oracle brings about",
            place,
        )
        for index, holds in enumerate(play.held_at_start)
        if holds
    ]
    run = None
    if instance.oracle:
        run = play_oracle(play)
        faults += _oracle_faults(instance, run, play.held_at_start)

    again = draw_instance(task, instance.seed % TRAINING_SEEDS, instance.split)
    idle = Play(again, desktop, actions)
    rounding = 0 if desktop.is_repeatable else ROUNDING
    differing = [
        name
        for name, differs in (
            ("instruction", again.instruction != instance.instruction),
            ("setup", again.setup != instance.setup),
            ("first picture", look_different(desktop.capture(), picture, rounding)),
        )
        if differs
    ]
    if differing:
        faults.append(
            Fault(
                Check.REPEATABLE,
                "instance",
                f"the same seed gives another {' and '.join(differing)} the second time",
                "this is a fault of the desktop, not of the task: please report it",
                place,
            )
        )
    for step in range(instance.max_steps):
        idle.act(actions.encode(ActionType.WAIT))
        if idle.succeeds():
            faults.append(
                Fault(
                    Check.START,
                    "idle",
                    f"doing nothing succeeds at step {step + 1}",
                    "demand something that does not happen by itself",
                    place,
                )
            )
            break
    return run, faults


def look_different(first: Screen, second: Screen, rounding: int) -> bool:
    """Whether a part of a pixel, 0 to 255, differs by more than ``rounding``."""
    return bool((np.abs(first.astype(np.int16) - second) > rounding).any())


def _oracle_faults(instance: Instance, run: OracleRun, at_start: Sequence[bool]) -> Iterator[Fault]:
    place = place_of(instance)
    if not run.solved:
        advice = (
            "make it larger, or point at something that is"
            if run.check is Check.TARGET
            else ("correct the script, the setup or the criteria")
        )
        yield Fault(
            run.check,
            f"step {run.step}",
            run.trouble,
            f"{advice} (the instruction is: {instance.instruction})",
            place,
        )
        return
    for before, after in zip(run.reached, run.reached[1:], strict=False):
        if after < before:
            yield Fault(
                Check.MILESTONES,
                f"order {after}",
                f"{_milestone(instance, before)} is reached before {_milestone(instance, after)}",
                "list milestones in the order in which the oracle reaches them",
                place,
            )
    for index in range(len(instance.milestones)):
        if index not in run.reached and not at_start[index]:
            yield Fault(
                Check.MILESTONES,
                f"never {index}",
                f"{_milestone(instance, index)} does not hold at any step of the oracle",
                "correct its criteria, or leave it out",
                place,
            )


def _milestone(instance: Instance, index: int) -> str:
    return f"milestone {index + 1} ({instance.milestones[index].skill})"


def check_steps(task: Task, measured: int) -> Iterator[Fault]:
    """Whether what the task says of its length is true.

    Args:
        measured: the steps that its oracle needs.
    """
    true_difficulty = Difficulty.of_steps(measured)
    if task.difficulty is not true_difficulty:
        yield Fault(
            Check.STEPS,
            "difficulty",
            f"it says {task.difficulty}, but the oracle's {measured} steps are {true_difficulty}",
            f"write 'difficulty: {true_difficulty}'",
        )
    if measured > task.num_steps:
        yield Fault(
            Check.STEPS,
            "num_steps",
            f"the oracle needs {measured} steps, but num_steps is {task.num_steps}",
            f"write 'num_steps: {measured}'",
        )
    limit = max(_FEWEST_MAX_STEPS, _STEPS_ALLOWED * measured)
    if task.max_steps > limit:
        cause = "max_steps" if task.spec.max_steps else f"three times num_steps ({task.num_steps})"
        advice = f"max_steps: {limit}" if task.spec.max_steps else f"num_steps: {measured}"
        yield Fault(
            Check.STEPS,
            "max_steps",
            f"an episode may take {task.max_steps} steps, by {cause}, but {limit} is the most for"
            f" an oracle that needs {measured}",
            f"write '{advice}'",
        )


def check_necessity(
    instance: Instance, run: OracleRun, desktop: Desktop, actions: ActionSpace
) -> Iterator[Fault]:
    """Whether the oracle also succeeds without one of the steps that it took."""
    script = instance.oracle
    for index in range(len(script)):
        # Steps after success were not taken; leaving them out shows that they are not needed.
        if index not in run.acted and index < run.steps:
            continue
        shorter = replace(instance, oracle=script[:index] + script[index + 1 :])
        if play_oracle(Play(shorter, desktop, actions)).solved:
            yield Fault(
                Check.SUPERFLUOUS,
                f"step {index}",
                f"the oracle succeeds without its step {index + 1} ({_in_words(script[index])})",
                "leave the step out, or demand what it does",
                place_of(instance),
            )


def _in_words(step: OracleStep) -> str:
    """A step, short: its action and what it is about."""
    about = step.model_dump(by_alias=True, exclude_none=True, exclude={"action"}, warnings=False)
    words: list[str] = []
    for value in about.values():
        words += (str(v) for v in value.values()) if isinstance(value, dict) else [str(value)]
    return " ".join([step.action.replace("_", " "), *words])
