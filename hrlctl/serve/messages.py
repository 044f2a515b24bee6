"""What requests and responses hold, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from hrlctl.env.observation import MAX_CHARACTERS
from hrlctl.schema.base import Split
from hrlctl.schema.setup import DesktopKind

DEFAULT_STEPS = 30
MAX_STEPS = 1000

Instruction = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS)]


class Message(BaseModel):
    """A message; a request with unknown keys is refused."""

    model_config = ConfigDict(extra="forbid")


class Problem(Message):
    """Why a request was refused."""

    detail: str
    hint: str | None = None


class Health(Message):
    """The server answers."""

    status: Literal["ok"] = "ok"


class ScreenSizeMessage(Message):
    """Pixels."""

    width: int
    height: int


class ModelMessage(Message):
    """What is served."""

    name: str
    hrlctl_version: str
    policy: str
    encoder: str
    parameters: int
    screen: ScreenSizeMessage
    skills: list[str]
    action_types: list[str]
    keys: list[str]
    done_threshold: float
    tasks: list[str] | None
    training_steps: int | None
    training_success_rate: float | None


class ActionMessage(Message):
    """What to do; only the fields that the type uses are there. Positions are pixels."""

    type: str
    x: int | None = None
    y: int | None = None
    to_x: int | None = None
    to_y: int | None = None
    direction: str | None = None
    key: str | None = None
    text: str | None = None


class SkillMessage(Message):
    """The manager's choice."""

    name: str
    about: str | None = Field(
        default=None, description="the part of the instruction that it is about"
    )
    remaining_steps: int = Field(description="for which the choice still holds")
    probabilities: dict[str, float] = Field(description="if the manager decided now")


class SessionMessage(Message):
    """An instruction that is being carried out, and where it stands."""

    id: str
    instruction: str
    max_steps: int
    steps: int
    said_done: bool
    skill: str | None = Field(default=None, description="the manager's open choice")
    about: str | None = None
    remaining_steps: int = 0


class SessionRequest(Message):
    """An instruction to be carried out over several screenshots."""

    instruction: Instruction
    max_steps: int = Field(default=DEFAULT_STEPS, ge=1, le=MAX_STEPS)


class PredictionMessage(Message):
    """What the agent does on a screenshot."""

    action: ActionMessage
    done_probability: float
    types: dict[str, float] = Field(description="the probability of each type of action")
    parts: dict[str, float] = Field(description="of the choice in each part that the action uses")
    skill: SkillMessage | None = Field(default=None, description="missing without a manager")
    session: SessionMessage | None = None


class TaskRunRequest(Message):
    """An instance of a task to be played."""

    task: str = Field(max_length=200, examples=["desktop_basics/open-icon"])
    instance: int = Field(default=0, ge=0, lt=2**31)
    set: Split = Split.SEEDS
    desktop: DesktopKind = Field(
        default="sim", description="the simulator, or real programs on a private display"
    )


class TaskStep(Message):
    """A step that was taken."""

    action: ActionMessage
    skill: str | None = None


class TaskRunMessage(Message):
    """How a task went."""

    task: str
    instruction: str
    success: bool = Field(description="the agent said that it has finished, and was right")
    said_done: bool
    max_steps: int
    steps: list[TaskStep]
