"""Writing ``model.json``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final, Literal

from hrlctl import __version__
from hrlctl.env.action import CELL_SIZE, NUM_SLOTS
from hrlctl.env.arrays import CONTEXT_FEATURES
from hrlctl.env.observation import INSTRUCTION_LENGTH, SLOT_LENGTH
from hrlctl.export.agent import AgentInputs, AgentOutputs, state_tensor
from hrlctl.policy.hierarchical import DONE_THRESHOLD, HierarchicalPolicy
from hrlctl.policy.manager import DURATIONS, SKILLS
from hrlctl.runtime.interface import action_info, context_info, instruction_info
from hrlctl.schema.exported_model import (
    ExportedModelInfo,
    ModelFile,
    ScreenInfo,
    StateInfo,
    TensorInfo,
    TrainingSummary,
)

_ABOUT: Final = {
    "screen": "pixels, RGB, rows from top to bottom",
    "tokens": "the instruction's characters; see instruction",
    "slots": "the texts that the instruction is about; see instruction",
    "context": "see context",
    "state": "of the step before, or state.initial",
    "action": "the likeliest; see action",
    "next_state": "give it back as state with the next screen",
    "done_probability": "that the task is finished on this screen",
    "type_log_probs": "of the types of action",
    "pointer_log_probs": "of the cells, given the type in action",
    "target_log_probs": "of the cells where a drag ends, given the pointer in action",
    "key_log_probs": "of the keys",
    "slot_log_probs": "of the slots to type",
    "direction_log_probs": "of the directions to scroll",
    "skill_log_probs": "of the skills, if the manager decided now",
    "about_log_probs": "of the slots that the likeliest skill is about",
    "duration_log_probs": "of the likeliest skill's durations",
    "stop_logit": "above 0 the open decision is ended before its time",
}


def describe(
    policy: HierarchicalPolicy,
    content: Mapping[str, Any],
    training: TrainingSummary | None,
    width: int,
    height: int,
    files: Mapping[str, ModelFile],
) -> ExportedModelInfo:
    """What ``model.json`` says.

    Args:
        policy: what was exported.
        content: of the checkpoint.
        training: how it was trained.
        width, height: of the screen in pixels.
        files: that were written, by name.
    """
    cells = (width // CELL_SIZE) * (height // CELL_SIZE)
    action = action_info()
    state = StateInfo(
        parts=("skill", "slot", "remaining"),
        initial=tuple(state_tensor(policy.initial_state(1))[0].tolist()),
        skills=tuple(skill.value for skill in SKILLS),
        durations=DURATIONS,
    )
    shapes: dict[str, tuple[int, ...]] = {
        "screen": (height, width, 3),
        "tokens": (INSTRUCTION_LENGTH,),
        "slots": (NUM_SLOTS, SLOT_LENGTH),
        "context": (CONTEXT_FEATURES,),
        "state": (len(state.parts),),
        "action": (len(action.parts),),
        "next_state": (len(state.parts),),
        "done_probability": (),
        "type_log_probs": (len(action.types),),
        "pointer_log_probs": (cells,),
        "target_log_probs": (cells,),
        "key_log_probs": (len(action.keys),),
        "slot_log_probs": (NUM_SLOTS,),
        "direction_log_probs": (len(action.directions),),
        "skill_log_probs": (len(SKILLS),),
        "about_log_probs": (NUM_SLOTS,),
        "duration_log_probs": (len(DURATIONS),),
        "stop_logit": (),
    }

    def tensor(name: str) -> TensorInfo:
        return TensorInfo(dtype=_type_of(name), shape=("batch", *shapes[name]), about=_ABOUT[name])

    tasks = content.get("tasks")
    return ExportedModelInfo(
        hrlctl_version=content.get("hrlctl_version", __version__),
        files=dict(files),
        policy=policy.config,
        parameters=sum(parameter.numel() for parameter in policy.parameters()),
        screen=ScreenInfo(width=width, height=height, cell=CELL_SIZE),
        inputs={name: tensor(name) for name in AgentInputs._fields},
        outputs={name: tensor(name) for name in AgentOutputs._fields},
        instruction=instruction_info(),
        context=context_info(),
        action=action,
        state=state,
        done_threshold=DONE_THRESHOLD,
        tasks=None if tasks is None else tuple(tasks),
        pack_versions=dict(content.get("pack_versions", {})),
        training=training,
    )


def describe_file(content: bytes, weights: Literal["float32", "int8"]) -> ModelFile:
    """What ``model.json`` says of one file."""
    return ModelFile(
        weights=weights, bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )


def _type_of(name: str) -> Literal["uint8", "int64", "float32"]:
    if name in ("screen", "tokens", "slots"):
        return "uint8"
    return "int64" if name in ("state", "action", "next_state") else "float32"
