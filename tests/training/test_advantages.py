"""Advantages of both levels, against the definitions written out one environment at a time."""

from __future__ import annotations

import random
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from hrlctl.training.advantages import (
    Advantages,
    OpenDecisions,
    Streams,
    hierarchical_gae,
    no_open_decisions,
)

ENVS = 5


class Trajectory(NamedTuple):
    """One environment's steps, and what is expected of the state after each: one entry more."""

    rewards: list[float]
    bonuses: list[float]
    ends: list[bool]
    decides: list[bool]
    values: list[float]
    bonus_values: list[float]
    manager_values: list[float]


def draw(rng: random.Random, steps: int) -> Trajectory:
    def numbers(count: int) -> list[float]:
        return [rng.uniform(-1, 1) for _ in range(count)]

    ends = [rng.random() < 0.1 for _ in range(steps)]
    decides = [t == 0 or ends[t - 1] or rng.random() < 0.25 for t in range(steps + 1)]
    return Trajectory(
        numbers(steps),
        [float(rng.random() < 0.2) for _ in range(steps)],
        ends,
        decides,
        numbers(steps + 1),
        numbers(steps + 1),
        numbers(steps + 1),
    )


class Reference:
    """The definitions, recursively: what is known of a trajectory at the end of a rollout.

    Args:
        trajectory: the steps.
        end: the rollout's end: later steps are unknown.
        is_due: whether the manager is known to decide at ``end``.
    """

    def __init__(
        self, trajectory: Trajectory, end: int, is_due: bool, gamma: float, gae_lambda: float
    ) -> None:
        self.of, self.end, self.is_due = trajectory, end, is_due
        self.gamma, self.gae_lambda = gamma, gae_lambda

    def decides(self, t: int) -> bool:
        return self.is_due if t == self.end else self.of.decides[t]

    def worker(self, t: int) -> float:
        if t == self.end:
            return 0.0
        of, after = self.of, t + 1
        if of.ends[t]:
            return of.rewards[t] - of.values[t]
        if self.decides(after):
            return of.rewards[t] + self.gamma * of.manager_values[after] - of.values[t]
        delta = of.rewards[t] + self.gamma * of.values[after] - of.values[t]
        return delta + self.gamma * self.gae_lambda * self.worker(after)

    def bonus(self, t: int) -> float:
        if t == self.end:
            return 0.0
        of, after = self.of, t + 1
        if of.ends[t] or self.decides(after):
            return of.bonuses[t] - of.bonus_values[t]
        delta = of.bonuses[t] + self.gamma * of.bonus_values[after] - of.bonus_values[t]
        return delta + self.gamma * self.gae_lambda * self.bonus(after)

    def manager(self, start: int) -> float:
        """Of the decision that was taken at ``start``."""
        of = self.of
        if start == self.end:
            return 0.0
        earned, t = 0.0, start
        while True:
            earned += self.gamma ** (t - start) * of.rewards[t]
            t += 1
            discount = self.gamma ** (t - start)
            if of.ends[t - 1]:
                rest = 0.0
            elif self.decides(t):
                rest = of.manager_values[t] + self.gae_lambda * self.manager(t)
            elif t == self.end:
                rest = of.values[t]
            else:
                continue
            return earned + discount * rest - of.manager_values[start]

    def is_closed(self, start: int) -> bool:
        return any(self.of.ends[t] or self.decides(t + 1) for t in range(start, self.end))


def streams_of(trajectories: list[Trajectory], start: int, end: int, is_due: list[bool]) -> Streams:
    def rows(name: str) -> Tensor:
        columns = [getattr(trajectory, name)[start:end] for trajectory in trajectories]
        return torch.tensor(columns).T.contiguous()

    def last(name: str) -> Tensor:
        return torch.tensor([getattr(trajectory, name)[end] for trajectory in trajectories])

    names = ("rewards", "bonuses", "values", "bonus_values", "manager_values", "decides", "ends")
    return Streams(
        *(rows(name) for name in names),
        last("values"),
        last("bonus_values"),
        last("manager_values"),
        torch.tensor(is_due),
    )


def compare(
    got: Advantages, references: list[Reference], began: list[int | None], start: int
) -> None:
    """``began``: where each environment's decision that is open at ``start`` was taken."""
    for env, reference in enumerate(references):
        for t in range(start, reference.end):
            row = t - start
            assert got.worker[row, env] == pytest.approx(reference.worker(t), abs=1e-4)
            assert got.bonus[row, env] == pytest.approx(reference.bonus(t), abs=1e-4)
            decides = reference.decides(t)
            assert bool(got.closes[row, env]) == (decides and reference.is_closed(t))
            expected = reference.manager(t) if decides else 0.0
            assert got.manager[row, env] == pytest.approx(expected, abs=1e-4)
        opened = began[env]
        carried_closes = opened is not None and reference.is_closed(opened)
        assert bool(got.carried_closes[env]) == carried_closes
        if opened is not None and carried_closes:
            assert got.carried[env] == pytest.approx(reference.manager(opened), abs=1e-4)


def open_at(trajectory: Trajectory, end: int, is_due: bool) -> int | None:
    """Where the decision that is open at ``end`` was taken."""
    if trajectory.ends[end - 1] or is_due:
        return None
    return max(t for t in range(end) if trajectory.decides[t])


@pytest.mark.parametrize("seed", range(6))
def test_two_rollouts_of_one_trajectory_agree_with_the_definitions(seed: int) -> None:
    rng = random.Random(seed)
    gamma, gae_lambda = rng.choice([(0.99, 0.95), (0.9, 0.5), (1.0, 1.0)])
    # In the last case no decision of the first rollout ends in it, and some not in the second.
    cut, end = rng.choice([(12, 24), (1, 9), (3, 5)])
    trajectories = [draw(rng, end) for _ in range(ENVS)]
    # A decision is due at a cut if its time is over; a learned stop shows only at the next step.
    dues = [
        [t.ends[at - 1] or (t.decides[at] and rng.random() < 0.5) for t in trajectories]
        for at in (cut, end)
    ]

    def references(at: int, due: list[bool]) -> list[Reference]:
        pairs = zip(trajectories, due, strict=True)
        return [Reference(each, at, is_due, gamma, gae_lambda) for each, is_due in pairs]

    first = hierarchical_gae(
        streams_of(trajectories, 0, cut, dues[0]), no_open_decisions(ENVS), gamma, gae_lambda
    )
    compare(first, references(cut, dues[0]), [None] * ENVS, 0)
    began = [open_at(each, cut, due) for each, due in zip(trajectories, dues[0], strict=True)]
    assert first.still_open.is_open.tolist() == [start is not None for start in began]
    second = hierarchical_gae(
        streams_of(trajectories, cut, end, dues[1]), first.still_open, gamma, gae_lambda
    )
    compare(second, references(end, dues[1]), began, cut)


def test_a_decision_longer_than_a_rollout_is_carried_until_it_ends() -> None:
    steps = [*zip([1.0] * 6, [0.0] * 6, [False] * 5 + [True], strict=True)]
    rewards, bonuses, ends = (list(column) for column in zip(*steps, strict=True))
    decides = [True] + [False] * 5 + [True]
    of = Trajectory(rewards, bonuses, ends, decides, [0.5] * 7, [0.0] * 7, [0.25] * 7)
    opened = no_open_decisions(1)
    closed = []
    for start in (0, 2, 4):
        got = hierarchical_gae(
            streams_of([of], start, start + 2, [start == 4]), opened, gamma=0.5, gae_lambda=0.9
        )
        opened = got.still_open
        closed.append((bool(got.closes.any()), bool(got.carried_closes)))
    assert closed == [(False, False), (False, False), (False, True)]
    assert got.carried == pytest.approx(sum(0.5**k for k in range(6)) - 0.25)
    assert not opened.is_open


def one(rows: list[float]) -> Tensor:
    return torch.tensor(rows).unsqueeze(1)


def test_an_episode_by_hand() -> None:
    streams = Streams(
        rewards=one([1.0, 2.0]),
        bonuses=one([0.0, 1.0]),
        values=one([0.5, 0.25]),
        bonus_values=one([0.4, 0.2]),
        manager_values=one([0.75, 9.0]),
        decides=one([True, False]).bool(),
        ends=one([False, True]).bool(),
        next_values=torch.tensor([7.0]),
        next_bonus_values=torch.tensor([7.0]),
        next_manager_values=torch.tensor([7.0]),
        next_decides=torch.tensor([True]),
    )
    got = hierarchical_gae(streams, no_open_decisions(1), gamma=0.5, gae_lambda=0.5)
    # 2 - 0.25; 1 + 0.5 * 0.25 - 0.5 + 0.25 * 1.75
    torch.testing.assert_close(got.worker, one([1.0625, 1.75]))
    # 1 - 0.2; 0.5 * 0.2 - 0.4 + 0.25 * 0.8
    torch.testing.assert_close(got.bonus, one([-0.1, 0.8]))
    torch.testing.assert_close(got.manager, one([1 + 0.5 * 2 - 0.75, 0.0]))
    assert got.closes.squeeze(1).tolist() == [True, False]
    assert not got.still_open.is_open


def test_a_hand_over_and_an_open_decision_by_hand() -> None:
    streams = Streams(
        rewards=one([1.0, 2.0]),
        bonuses=one([0.0, 1.0]),
        values=one([0.5, 0.25]),
        bonus_values=one([0.1, 0.2]),
        manager_values=one([1.0, 2.0]),
        decides=one([True, True]).bool(),
        ends=one([False, False]).bool(),
        next_values=torch.tensor([4.0]),
        next_bonus_values=torch.tensor([0.6]),
        next_manager_values=torch.tensor([8.0]),
        next_decides=torch.tensor([False]),
    )
    got = hierarchical_gae(streams, no_open_decisions(1), gamma=0.5, gae_lambda=0.5)
    # The first decision's stream of R goes on in the manager's value, its bonus ends with it.
    torch.testing.assert_close(got.worker, one([1 + 0.5 * 2 - 0.5, 2 + 0.5 * 4 - 0.25]))
    torch.testing.assert_close(got.bonus, one([-0.1, 1 + 0.5 * 0.6 - 0.2]))
    # The second is worth 2 + 0.5 * 4 - 2 = 2 as far as is known.
    torch.testing.assert_close(got.manager, one([1 + 0.5 * (2 + 0.5 * 2) - 1, 2.0]))
    assert got.closes.squeeze(1).tolist() == [True, False]
    expected = OpenDecisions(
        torch.tensor([True]), torch.tensor([2.0]), torch.tensor([2.0]), torch.tensor([0.5])
    )
    torch.testing.assert_close(tuple(got.still_open), tuple(expected))
