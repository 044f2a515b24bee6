"""Advantages for two levels: GAE inside a decision, semi-Markov GAE across decisions.

Arrays are (steps, envs). A decision begins where ``decides`` is true and ends before the next one,
or with its episode. The worker's R stream continues into the manager's value where a decision
ends; its bonus stream ends there. (GAE: Schulman et al., arXiv 1506.02438, eq. 16; semi-Markov
targets: Sutton, Precup and Singh, 1999; one estimate for each level: HiPER, arXiv 2602.16165.)
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor


class Streams(NamedTuple):
    """What one rollout recorded, float32 unless noted; (steps, envs), the last three (envs,)."""

    rewards: Tensor  # R
    bonuses: Tensor
    values: Tensor  # the worker's, of R
    bonus_values: Tensor
    manager_values: Tensor
    decides: Tensor  # bool: the manager decided before this step's action
    ends: Tensor  # bool: the episode ended with this step
    next_values: Tensor  # the worker's value of the state after the last step
    next_bonus_values: Tensor
    next_manager_values: Tensor
    next_decides: Tensor  # bool, (envs,): the manager is due to decide after the last step


class OpenDecisions(NamedTuple):
    """Decisions that were open when the rollout before ended, (envs,) each."""

    is_open: Tensor  # bool
    value: Tensor  # the manager's value where the decision began
    reward: Tensor  # discounted sum of R since then
    discount: Tensor  # gamma to the number of steps since then


class Advantages(NamedTuple):
    """(steps, envs) each, but the carried ones: (envs,)."""

    worker: Tensor  # of R
    bonus: Tensor
    manager: Tensor  # of meaning where ``decides``
    closes: Tensor  # bool: the decision that began here ended within the rollout
    carried: Tensor  # the manager's advantage of each open decision of the rollout before
    carried_closes: Tensor  # bool
    still_open: OpenDecisions  # for the next rollout


def hierarchical_gae(
    streams: Streams, opened: OpenDecisions, gamma: float, gae_lambda: float
) -> Advantages:
    """Advantages of both levels over one rollout.

    Args:
        streams: the rollout.
        opened: the decisions that it began with.
        gamma: discount for one step.
        gae_lambda: decay, for one step inside a decision and for one decision across.
    """
    steps, envs = streams.rewards.shape
    zeros = torch.zeros(envs)
    worker, bonus, manager = (torch.zeros(steps, envs) for _ in range(3))
    closes = torch.zeros(steps, envs, dtype=torch.bool)

    value, bonus_value = streams.next_values, streams.next_bonus_values
    next_decides, next_manager_value = streams.next_decides, streams.next_manager_values
    advantage, bonus_advantage = zeros, zeros
    # Of the decision that is open at a step, looking ahead: R until it ends, the discount over its
    # remaining steps, what follows it, and whether it ends within this rollout at all.
    until_end, over_rest = zeros, torch.ones(envs)
    follows, follows_advantage = value, zeros
    is_closed = torch.zeros(envs, dtype=torch.bool)

    for t in reversed(range(steps)):
        ends, reward = streams.ends[t], streams.rewards[t]
        goes_on = ~ends & ~next_decides
        hands_over = ~ends & next_decides

        next_value = torch.where(hands_over, next_manager_value, value) * ~ends
        delta = reward + gamma * next_value - streams.values[t]
        advantage = delta + gamma * gae_lambda * goes_on * advantage
        worker[t] = advantage
        delta = streams.bonuses[t] + gamma * goes_on * bonus_value - streams.bonus_values[t]
        bonus_advantage = delta + gamma * gae_lambda * goes_on * bonus_advantage
        bonus[t] = bonus_advantage

        until_end = reward + gamma * goes_on * until_end
        over_rest = torch.where(goes_on, gamma * over_rest, torch.full_like(over_rest, gamma))
        follows = torch.where(hands_over, next_manager_value, follows) * ~ends
        next_advantage = manager[t + 1] if t + 1 < steps else zeros
        follows_advantage = torch.where(hands_over, next_advantage, follows_advantage) * ~ends
        is_closed = is_closed & goes_on | ~goes_on
        whole = until_end + over_rest * (follows + gae_lambda * follows_advantage)
        manager[t] = torch.where(streams.decides[t], whole - streams.manager_values[t], zeros)
        closes[t] = streams.decides[t] & is_closed

        value, bonus_value = streams.values[t], streams.bonus_values[t]
        next_decides, next_manager_value = streams.decides[t], streams.manager_values[t]

    # A decision that was open before: it ends at once where the first step decides anew.
    ended_at_once = next_decides
    rest = torch.where(
        ended_at_once,
        next_manager_value + gae_lambda * manager[0],
        until_end + over_rest * (follows + gae_lambda * follows_advantage),
    )
    carried = opened.reward + opened.discount * rest - opened.value
    carried_closes = opened.is_open & (ended_at_once | is_closed)
    still_open = _still_open(streams, opened, gamma)
    return Advantages(worker, bonus, manager, closes, carried, carried_closes, still_open)


def _still_open(streams: Streams, opened: OpenDecisions, gamma: float) -> OpenDecisions:
    """The decisions that are open after the last step, with what they have earned so far."""
    is_open, value, reward, discount = opened
    for t in range(len(streams.rewards)):
        decides = streams.decides[t]
        value = torch.where(decides, streams.manager_values[t], value)
        reward = torch.where(decides, torch.zeros_like(reward), reward)
        discount = torch.where(decides, torch.ones_like(discount), discount)
        reward = reward + discount * streams.rewards[t]
        discount = discount * gamma
        is_open = (is_open | decides) & ~streams.ends[t]
    return OpenDecisions(is_open & ~streams.next_decides, value, reward, discount)


def no_open_decisions(envs: int) -> OpenDecisions:
    """What the first rollout begins with."""
    zeros = torch.zeros(envs)
    return OpenDecisions(torch.zeros(envs, dtype=torch.bool), zeros, zeros, torch.ones(envs))
