"""The policy: perception, a manager and a worker, behind ``act`` and ``evaluate``.

``act`` carries an actor state from step to step (the manager's open decision); ``evaluate`` judges
recorded steps under the current weights.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from hrlctl.env.action import Part
from hrlctl.env.arrays import CONTEXT_FEATURES, ObservationArrays
from hrlctl.errors import CheckpointError
from hrlctl.policy.distributions import Choice
from hrlctl.policy.encoders import make_encoder
from hrlctl.policy.files import read_model, write_model
from hrlctl.policy.manager import (
    DURATIONS,
    NOTHING_YET,
    SKILLS,
    Decision,
    Manager,
    ManagerView,
    Memory,
)
from hrlctl.policy.perception import Percept, Perception, Scene
from hrlctl.policy.reading import Known
from hrlctl.policy.worker import Option, Worker, WorkerView, uses
from hrlctl.schema.base import Skill
from hrlctl.schema.run import PolicyConfig

DONE_THRESHOLD: Final = 0.5
"""Above this probability an agent that ends its episodes says that it has finished."""
_TASK = SKILLS.index(Skill.TASK)
_WITH_CELLS = (Part.POINTER, Part.TARGET)


class Observations(NamedTuple):
    """A batch of observations as tensors; see ``hrlctl.env.observation`` for the parts."""

    screens: Tensor  # (batch, height, width, 3), uint8
    tokens: Tensor  # (batch, INSTRUCTION_LENGTH), uint8
    slots: Tensor  # (batch, NUM_SLOTS, SLOT_LENGTH), uint8
    context: Tensor  # (batch, CONTEXT_FEATURES), float32

    @classmethod
    def of(
        cls,
        arrays: ObservationArrays,
        device: torch.device,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> Observations:
        """The rows of ``arrays`` (all without ``rows``) on ``device``.

        All of them on the CPU share memory with ``arrays``.
        """
        parts = (arrays.screens, arrays.tokens, arrays.slots, arrays.context)
        chosen = (part if rows is None else part[rows] for part in parts)
        return cls(*(torch.from_numpy(part).to(device) for part in chosen))


class ActorState(NamedTuple):
    """What the agent carries from step to step: the manager's open decision."""

    skill: Tensor  # (batch,), int64, index into SKILLS, or NOTHING_YET
    slot: Tensor  # (batch,), int64
    remaining: Tensor  # (batch,), int64; 0: the manager decides before the next action
    sees_instruction: Tensor  # (batch,), bool

    def released(self, where: Tensor) -> ActorState:
        """The state with its decision over, but remembered, where ``where`` (batch,) says so."""
        return self._replace(remaining=self.remaining.masked_fill(where, 0))

    def restarted(self, where: Tensor) -> ActorState:
        """The state with a new episode where ``where`` (batch,), bool, says so."""
        return self.released(where)._replace(skill=self.skill.masked_fill(where, NOTHING_YET))

    @property
    def memory(self) -> Memory:
        """What the manager remembers."""
        return Memory(self.skill, self.slot)


class Acted(NamedTuple):
    """One step of a batch, and all that learning from it needs."""

    action: Tensor  # (batch, 6), int64
    state: ActorState  # after the step
    option: Option  # under which the worker acted
    decided: Tensor  # (batch,), bool: the manager decided at this step
    duration: Tensor  # (batch,), int64, index into DURATIONS, of this step's decision
    log_prob: Tensor  # (batch,), of the worker's action
    manager_log_prob: Tensor  # (batch,), of the decision; 0 where none was taken
    value: Tensor  # (batch,)
    bonus_value: Tensor  # (batch,)
    manager_value: Tensor  # (batch,)
    done_probability: Tensor  # (batch,)


class Evaluated(NamedTuple):
    """Recorded steps under the current weights; (batch,) each unless noted."""

    log_prob: Tensor
    manager_log_prob: Tensor
    value: Tensor
    bonus_value: Tensor
    manager_value: Tensor
    stop_logit: Tensor  # of the open decision
    done_logit: Tensor
    aim_skills: Tensor  # (batch, skills), scores
    aim_slots: Tensor  # (batch, slots), scores
    entropies: dict[str, Tensor]  # by head, normalised; 0 where a head was not used


class HierarchicalPolicy(nn.Module):
    """The agent: pixels and an instruction in, actions out.

    With ``config.kind == "flat"`` the manager only estimates values: the worker always acts under
    the skill ``task``, sees the instruction, and is wider by what the manager would have used.

    Args:
        config: the network's configuration; stored by ``save``.
        use_checkpointing: gradient checkpointing in the large encoders.
    """

    def __init__(
        self, config: PolicyConfig | None = None, *, use_checkpointing: bool = False
    ) -> None:
        super().__init__()
        self.config = config or PolicyConfig()
        encoder = make_encoder(
            self.config.encoder,
            self.config.width,
            pretrained=self.config.pretrained_encoder,
            use_checkpointing=use_checkpointing,
        )
        self.perception = Perception(encoder)
        self.manager = Manager(encoder.channels, CONTEXT_FEATURES)
        hidden = 128 if self.is_hierarchical else 160
        self.worker = Worker(encoder.channels, CONTEXT_FEATURES, hidden=hidden)
        self.to(memory_format=torch.channels_last)

    @property
    def is_hierarchical(self) -> bool:
        return self.config.kind == "hierarchical"

    @property
    def device(self) -> torch.device:
        return next(self.parameters()).device

    def initial_state(self, batch: int) -> ActorState:
        """The state before the first step of ``batch`` episodes."""
        zeros = torch.zeros(batch, dtype=torch.int64, device=self.device)
        nothing = torch.full_like(zeros, NOTHING_YET)
        return ActorState(nothing, zeros, zeros, torch.ones_like(zeros, dtype=torch.bool))

    def see(self, observations: Observations, known: Known | None = None) -> tuple[Scene, Tensor]:
        """What the screens show, and what is read there; see ``Perception.see``."""
        return self.perception.see(observations.screens, observations.slots, known)

    def perceive(self, observations: Observations, scene: Scene | None = None) -> Percept:
        """Encode what depends on screen and instruction alone; may be kept while they stay.

        Args:
            observations: what is seen.
            scene: what the screens show, where that is known already.
        """
        percept: Percept = self.perception(
            self.see(observations)[0] if scene is None else scene,
            observations.tokens,
            observations.slots,
        )
        return percept

    def act(
        self,
        observations: Observations,
        state: ActorState,
        *,
        greedy: bool = False,
        generator: torch.Generator | None = None,
    ) -> Acted:
        """Take one step from what is seen.

        Args:
            observations: what is seen now.
            state: from the step before, or ``initial_state``.
            greedy: take the likeliest choices instead of drawing them.
            generator: source of randomness; torch's own without.
        """
        with torch.no_grad():
            percept = self.perceive(observations)
        return self.act_on(
            percept,
            observations.context,
            state,
            greedy=greedy,
            generator=generator,
        )

    @torch.no_grad()
    def act_on(
        self,
        percept: Percept,
        context: Tensor,
        state: ActorState,
        *,
        greedy: bool = False,
        hide_instruction: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> Acted:
        """Take one step from what is perceived already; see ``act``.

        Args:
            percept: of screens and instructions.
            context: (batch, CONTEXT_FEATURES).
            hide_instruction: share of decisions in which the worker is not shown the instruction.
        """
        manager = self.manager.view(percept, context, state.memory)
        option, decided, duration, manager_log_prob = self.decide(
            percept, manager, state, greedy, hide_instruction, generator
        )
        worker = self.worker.view(percept, option, context)
        action, log_prob = self._choose_action(percept, worker, greedy, generator)
        after = ActorState(option.skill, option.slot, option.remaining - 1, option.sees_instruction)
        return Acted(
            action,
            after,
            option,
            decided,
            duration,
            log_prob,
            manager_log_prob,
            worker.value,
            worker.bonus_value,
            manager.value,
            manager.done_logit.sigmoid(),
        )

    @torch.no_grad()
    def estimate(
        self, percept: Percept, context: Tensor, state: ActorState
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Values of going on with the open decision: of R, of the bonus, and the manager's.

        Each has shape (batch,).
        """
        remaining = state.remaining.clamp(min=1)
        if not self.is_hierarchical:
            remaining = torch.full_like(remaining, DURATIONS[-1])
        option = Option(_known(state.skill), state.slot, remaining, state.sees_instruction)
        worker = self.worker.view(percept, option, context)
        manager = self.manager.view(percept, context, state.memory)
        return worker.value, worker.bonus_value, manager.value

    def decide(
        self,
        percept: Percept,
        view: ManagerView,
        state: ActorState,
        greedy: bool,
        hide_instruction: float = 0.0,
        generator: torch.Generator | None = None,
    ) -> tuple[Option, Tensor, Tensor, Tensor]:
        """The option of this step: the open one, or a new one where it is over or stopped.

        Beside it whether a new one was decided on, the index of its duration, and the decision's
        log-probability, 0 where none was taken; (batch,) each.
        """
        due = state.remaining <= 0
        if not self.is_hierarchical:
            skill = torch.full_like(state.skill, _TASK)
            remaining = torch.full_like(state.remaining, DURATIONS[-1])
            option = Option(skill, torch.zeros_like(skill), remaining, torch.ones_like(due))
            return option, due, torch.zeros_like(skill), torch.zeros_like(view.value)

        stop_logit = self.stop_logit(percept, view, state)
        if greedy:
            stops = stop_logit > 0
            sees = torch.ones_like(due)
        else:
            uniform = torch.rand((2, len(due)), generator=generator).to(self.device)
            stops = uniform[0] < stop_logit.sigmoid()
            sees = uniform[1] >= hide_instruction
        decided = due | stops
        skill, slot, duration, log_prob = self._draw_decision(percept, view, greedy, generator)
        lengths = torch.tensor(DURATIONS, device=self.device)
        option = Option(
            torch.where(decided, skill, state.skill),
            torch.where(decided, slot, state.slot),
            torch.where(decided, lengths[duration], state.remaining),
            decided & sees | ~decided & state.sees_instruction,  # ONNX has no choice of booleans
        )
        return option, decided, duration, log_prob * decided

    def stop_logit(self, percept: Percept, view: ManagerView, state: ActorState) -> Tensor:
        """How much the open decision looks finished, (batch,); of no meaning before the first."""
        return self.manager.stop_logit(
            view, percept, _known(state.skill), state.slot, state.remaining
        )

    def _draw_decision(
        self,
        percept: Percept,
        view: ManagerView,
        greedy: bool,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        skills = self.manager.skills(view)
        skill = skills.sample(greedy=greedy, generator=generator)
        slots = self.manager.slots(view, percept, skill)
        slot = slots.sample(greedy=greedy, generator=generator)
        durations = self.manager.durations(view, skill)
        duration = durations.sample(greedy=greedy, generator=generator)
        log_prob = skills.log_prob(skill) + slots.log_prob(slot) + durations.log_prob(duration)
        return skill, slot, duration, log_prob

    def _choose_action(
        self,
        percept: Percept,
        view: WorkerView,
        greedy: bool,
        generator: torch.Generator | None,
    ) -> tuple[Tensor, Tensor]:
        """An action, (batch, 6), and the log-probability of the parts that it uses, (batch,)."""

        def draw(choice: Choice) -> Tensor:
            return choice.sample(greedy=greedy, generator=generator)

        kind = draw(self.worker.kinds(view))
        pointer = draw(self.worker.pointers(view, kind))
        target = draw(self.worker.targets(view, pointer))
        key = draw(self.worker.keys(view))
        slot = draw(self.worker.slots(view, percept))
        direction = draw(self.worker.directions(view))
        action = torch.stack([kind, pointer, target, key, slot, direction], dim=1)
        log_prob, _ = self._judge_action(percept, view, action)
        return action, log_prob

    def _judge_action(
        self, percept: Percept, view: WorkerView, action: Tensor, cells: Tensor | None = None
    ) -> tuple[Tensor, dict[str, Tensor]]:
        kind, pointer = action[:, Part.TYPE], action[:, Part.POINTER]
        kinds = self.worker.kinds(view)
        parts = {
            Part.POINTER: self.worker.pointers(view, kind),
            Part.TARGET: self.worker.targets(view, pointer),
            Part.KEY: self.worker.keys(view),
            Part.SLOT: self.worker.slots(view, percept),
            Part.DIRECTION: self.worker.directions(view),
        }
        any_of = {} if cells is None else dict(zip(_WITH_CELLS, cells.unbind(1), strict=True))
        log_prob = kinds.log_prob(kind)
        entropies = {"type": kinds.entropy()}
        for part, choice in parts.items():
            used = uses(kind, part).to(log_prob.dtype)
            if part in any_of:
                log_part = choice.log_prob_of_any(any_of[part])
            else:
                log_part = choice.log_prob(action[:, part])
            log_prob = log_prob + used * log_part
            entropies[part.name.lower()] = used * choice.entropy()
        return log_prob, entropies

    def judge_worker(
        self,
        percept: Percept,
        option: Option,
        context: Tensor,
        action: Tensor,
        cells: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Log-probability of actions under options, and what is expected of them.

        Args:
            percept: of what is seen.
            option: under which they are taken.
            context: (batch, CONTEXT_FEATURES).
            action: (batch, 6), int64.
            cells: (batch, 2, cells), bool: pointers and targets, any of which is meant; without
                them the action's own.

        Returns:
            The log-probability, the return of R and the bonus that are expected; (batch,) each.
        """
        view = self.worker.view(percept, option, context)
        log_prob, _ = self._judge_action(percept, view, action, cells)
        return log_prob, view.value, view.bonus_value

    def evaluate(
        self,
        percept: Percept,
        context: Tensor,
        option: Option,
        decision: Decision,
        action: Tensor,
        memory: Memory,
    ) -> Evaluated:
        """Judge recorded steps.

        Args:
            percept: ``perceive`` of their observations, gradients recorded.
            context: (batch, CONTEXT_FEATURES).
            option: under which the worker acted.
            decision: the manager's choices; of meaning only where it decided.
            action: (batch, 6), int64.
            memory: what the manager remembered.
        """
        manager = self.manager.view(percept, context, memory)
        worker = self.worker.view(percept, option, context)
        log_prob, entropies = self._judge_action(percept, worker, action)
        skills = self.manager.skills(manager)
        slots = self.manager.slots(manager, percept, decision.skill)
        durations = self.manager.durations(manager, decision.skill)
        manager_log_prob = (
            skills.log_prob(decision.skill)
            + slots.log_prob(decision.slot)
            + durations.log_prob(decision.duration)
        )
        entropies |= {
            "skill": skills.entropy(),
            "about": slots.entropy(),
            "duration": durations.entropy(),
        }
        stop_logit = self.manager.stop_logit(
            manager, percept, option.skill, option.slot, option.remaining
        )
        return Evaluated(
            log_prob,
            manager_log_prob,
            worker.value,
            worker.bonus_value,
            manager.value,
            stop_logit,
            manager.done_logit,
            manager.aim_skills,
            manager.aim_slots,
            entropies,
        )

    def content(self) -> dict[str, Any]:
        """What a model file holds of the policy: its configuration and its weights."""
        return {
            "policy_config": self.config.model_dump(mode="json"),
            "weights": {name: tensor.cpu() for name, tensor in self.state_dict().items()},
        }

    def save(self, path: Path | str) -> None:
        """Write the policy to a model file, atomically.

        Raises:
            StorageError: the file cannot be written.
        """
        write_model(Path(path), self.content())

    @classmethod
    def load(cls, path: Path | str, *, device: torch.device | str = "cpu") -> HierarchicalPolicy:
        """Rebuild a policy from a model file or a training checkpoint.

        Raises:
            CheckpointError: the file is missing, damaged, or of another format or architecture.
        """
        return cls.from_content(read_model(Path(path)), where=str(path)).to(device)

    @classmethod
    def from_content(cls, content: dict[str, Any], *, where: str) -> HierarchicalPolicy:
        """Rebuild a policy from what ``content`` returned; ``where`` is for messages.

        Raises:
            CheckpointError: configuration or weights do not fit this version's architecture.
        """
        try:
            config = PolicyConfig.model_validate(content["policy_config"])
            policy = cls(config.model_copy(update={"pretrained_encoder": False}))
            policy.load_state_dict(content["weights"])
        except (KeyError, TypeError, RuntimeError, ValidationError) as error:
            first = str(error).strip().splitlines()[0]
            raise CheckpointError(
                f"its network is of another architecture: {first}",
                where=where,
                hint="use the hrlctl version that wrote it, or train anew",
            ) from error
        policy.config = config
        policy.eval()
        return policy


def _known(skill: Tensor) -> Tensor:
    """Skills with some skill for NOTHING_YET, where what is computed from it is not used."""
    return skill.clamp(max=len(SKILLS) - 1)
