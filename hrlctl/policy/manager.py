"""The manager: which skill, about which slot of the instruction, and for how long."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn

from hrlctl.policy.distributions import Choice, choose
from hrlctl.policy.instruction import SLOT_FEATURES, SUMMARY_FEATURES
from hrlctl.policy.perception import EVIDENCE, KINDS, Percept, Pool
from hrlctl.schema.base import Skill

SKILLS: Final = tuple(Skill)
DURATIONS: Final = (1, 2, 4, 8, 16)
NOTHING_YET: Final = len(SKILLS)
"""The skill that an episode's first decision finds remembered."""
_SKILL_FEATURES: Final = 16
_NEVER: Final = -1e4
_SHORT: Final = (1.5, 1.0, 0.0, -1.0, -2.0)  # log-weights of the durations before anything is known


class ManagerView(NamedTuple):
    """What the manager makes of an observation."""

    hidden: Tensor  # (batch, hidden)
    value: Tensor  # (batch,), expected return of R from here, whatever it decides
    done_logit: Tensor  # (batch,), whether the task looks finished
    aim_skills: Tensor  # (batch, skills), scores: which skill is due next
    aim_slots: Tensor  # (batch, slots), scores: which slot that is about


class Memory(NamedTuple):
    """The decision before this step, a batch of int64, shape (batch,) each."""

    skill: Tensor  # index into SKILLS, or NOTHING_YET
    slot: Tensor  # index of an instruction slot


class Decision(NamedTuple):
    """A batch of the manager's choices, int64, shape (batch,) each."""

    skill: Tensor  # index into SKILLS
    slot: Tensor  # index of an instruction slot
    duration: Tensor  # index into DURATIONS


class Manager(nn.Module):
    """Decides from the screen, the instruction and its own last decision alone.

    What was done a step ago is often hard to see, and easy to remember.

    The slot is chosen given the skill, and the duration given the skill. What is due next, in sight
    of screen and instruction, is learned from labels as well (the next open milestone); decisions
    start from that guess, and reward moves them away from it where it pays.

    Args:
        channels: channels of the feature map.
        context: size of the context vector (time left, last action, cursor).
        width: channels of its own view of the map.
        hidden: size of its hidden layer.
    """

    def __init__(self, channels: int, context: int, width: int = 32, hidden: int = 128) -> None:
        super().__init__()
        self.pool = Pool(channels, SUMMARY_FEATURES, EVIDENCE, width)
        asked = SUMMARY_FEATURES + 2 * SLOT_FEATURES
        known = 2 * width + asked + _SKILL_FEATURES + KINDS + context
        self.hidden = nn.Sequential(
            nn.Linear(known, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
        )  # fmt: skip
        self.last_skill = nn.Embedding(len(SKILLS) + 1, _SKILL_FEATURES)
        self.skill = nn.Linear(hidden, len(SKILLS))
        self.skill_embedding = nn.Embedding(len(SKILLS), _SKILL_FEATURES)
        self.slot_query = nn.Linear(hidden + _SKILL_FEATURES, SLOT_FEATURES)
        self.duration = nn.Linear(hidden + _SKILL_FEATURES, len(DURATIONS))
        stop = nn.Linear(64, 1)
        self.stop = nn.Sequential(
            nn.Linear(hidden + _SKILL_FEATURES + SLOT_FEATURES + 1, 64), nn.ReLU(), stop
        )
        nn.init.zeros_(stop.weight)
        nn.init.constant_(stop.bias, -3.0)  # decisions run their course at the start
        self.aim_skill = nn.Linear(hidden, len(SKILLS))
        self.aim_query = nn.Linear(hidden, SLOT_FEATURES)
        for decided in (self.skill, self.slot_query, self.duration):
            nn.init.normal_(decided.weight, std=0.01)
            nn.init.zeros_(decided.bias)
        with torch.no_grad():
            self.duration.bias.copy_(torch.tensor(_SHORT))
        self.value = nn.Linear(hidden, 1)
        # What tells a finished task matters little for what to do next: it has layers of its own.
        # Of the screen it is told what is there by name, not how it looks: no theme looks finished.
        self.done = nn.Sequential(
            nn.Linear(known - 2 * width, hidden), nn.ReLU(),
            nn.Linear(hidden, 64), nn.ReLU(),
            nn.Linear(64, 1),
        )  # fmt: skip

    def view(self, percept: Percept, context: Tensor, memory: Memory) -> ManagerView:
        """Look at a batch of observations; ``context`` is (batch, context)."""
        # What is quoted is what it is about; words like "open" would only stand in the way.
        about = percept.may_type.unsqueeze(2)
        evidence = (percept.evidence * about.unsqueeze(3)).amax(1)
        _, pooled = self.pool(percept.features, percept.summary, evidence)
        asked = (percept.slots * about).amax(1)
        last = torch.cat([self.last_skill(memory.skill), _pick(percept.slots, memory.slot)], dim=1)
        named = torch.cat([percept.summary, asked, last, percept.kinds, context], dim=1)
        hidden = self.hidden(torch.cat([pooled, named], dim=1))
        scores = (percept.slots @ self.aim_query(hidden).unsqueeze(2)).squeeze(2)
        return ManagerView(
            hidden,
            self.value(hidden).squeeze(1).float(),
            self.done(named).squeeze(1).float(),
            self.aim_skill(hidden).float(),
            scores.float().masked_fill(~percept.has_slot, _NEVER),
        )

    def skills(self, view: ManagerView) -> Choice:
        return choose(self.skill(view.hidden) + view.aim_skills.detach())

    def slots(self, view: ManagerView, percept: Percept, skill: Tensor) -> Choice:
        query = self.slot_query(self._with_skill(view, skill))
        logits = (percept.slots @ query.unsqueeze(2)).squeeze(2) / SLOT_FEATURES**0.5
        return choose(logits + view.aim_slots.detach(), percept.has_slot)

    def durations(self, view: ManagerView, skill: Tensor) -> Choice:
        return choose(self.duration(self._with_skill(view, skill)))

    def stop_logit(
        self, view: ManagerView, percept: Percept, skill: Tensor, slot: Tensor, remaining: Tensor
    ) -> Tensor:
        """How much the decision (``skill``, ``slot``) looks finished, (batch,)."""
        about = _pick(percept.slots, slot)
        left = remaining.to(about.dtype).unsqueeze(1) / DURATIONS[-1]
        out = self.stop(torch.cat([self._with_skill(view, skill), about, left], dim=1))
        return out.squeeze(1).float()

    def _with_skill(self, view: ManagerView, skill: Tensor) -> Tensor:
        return torch.cat([view.hidden, self.skill_embedding(skill)], dim=1)


def _pick(slots: Tensor, slot: Tensor) -> Tensor:
    """Row ``slot`` of each batch entry: (batch, slots, features) -> (batch, features)."""
    return slots.gather(1, slot.view(-1, 1, 1).expand(-1, 1, slots.shape[2])).squeeze(1)
