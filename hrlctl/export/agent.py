"""The whole agent as one function of tensors: what an exported model computes."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from hrlctl.policy.hierarchical import ActorState, HierarchicalPolicy, Observations


class AgentInputs(NamedTuple):
    """What an exported model is given."""

    screen: Tensor  # (batch, height, width, 3), uint8
    tokens: Tensor  # (batch, INSTRUCTION_LENGTH), uint8
    slots: Tensor  # (batch, NUM_SLOTS, SLOT_LENGTH), uint8
    context: Tensor  # (batch, CONTEXT_FEATURES), float32
    state: Tensor  # (batch, 3), int64: skill, slot and steps left of the open decision


class AgentOutputs(NamedTuple):
    """What an exported model answers; ``log_probs`` and ``stop_logit`` are the heads."""

    action: Tensor  # (batch, 6), int64
    next_state: Tensor  # (batch, 3), int64
    done_probability: Tensor  # (batch,)
    type_log_probs: Tensor  # (batch, types)
    pointer_log_probs: Tensor  # (batch, cells), given the action's type
    target_log_probs: Tensor  # (batch, cells), given the action's pointer
    key_log_probs: Tensor  # (batch, keys)
    slot_log_probs: Tensor  # (batch, slots)
    direction_log_probs: Tensor  # (batch, 2)
    skill_log_probs: Tensor  # (batch, skills), were the manager to decide now
    about_log_probs: Tensor  # (batch, slots), given the likeliest skill
    duration_log_probs: Tensor  # (batch, durations), given the likeliest skill
    stop_logit: Tensor  # (batch,), of the open decision; 0 without a manager


HEADS: Final = AgentOutputs._fields[2:]
"""The outputs that are numbers, not choices."""


class GreedyAgent(nn.Module):
    """A policy that takes the likeliest choices, with its state as a tensor in and out.

    Args:
        policy: whose modules it uses.
    """

    def __init__(self, policy: HierarchicalPolicy) -> None:
        super().__init__()
        self.policy = policy

    def forward(
        self, screen: Tensor, tokens: Tensor, slots: Tensor, context: Tensor, state: Tensor
    ) -> AgentOutputs:
        """One step; see ``AgentInputs``."""
        policy = self.policy
        percept = policy.perceive(Observations(screen, tokens, slots, context))
        skill, about, remaining = state.unbind(1)
        sees_instruction = torch.ones_like(skill, dtype=torch.bool)
        before = ActorState(skill, about, remaining, sees_instruction)

        manager = policy.manager.view(percept, context, before.memory)
        option, _, _, _ = policy.decide(percept, manager, before, greedy=True)
        skills = policy.manager.skills(manager)
        due = skills.sample(greedy=True)
        stop_logit = torch.zeros_like(manager.done_logit)
        if policy.is_hierarchical:
            stop_logit = policy.stop_logit(percept, manager, before)

        worker = policy.worker.view(percept, option, context)
        kinds = policy.worker.kinds(worker)
        kind = kinds.sample(greedy=True)
        pointers = policy.worker.pointers(worker, kind)
        pointer = pointers.sample(greedy=True)
        targets = policy.worker.targets(worker, pointer)
        keys = policy.worker.keys(worker)
        slots_to_type = policy.worker.slots(worker, percept)
        directions = policy.worker.directions(worker)
        others = (targets, keys, slots_to_type, directions)
        chosen = [kind, pointer, *(choice.sample(greedy=True) for choice in others)]
        return AgentOutputs(
            action=torch.stack(chosen, dim=1),
            next_state=torch.stack([option.skill, option.slot, option.remaining - 1], dim=1),
            done_probability=manager.done_logit.sigmoid(),
            type_log_probs=kinds.log_probs,
            pointer_log_probs=pointers.log_probs,
            target_log_probs=targets.log_probs,
            key_log_probs=keys.log_probs,
            slot_log_probs=slots_to_type.log_probs,
            direction_log_probs=directions.log_probs,
            skill_log_probs=skills.log_probs,
            about_log_probs=policy.manager.slots(manager, percept, due).log_probs,
            duration_log_probs=policy.manager.durations(manager, due).log_probs,
            stop_logit=stop_logit,
        )


def state_tensor(state: ActorState) -> Tensor:
    """An actor state as an exported model takes it, (batch, 3), int64.

    That the worker sees the instruction is always so outside of training.
    """
    return torch.stack([state.skill, state.slot, state.remaining], dim=1)
