"""What a model's numbers mean: actions, probabilities and skills by their names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from hrlctl.desktop.commands import Command, Done, name_of
from hrlctl.env.action import USES, ActionSpace, ActionType, Part
from hrlctl.schema.exported_model import ExportedModelInfo
from hrlctl.serve.batching import Reply
from hrlctl.serve.messages import ActionMessage, SkillMessage

_POSITIONS: Final = {"x": 0, "y": 1, "to_x": 0, "to_y": 1}  # the field's axis


class Decision(NamedTuple):
    """What the manager has chosen."""

    skill: str
    about: str | None  # text of the instruction
    remaining: int  # steps for which it still holds


class Interpreter:
    """Reads the replies of one model.

    Args:
        info: what the model is.
    """

    def __init__(self, info: ExportedModelInfo) -> None:
        self._info = info
        self._places = [info.state.parts.index(part) for part in ("skill", "slot", "remaining")]
        self.actions = ActionSpace(info.screen.width, info.screen.height, info.screen.cell)

    @property
    def has_manager(self) -> bool:
        """Whether the model chooses skills."""
        return self._info.policy.kind == "hierarchical"

    def says_done(self, reply: Reply) -> bool:
        """Whether the agent says that it has finished."""
        return reply.done_probability > self._info.done_threshold

    def command(self, reply: Reply, texts: Sequence[str]) -> Command:
        """What is done, in pixels of the model's screen."""
        return Done() if self.says_done(reply) else self.actions.decode(reply.action, texts)

    def action(self, command: Command, width: int, height: int) -> ActionMessage:
        """A command for a screen of ``width`` x ``height`` pixels."""
        scales = width / self.actions.width, height / self.actions.height
        fields = command._asdict()
        for name, axis in _POSITIONS.items():
            if name in fields:
                fields[name] = int(fields[name] * scales[axis])
        return ActionMessage(type=name_of(command), **fields)

    def types(self, reply: Reply) -> dict[str, float]:
        """The probability of each type of action, had the agent not finished."""
        names = [kind.name for kind in self._info.action.types]
        return _probabilities(names, reply.heads["type_log_probs"])

    def parts(self, reply: Reply) -> dict[str, float]:
        """The probability of what was chosen, in each part that the type of the action uses."""
        if self.says_done(reply):
            return {}
        kind = ActionType(int(reply.action[Part.TYPE]))
        return {
            part.name.lower(): _probability(
                reply.heads[f"{part.name.lower()}_log_probs"][reply.action[part]]
            )
            for part in USES[kind]
        }

    def decision(self, state: npt.NDArray[np.int64], texts: Sequence[str]) -> Decision | None:
        """The open decision in a state; ``None`` before the first, and without a manager."""
        skill, slot, remaining = (int(state[place]) for place in self._places)
        names = self._info.state.skills
        if not self.has_manager or skill >= len(names):
            return None
        about = texts[slot] if slot < len(texts) else None
        return Decision(names[skill], about, max(0, remaining))

    def skill(self, reply: Reply, texts: Sequence[str]) -> SkillMessage | None:
        """The choice under which the reply's action is taken."""
        decision = self.decision(reply.state, texts)
        if decision is None:
            return None
        chances = _probabilities(self._info.state.skills, reply.heads["skill_log_probs"])
        return SkillMessage(
            name=decision.skill,
            about=decision.about,
            remaining_steps=decision.remaining,
            probabilities=chances,
        )


def _probabilities(names: Sequence[str], log_probs: npt.NDArray[np.float32]) -> dict[str, float]:
    return {name: _probability(value) for name, value in zip(names, log_probs, strict=True)}


def _probability(log_prob: float) -> float:
    return round(float(np.exp(log_prob)), 6)
