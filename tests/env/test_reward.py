"""Rewards: every success is worth more than every failure, and nothing is paid twice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hrlctl.desktop.contract import UNKNOWN, Unknown, WindowState
from hrlctl.env.reward import Progress, RewardScale
from hrlctl.errors import ConfigurationError
from hrlctl.packs import Instance, Task, draw_instance, load_packs, load_task_file
from hrlctl.schema.base import Split

GAMMA = 0.9
TASK = """
- id: a
  instruction: 'Open "one", then "two"'
  difficulty: EASY
  num_steps: 2
  max_steps: 5
  success_criteria: {all: [{window_open: one}, {window_open: two}]}
  milestones:
    - {skill: open, about: one, criteria: {window_open: one}}
    - {skill: open, about: two, criteria: {window_open: two}}
"""


@dataclass(frozen=True)
class Windows:
    """A desktop of which only the open windows are known."""

    titles: frozenset[str]
    widgets: Unknown = UNKNOWN
    files: Unknown = UNKNOWN
    folders: Unknown = UNKNOWN
    directories: Unknown = UNKNOWN
    settings: Unknown = UNKNOWN
    answers: Unknown = UNKNOWN
    clipboard: Unknown = UNKNOWN

    @property
    def windows(self) -> tuple[WindowState, ...]:
        return tuple(WindowState(t, "viewer", False, False, False) for t in sorted(self.titles))


def windows(*titles: str) -> Windows:
    return Windows(frozenset(titles))


@pytest.fixture(scope="module")
def task(tmp_path_factory: pytest.TempPathFactory) -> Task:
    path: Path = tmp_path_factory.mktemp("reward") / "t.yaml"
    path.write_text(TASK)
    return load_task_file(path)[0]


@pytest.fixture(scope="module")
def instance(task: Task) -> Instance:
    return draw_instance(task, 0, Split.TRAINING)


def rewards(
    instance: Instance, states: list[Windows], scale: RewardScale, start: Windows | None = None
) -> tuple[list[float], bool]:
    """What the steps to ``states`` earn, until success or the last step."""
    progress = Progress.begin(instance, scale, GAMMA, start or windows())
    earned = []
    for number, state in enumerate(states, start=1):
        success = progress.succeeds(state)
        ends = success or number == len(states)
        reward, _ = progress.advance(state, success=success, ends=ends)
        earned.append(reward)
        if ends:
            return earned, success
    raise ValueError("an episode has a step")


def discounted(values: list[float]) -> float:
    return sum(value * GAMMA**t for t, value in enumerate(values))


PAID = RewardScale(shaping=0.0)


def test_a_milestone_is_paid_once(instance: Instance) -> None:
    earned, success = rewards(
        instance, [windows("one"), windows(), windows("one"), windows("two")], PAID
    )
    assert earned == pytest.approx([0.25, 0.0, 0.0, 0.25])
    assert not success


def test_milestones_that_hold_together_are_all_told(instance: Instance) -> None:
    progress = Progress.begin(instance, PAID, GAMMA, windows())
    reward, reached = progress.advance(windows("one", "two"), success=True, ends=True)
    assert reached == [0, 1]
    assert reward == pytest.approx(1.5)


def test_what_holds_from_the_start_is_nobodys_merit(instance: Instance) -> None:
    earned, success = rewards(
        instance, [windows("one"), windows("one", "two")], PAID, start=windows("one")
    )
    assert earned == pytest.approx([0.0, 1.25])
    assert success


paths = st.lists(
    st.sampled_from([windows(), windows("one"), windows("two"), windows("one", "two")]),
    min_size=1,
    max_size=5,
)


@given(paths)
def test_shaping_changes_no_return(instance: Instance, states: list[Windows]) -> None:
    plain, _ = rewards(instance, states, RewardScale(shaping=0.0))
    shaped, _ = rewards(instance, states, RewardScale(shaping=0.7))
    assert discounted(shaped) == pytest.approx(discounted(plain))


@given(paths, paths)
def test_every_success_is_worth_more_than_every_failure(
    task: Task, instance: Instance, one: list[Windows], other: list[Windows]
) -> None:
    scale = RewardScale()
    scale.check([task], GAMMA)
    results = [rewards(instance, states, scale) for states in (one, other)]
    won = [discounted(earned) for earned, success in results if success]
    lost = [discounted(earned) for earned, success in results if not success]
    if won and lost:
        assert won[0] > lost[0]


def test_a_scale_that_would_pay_failures_is_refused(task: Task) -> None:
    with pytest.raises(ConfigurationError, match="t/a"):
        RewardScale(milestones=0.7).check([task], GAMMA)  # 0.9^4 is less
    RewardScale(milestones=0.65).check([task], GAMMA)


def test_the_defaults_suit_all_tasks_that_are_shipped() -> None:
    RewardScale().check(load_packs().tasks(), gamma=0.99)
