"""Episodes: how they begin, what a step leads to, and how they end."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.action import ActionSpace, ActionType
from hrlctl.env.episode import NO_SLOT, SKILL_INDEX, Episode, EpisodeRules, action_types, describe
from hrlctl.env.observation import read_instruction
from hrlctl.env.oracle import Oracle
from hrlctl.packs import Instance, draw_instance, load_task_file
from hrlctl.schema.base import Skill, Split

ACTIONS = ActionSpace(160, 120)
WAIT, DONE = ACTIONS.encode(ActionType.WAIT), ACTIONS.encode(ActionType.DONE)
TASK = """
- id: a
  instruction: 'Turn on "Wifi" and close "Radio"'
  difficulty: EASY
  num_steps: 2
  max_steps: 6
  setup:
    windows: [{title: Radio, program: form, fields: [{role: check_box, name: Wifi, value: false}]}]
    distractors: [0, 0]
  success_criteria: {window_closed: Radio}
  milestones:
    - {skill: toggle, about: wifi, criteria: {selected: {name: Wifi, value: true}}}
    - {skill: close, criteria: {window_closed: Radio}}
  oracle:
    - click: {role: check_box, name: Wifi}
    - click: {role: close_button, name: Radio}
"""


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    path: Path = tmp_path_factory.mktemp("episode") / "t.yaml"
    path.write_text(TASK)
    return draw_instance(load_task_file(path)[0], 3, Split.TRAINING)


def episode_of(instance: Instance, rules: EpisodeRules | None = None) -> Episode:
    return Episode(instance, SimDesktop(), ACTIONS, rules or EpisodeRules())


def solution(episode: Episode) -> list[np.ndarray]:
    """The oracle's actions, by playing it on a desktop of its own."""
    desktop, oracle = SimDesktop(), Oracle(episode.instance, ACTIONS)
    desktop.reset(episode.instance.setup, episode.instance.seed)
    actions = []
    while (action := oracle.next_action(desktop)) is not None:
        desktop.perform(ACTIONS.decode(action, episode.reading.texts))
        actions.append(action)
    return actions


def test_success_ends_an_episode_and_milestones_are_told(instance: Instance) -> None:
    episode = episode_of(instance)
    toggle, close = solution(episode)
    first = episode.step(toggle)
    assert first.reached == ((SKILL_INDEX[Skill.TOGGLE], 0),)  # "Wifi", whatever its case
    assert first[1:4] == (False, False, False)  # success, terminated, truncated
    last = episode.step(close)
    assert last.reached == ((SKILL_INDEX[Skill.CLOSE], NO_SLOT),)
    assert last.success
    assert last.terminated
    assert not last.truncated
    assert last.reward > 1
    assert episode.total_reward == pytest.approx(first.reward + last.reward)
    assert episode.succeeded
    assert episode.holds()


def test_the_last_step_truncates(instance: Instance) -> None:
    episode = episode_of(instance)
    outcomes = []
    for left in range(5, -1, -1):
        outcomes.append(episode.step(WAIT))
        assert episode.time_left == pytest.approx(left / 6)
    assert [outcome.truncated for outcome in outcomes] == [False] * 5 + [True]
    assert not any(outcome.terminated or outcome.success for outcome in outcomes)


def test_success_in_the_last_step_is_no_truncation(instance: Instance) -> None:
    episode = episode_of(instance)
    for _ in range(4):
        episode.step(WAIT)
    toggle, close = solution(episode)
    episode.step(toggle)
    last = episode.step(close)
    assert last.success
    assert last.terminated
    assert not last.truncated


def test_done_without_success_is_a_failure(instance: Instance) -> None:
    episode = episode_of(instance)
    outcome = episode.step(DONE)
    assert outcome.terminated
    assert not outcome.success
    assert outcome.reward == 0


def test_the_agent_ends_its_episode_itself(instance: Instance) -> None:
    rules = EpisodeRules(termination="agent")
    episode = episode_of(instance, rules)
    for action in solution(episode):
        outcome = episode.step(action)
        assert outcome[1:3] == (False, False)  # success, terminated
    assert episode.holds()
    outcome = episode.step(DONE)
    assert outcome.success
    assert outcome.terminated
    assert outcome.reward > 0.5

    forgetful = episode_of(instance, rules)
    for action in [*solution(forgetful), *[WAIT] * 4]:
        outcome = forgetful.step(action)
    assert outcome.truncated
    assert not outcome.success
    assert not forgetful.succeeded


def test_the_last_action_is_kept_as_it_was(instance: Instance) -> None:
    episode = episode_of(instance)
    row = ACTIONS.encode(ActionType.CLICK, pointer=5)
    episode.step(row)
    row[:] = 0  # the caller writes its next action into the same row
    assert episode.last_action is not None
    assert episode.last_action.tolist() == [0, 5, 0, 0, 0, 0]


def test_only_an_instruction_with_slots_lets_the_agent_type() -> None:
    assert all(action_types(read_instruction('Type "x"')))
    types = action_types(read_instruction("to the"))
    assert [kind for kind in ActionType if not types[kind]] == [ActionType.TYPE_TEXT]


def test_actions_can_be_told_in_words() -> None:
    drag = ACTIONS.encode(ActionType.DRAG, pointer=0, target=1)
    assert describe(drag, ACTIONS, ()) == "drag 4 4 12 4"
    assert describe(ACTIONS.encode(ActionType.TYPE_TEXT), ACTIONS, ("hello",)) == "type text hello"
