"""One episode judged under both terminations, and why it failed."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from hrlctl.desktop.contract import Locator
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import Action, ActionSpace, ActionType
from hrlctl.env.episode import Episode, EpisodeRules
from hrlctl.env.oracle import Oracle
from hrlctl.evaluation.reference import Facts, Reference
from hrlctl.evaluation.results import EpisodeResult, Failure
from hrlctl.evaluation.trial import Trial
from hrlctl.packs import Instance, draw_instance, load_packs
from hrlctl.schema.base import Split

ACTIONS = ActionSpace(160, 120)
WAIT = ACTIONS.encode(ActionType.WAIT)
REGISTRY = load_packs(["desktop_basics"])

Policy = Callable[[SimDesktop, int], tuple[Action, bool]]
"""From the desktop and the step's number (from 0) to an action and whether the agent says done."""


def instance_of(task: str, seed: int = 5) -> Instance:
    return draw_instance(REGISTRY.task(f"desktop_basics/{task}"), seed, Split.SEEDS)


def play(instance: Instance, policy: Policy) -> EpisodeResult:
    desktop = SimDesktop(160, 120)
    reference = Reference.of(instance, desktop, ACTIONS)
    trial = Trial(Episode(instance, desktop, ACTIONS, EpisodeRules()), 5, reference)
    step = 0
    while True:
        action, says_done = policy(desktop, step)
        if not trial.step(action, None, 0, says_done=says_done):
            return trial.result()
        step += 1


def solving(instance: Instance, done_after: int | None = None) -> Policy:
    """The oracle, which then waits; it says done after so many steps."""
    oracle = Oracle(instance, ACTIONS)

    def act(desktop: SimDesktop, step: int) -> tuple[Action, bool]:
        action = oracle.next_action(desktop)
        return WAIT if action is None else action, step == done_after

    return act


def waiting(done_after: int | None = None) -> Policy:
    return lambda desktop, step: (WAIT, step == done_after)


@pytest.fixture
def save_word() -> Instance:
    return instance_of("save-word")


def test_an_agent_that_stops_in_time_succeeds_both_ways(save_word: Instance) -> None:
    needed = Reference.of(save_word, SimDesktop(160, 120), ACTIONS).steps
    assert needed is not None
    result = play(save_word, solving(save_word, needed))
    assert (result.automatic.success, result.automatic.steps) == (True, needed)
    assert (result.agent.success, result.agent.steps) == (True, needed + 1)
    assert (result.said_done, result.oracle_steps, len(result.trace)) == (needed, needed, needed)
    assert all(milestone.reached for milestone in result.milestones)


def test_an_agent_that_never_stops_succeeds_only_automatically(save_word: Instance) -> None:
    result = play(save_word, solving(save_word))
    assert result.automatic.success
    assert result.agent.failure is Failure.UNNOTICED
    assert result.agent.steps == len(result.trace) == save_word.max_steps


def test_an_agent_that_stops_too_early_fails_and_what_it_would_have_done_counts_automatically(
    save_word: Instance,
) -> None:
    result = play(save_word, solving(save_word, 1))
    assert (result.agent.failure, result.agent.steps) == (Failure.DONE_EARLY, 2)
    assert result.automatic.success


def test_the_return_is_that_of_training(save_word: Instance) -> None:
    episode = Episode(save_word, SimDesktop(160, 120), ACTIONS, EpisodeRules())
    oracle = Oracle(save_word, ACTIONS)
    while (action := oracle.next_action(episode.desktop)) is not None:
        episode.step(action)
    assert play(save_word, solving(save_word)).episode_return == episode.total_reward


def test_an_agent_that_does_nothing(save_word: Instance) -> None:
    result = play(save_word, waiting())
    assert {result.agent.failure, result.automatic.failure} == {Failure.IDLE}
    assert result.automatic.steps == save_word.max_steps


def test_an_agent_that_stops_half_way(save_word: Instance) -> None:
    solve = solving(save_word)
    result = play(save_word, lambda desktop, step: solve(desktop, 0) if step < 1 else (WAIT, False))
    assert result.automatic.failure is Failure.OUT_OF_TIME


def test_an_agent_that_undoes_its_success() -> None:
    instance = instance_of("open-icon")
    solve = solving(instance)
    close = ACTIONS.encode(ActionType.PRESS, key="alt+f4")
    result = play(
        instance,
        lambda desktop, step: solve(desktop, step) if step < 1 else (close, step == 3),
    )
    assert result.automatic.success
    assert result.agent.failure is Failure.UNDONE


def test_closing_another_window_is_a_wrong_window() -> None:
    instance = instance_of("minimize-window")
    wanted = solving(instance)

    def close_another(desktop: SimDesktop, step: int) -> tuple[Action, bool]:
        target = instance.oracle[0].target.name  # type: ignore[union-attr]
        others = [w.title for w in desktop.state().windows if w.title != target]
        rect = desktop.locate(Locator("close_button", others[-1])) if others else None
        cell = None if rect is None or step else ACTIONS.cell_in(rect)
        if cell is None:
            return WAIT, False
        return ACTIONS.encode(ActionType.CLICK, pointer=cell), False

    assert play(instance, wanted).automatic.success
    assert play(instance, close_another).automatic.failure is Failure.WRONG_WINDOW


def test_changes_are_judged_by_what_the_oracle_changes() -> None:
    box, name = ("widget", "Settings", "check_box", "Sound"), ("setting", "name")
    reference = Reference(
        2,
        {
            box: frozenset({False, True}),
            name: frozenset({"old"}),
            ("window", "Saving"): frozenset({"absent", (False, False)}),
        },
    )
    start: Facts = {box: False, name: "old"}

    def judged(facts: Facts) -> Failure | None:
        return reference.wrong_change(start, {**start, **facts})

    assert judged({}) is None
    assert judged({box: True, ("window", "Saving"): (False, False)}) is None
    assert judged({box: "half"}) is Failure.WRONG_VALUE
    assert judged({box: "half", name: "new"}) is Failure.WRONG_THING
    assert judged({name: "new", ("window", "Odd"): (False, False)}) is Failure.WRONG_WINDOW
    assert Reference(None, {}).wrong_change(start, {}) is None


def test_a_task_without_an_oracle_has_no_reference(save_word: Instance) -> None:
    unsolved = dataclasses.replace(save_word, oracle=())
    assert play(unsolved, waiting()).oracle_steps is None
