"""The worker: which action, where on the screen, which key, which text."""

from __future__ import annotations

from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.desktop.commands import KEYS
from hrlctl.desktop.contract import LOOKS
from hrlctl.env.action import USES, ActionType, Part
from hrlctl.env.arrays import POINTER_X, POINTER_Y
from hrlctl.policy.distributions import Choice, choose
from hrlctl.policy.instruction import SLOT_FEATURES, SUMMARY_FEATURES
from hrlctl.policy.manager import DURATIONS, SKILLS
from hrlctl.policy.perception import EVIDENCE, PLACES, Percept, Pool

_SKILL_FEATURES: Final = 24
_CONDITION: Final = 96
_POINTER: Final = 32
# Of the slot told and of those attended to; where in its thing a cell lies; the pointer.
_MAPS: Final = 2 * EVIDENCE + PLACES + 1
_KIND_BOUND: Final = 3.0
_KEY_BOUND: Final = 4.0
_POINTER_BOUND: Final = 8.0
_TABLE_SCALE: Final = 10.0  # tables of logits need a higher learning rate than the network's


class Option(NamedTuple):
    """What the manager has told the worker, for a batch."""

    skill: Tensor  # (batch,), int64, index into SKILLS
    slot: Tensor  # (batch,), int64, index of an instruction slot
    remaining: Tensor  # (batch,), int64, steps left of the decision, this one included
    sees_instruction: Tensor  # (batch,), bool


class WorkerView(NamedTuple):
    """What the worker makes of an observation under an option."""

    option: Option
    hidden: Tensor  # (batch, hidden)
    condition: Tensor  # (batch, condition)
    map: Tensor  # (batch, cells, width)
    keys: Tensor  # (batch, cells, pointer features)
    looks: Tensor  # (batch, cells, looks)
    prior: Tensor  # (batch, cells)
    evidence: Tensor  # (batch, maps, cells)
    asked_places: Tensor  # (batch, PLACES), weights of where in its thing a cell lies
    value: Tensor  # (batch,), expected return of R
    bonus_value: Tensor  # (batch,), expected bonus before the decision ends
    usable_slots: Tensor  # (batch, slots), bool: the slots it may type


class Worker(nn.Module):
    """Conditioned on skill, slot and remaining duration, and, where it may see it, the instruction.

    What a skill usually takes (which action, on a thing of which look, where its slot is written or
    beside it, where a drag ends, which key) stands in tables, one row a skill: what one skill
    learns does not spill over into the others. So does which words of the instruction ask for which
    end of a thing, or for its middle. Everything else is added by a network that sees the screen.

    Args:
        channels: channels of the feature map.
        context: size of the context vector.
        width: channels of its own view of the map.
        hidden: size of its hidden layer.
    """

    def __init__(self, channels: int, context: int, width: int = 48, hidden: int = 128) -> None:
        super().__init__()
        self.skill_embedding = nn.Embedding(len(SKILLS), _SKILL_FEATURES)
        self.condition = nn.Sequential(
            nn.Linear(SUMMARY_FEATURES + _SKILL_FEATURES + SLOT_FEATURES + 2 + context, _CONDITION),
            nn.ReLU(),
        )
        self.attention = nn.Linear(_CONDITION, SLOT_FEATURES)
        self.pool = Pool(channels, _CONDITION, _MAPS, width)
        self.hidden = nn.Sequential(
            nn.Linear(2 * width + _CONDITION, hidden), nn.ReLU(),
            nn.Linear(hidden, hidden), nn.ReLU(),
        )  # fmt: skip
        self.key_map = nn.Linear(width, _POINTER)
        self.kind = nn.Linear(hidden, len(ActionType))
        self.kind_query = nn.Embedding(len(ActionType), _POINTER)
        self.query = nn.Linear(hidden, _POINTER)
        self.look_query = nn.Linear(hidden, len(LOOKS))
        self.evidence_query = nn.Linear(hidden, _MAPS)
        self.target_query = nn.Linear(hidden + width, _POINTER)
        self.target_look_query = nn.Linear(hidden, len(LOOKS))
        self.target_evidence_query = nn.Linear(hidden, _MAPS)
        self.key = nn.Linear(hidden, len(KEYS))
        self.slot_query = nn.Linear(hidden, SLOT_FEATURES)
        self.direction = nn.Linear(hidden, 2)
        self.value = nn.Linear(hidden, 2)
        kinds, skills = len(ActionType), len(SKILLS)
        self.usual_kind = nn.Embedding(skills, kinds)
        self.usual_look = nn.Embedding(skills * kinds, len(LOOKS))
        self.usual_evidence = nn.Embedding(skills * kinds, _MAPS)
        self.usual_target_look = nn.Embedding(skills, len(LOOKS))
        self.usual_target_evidence = nn.Embedding(skills, _MAPS)
        self.usual_key = nn.Embedding(skills, len(KEYS))
        self.asked_place = nn.Embedding(skills, PLACES * SUMMARY_FEATURES)
        self.types_told = nn.Embedding(skills, 1)
        # At the start all types are about as likely, and the pointer leans towards what matches.
        heads = (
            self.kind, self.look_query, self.evidence_query, self.target_look_query,
            self.target_evidence_query, self.key,
        )  # fmt: skip
        for head in heads:
            nn.init.normal_(head.weight, std=0.01)
            nn.init.zeros_(head.bias)
        tables = (
            self.usual_kind, self.usual_look, self.usual_target_look, self.usual_target_evidence,
            self.usual_key, self.asked_place,
        )  # fmt: skip
        for table in tables:
            nn.init.zeros_(table.weight)
        with torch.no_grad():
            of_texts = torch.tensor([0.25, 0.15, 0.15]).repeat(2)
            self.usual_evidence.weight.zero_()[:, : 2 * EVIDENCE] = of_texts
            self.types_told.weight.fill_(0.2)

    def view(self, percept: Percept, option: Option, context: Tensor) -> WorkerView:
        """Look at a batch of observations under ``option``; ``context`` is (batch, context)."""
        sees = option.sees_instruction
        summary = percept.summary * sees.unsqueeze(1)
        index = option.slot.view(-1, 1, 1)
        about = percept.slots.gather(1, index.expand(-1, 1, SLOT_FEATURES)).squeeze(1)
        extra = torch.stack([option.remaining / DURATIONS[-1], sees.float()], dim=1)
        condition = self.condition(
            torch.cat(
                [
                    summary,
                    self.skill_embedding(option.skill),
                    about,
                    extra,
                    context,
                ],
                dim=1,
            )
        )
        chosen = torch.zeros_like(percept.has_slot).scatter_(1, option.slot.unsqueeze(1), True)
        usable = percept.has_slot & (sees.unsqueeze(1) | chosen)
        scores = (percept.slots @ self.attention(condition).unsqueeze(2)).squeeze(2)
        attention = choose(scores / SLOT_FEATURES**0.5, usable).log_probs.exp()

        batch, count, maps, cells = percept.evidence.shape
        told = percept.evidence.gather(1, index.unsqueeze(3).expand(-1, 1, maps, cells))
        attended = attention.unsqueeze(1) @ percept.evidence.view(batch, count, -1)
        evidence = torch.cat(
            [
                told.view(batch, maps, cells),
                attended.view(batch, maps, cells),
                percept.places,
                _pointer_map(context, percept.features),
            ],
            dim=1,
        )

        view, pooled = self.pool(percept.features, condition, evidence)
        hidden = self.hidden(torch.cat([pooled, condition], dim=1))
        words = self.asked_place(option.skill).view(batch, PLACES, SUMMARY_FEATURES)
        values = self.value(hidden).float()
        return WorkerView(
            option,
            hidden,
            condition,
            view,
            self.key_map(view),
            percept.looks,
            percept.prior,
            evidence,
            (words @ summary.unsqueeze(2)).squeeze(2),
            values[:, 0],
            values[:, 1],
            usable & percept.may_type,
        )

    def kinds(self, view: WorkerView) -> Choice:
        """The type of action. ``done`` has a head of its own; texts need a slot to type."""
        logits = self.kind(view.hidden) + _TABLE_SCALE * self.usual_kind(view.option.skill)
        valid = torch.ones_like(logits, dtype=torch.bool)
        valid[:, ActionType.DONE] = False
        valid[:, ActionType.TYPE_TEXT] = view.usable_slots.any(1)
        return choose(_bounded(logits, _KIND_BOUND), valid)

    def pointers(self, view: WorkerView, kind: Tensor) -> Choice:
        """The pointer's cell, given the type of action (batch,)."""
        usual = view.option.skill * len(ActionType) + kind
        query = self.query(view.hidden) + self.kind_query(kind)
        weights = _TABLE_SCALE * self.usual_evidence(usual) + self.evidence_query(view.hidden)
        weights = weights + F.pad(view.asked_places, (2 * EVIDENCE, 1))
        wanted = _TABLE_SCALE * self.usual_look(usual) + self.look_query(view.hidden)
        learned = self._scores(query, weights, wanted, view)
        return choose(view.prior + _bounded(learned, _POINTER_BOUND))

    def targets(self, view: WorkerView, pointer: Tensor) -> Choice:
        """The cell where a drag ends, given the cell (batch,) where it starts."""
        index = pointer.view(-1, 1, 1).expand(-1, 1, view.map.shape[2])
        start = view.map.gather(1, index).squeeze(1)
        query = self.target_query(torch.cat([view.hidden, start], dim=1))
        skill = view.option.skill
        weights = _TABLE_SCALE * self.usual_target_evidence(skill)
        weights = weights + self.target_evidence_query(view.hidden)
        wanted = _TABLE_SCALE * self.usual_target_look(skill) + self.target_look_query(view.hidden)
        return choose(view.prior + self._scores(query, weights, wanted, view))

    def keys(self, view: WorkerView) -> Choice:
        logits = self.key(view.hidden) + _TABLE_SCALE * self.usual_key(view.option.skill)
        return choose(_bounded(logits, _KEY_BOUND))

    def slots(self, view: WorkerView, percept: Percept) -> Choice:
        query = self.slot_query(view.hidden)
        logits = (percept.slots @ query.unsqueeze(2)).squeeze(2) / SLOT_FEATURES**0.5
        told = torch.zeros_like(logits).scatter(1, view.option.slot.unsqueeze(1), _TABLE_SCALE)
        return choose(logits + told * self.types_told(view.option.skill), view.usable_slots)

    def directions(self, view: WorkerView) -> Choice:
        return choose(self.direction(view.hidden))

    def _scores(self, query: Tensor, weights: Tensor, wanted: Tensor, view: WorkerView) -> Tensor:
        """How well each cell suits, (batch, cells).

        Args:
            query: (batch, pointer features), what the cell looks like on the worker's own map.
            weights: (batch, maps), what it has to do with each map of evidence.
            wanted: (batch, looks), what stands there.
        """
        seen = (view.keys @ query.unsqueeze(2)).squeeze(2) / _POINTER**0.5
        evidence = (weights.unsqueeze(1) @ view.evidence.to(weights.dtype)).squeeze(1)
        look = (view.looks.to(wanted.dtype) @ wanted.unsqueeze(2)).squeeze(2)
        return seen + evidence + look


def _pointer_map(context: Tensor, features: Tensor) -> Tensor:
    """Where the pointer is, (batch, 1, cells): 1 in its cell."""
    rows, columns = features.shape[2:]
    x, y = context[:, POINTER_X], context[:, POINTER_Y]
    column = (x * columns).long().clamp(0, columns - 1)
    row = (y * rows).long().clamp(0, rows - 1)
    cells = torch.arange(rows * columns, device=context.device)
    return ((row * columns + column).unsqueeze(1) == cells).to(features.dtype).unsqueeze(1)


def _bounded(logits: Tensor, bound: float) -> Tensor:
    """Logits that stay within ``bound``, so that nothing is ever given up for good.

    (Bello et al., arXiv 1611.09940, eq. 16, for pointers.)
    """
    return bound * torch.tanh(logits.float() / bound)


def uses(kind: Tensor, part: Part) -> Tensor:
    """Whether actions of type ``kind`` (batch,) use ``part``; bool, shape (batch,)."""
    table = torch.tensor([part in USES[k] for k in ActionType], device=kind.device)
    return table[kind]
