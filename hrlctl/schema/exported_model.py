"""``model.json``: all that running an exported model takes, without hrlctl and without torch."""

from __future__ import annotations

from typing import Any, Final, Literal

from hrlctl.schema.base import StrictModel
from hrlctl.schema.run import PolicyConfig

FORMAT: Final = "hrlctl-exported-model"
FORMAT_VERSION: Final = 1
INFO_NAME: Final = "model.json"
"""The name of the file that stands beside the model."""


class ModelFile(StrictModel):
    """One file with the model's graph and weights."""

    weights: Literal["float32", "int8"]
    bytes: int
    sha256: str


class ScreenInfo(StrictModel):
    """The screen that the model was exported for, in pixels."""

    width: int
    height: int
    cell: int  # side of a pointer cell; cells are numbered row by row


class TensorInfo(StrictModel):
    """An input or an output."""

    dtype: Literal["uint8", "int64", "float32"]
    shape: tuple[int | str, ...]  # "batch" is free
    about: str


class InstructionInfo(StrictModel):
    """How an instruction becomes ``tokens`` and ``slots``."""

    alphabet: str  # character i has code i + 1; 0 is padding
    first_bucket: int  # any other character c has code first_bucket + code point of c % buckets
    buckets: int
    first_slot: int  # the token of slot i is first_slot + i
    max_slots: int
    instruction_length: int
    slot_length: int
    pieces: str  # regular expression; groups 1, 2: quoted, 3: a number, 4: a word
    function_words: tuple[str, ...]
    rules: tuple[str, ...]


class ContextInfo(StrictModel):
    """What the numbers of ``context`` are, in their order."""

    features: tuple[str, ...]


class ActionTypeInfo(StrictModel):
    """A type of action, and which parts of an action it uses."""

    name: str
    uses: tuple[str, ...]


class ActionInfo(StrictModel):
    """What the numbers of ``action`` mean."""

    parts: tuple[str, ...]
    types: tuple[ActionTypeInfo, ...]
    keys: tuple[str, ...]
    directions: tuple[str, ...]
    rules: tuple[str, ...]


class StateInfo(StrictModel):
    """What the numbers of ``state`` mean, and what they are before the first step."""

    parts: tuple[str, ...]
    initial: tuple[int, ...]
    skills: tuple[str, ...]
    durations: tuple[int, ...]  # of ``duration_log_probs``, in steps


class TrainingSummary(StrictModel):
    """How the model was trained."""

    steps: int
    seconds: float
    success_rate: float | None  # over the last training episodes, the mean of the tasks'
    config: dict[str, Any]


class ExportedModelInfo(StrictModel):
    """The content of ``model.json``."""

    format: Literal["hrlctl-exported-model"] = FORMAT
    format_version: int = FORMAT_VERSION
    hrlctl_version: str
    files: dict[str, ModelFile]
    policy: PolicyConfig
    parameters: int
    screen: ScreenInfo
    inputs: dict[str, TensorInfo]
    outputs: dict[str, TensorInfo]
    instruction: InstructionInfo
    context: ContextInfo
    action: ActionInfo
    state: StateInfo
    done_threshold: float  # above it the agent says that it has finished
    tasks: tuple[str, ...] | None  # ids that it was trained on; null: not known
    pack_versions: dict[str, str]
    training: TrainingSummary | None
