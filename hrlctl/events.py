"""What the engine tells whoever watches: the command line renders these, TensorBoard records them.

Events are plain immutable data. Rates are shares in [0, 1]; times are seconds; ``steps`` counts
transitions over all environments since the run began (resumed parts included).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The engine is ready to take its first step."""

    total_steps: int
    steps: int  # more than 0 when resumed
    updates: int  # updates that the run will have had at its end
    num_envs: int
    rollout_steps: int
    parameters: int  # of the policy
    device: str
    task_ids: tuple[str, ...]
    policy: str
    encoder: str
    seed: int
    resumed_from: Path | None = None
    demonstrations: int = 0  # behind it, those of its first weights included; 0: from scratch


@dataclass(frozen=True, slots=True)
class DemonstrationsPlayed:
    """Oracles have solved some more of the instances that a warm start learns from."""

    steps: int
    played: int
    count: int  # that will have been played
    demonstrated_steps: int  # so far, the finished screens included
    seconds: float  # since the run began


@dataclass(frozen=True, slots=True)
class CloningProgressed:
    """Some steps of the demonstrations were learned from; the environments stand still."""

    steps: int
    round: int
    rounds: int
    seconds: float  # since the run began
    losses: Mapping[str, float]  # worker, manager, stop, done, aim, value, look, reading
    shares: Mapping[str, float]  # actions_right, skills_right, letters_read


@dataclass(frozen=True, slots=True)
class EpisodeFinished:
    """One training episode ended; ``episode_return`` is the sum of R, undiscounted."""

    steps: int
    task_id: str
    difficulty: str
    success: bool
    truncated: bool
    length: int
    episode_return: float


@dataclass(frozen=True, slots=True)
class View:
    """What the agent sees now, for the panel and for TensorBoard."""

    screen: npt.NDArray[np.uint8]  # (height, width, 3)
    instruction: str
    task_id: str
    pointer: tuple[int, int]  # (x, y) in pixels
    action: str  # the last action in words
    skill: str  # the manager's choice in words


@dataclass(frozen=True, slots=True)
class TaskProgress:
    """One task's moving averages over its last episodes."""

    task_id: str
    difficulty: str
    episodes: int  # since the run began
    success_rate: float | None  # None before the first episode
    mean_return: float | None


@dataclass(frozen=True, slots=True)
class StageProgress:
    """Where the curriculum stands."""

    stage: str
    success_rate: float | None  # mean over the stage's tasks; None until each has an episode
    threshold: float | None  # None in the last stage and without curriculum
    steps_in_stage: int
    min_steps: int | None
    steps_by_stage: Mapping[str, int] = field(default_factory=dict)
    reopened: tuple[str, ...] = ()  # stages that were passed, have slipped, and are played again


@dataclass(frozen=True, slots=True)
class UpdateFinished:
    """One rollout was collected and learned from."""

    update: int
    updates: int
    steps: int
    total_steps: int
    seconds: float  # since the run began
    steps_per_second: float  # over the last updates
    success_rate: float | None  # mean over tasks of the moving averages; the headline
    mean_reward: float | None  # mean return of the last episodes
    mean_length: float | None
    losses: Mapping[str, float]  # policy, value, manager, entropy, auxiliary, total ...
    diagnostics: Mapping[str, float]  # approximate_kl, clip_fraction, explained_variance, ...
    entropies: Mapping[str, float]  # of each head, normalised to [0, 1]
    skill_usage: Mapping[str, float]  # share of the manager's decisions
    phases: Mapping[str, float]  # seconds of this update by phase
    tasks: tuple[TaskProgress, ...]
    stage: StageProgress
    view: View | None = None


@dataclass(frozen=True, slots=True)
class StageAdvanced:
    """The curriculum moved on."""

    steps: int
    from_stage: str
    to_stage: str
    steps_in_stage: int
    success_rate: float


@dataclass(frozen=True, slots=True)
class StageReopened:
    """A stage that was passed has slipped: it is played as much as the one that is trained."""

    steps: int
    stage: str
    success_rate: float


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    steps: int
    path: Path


@dataclass(frozen=True, slots=True)
class WarningRaised:
    """Something that the user should know; the run goes on."""

    steps: int
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class WorkerRestarted:
    """An environment's process died or hung and was replaced; its episode counts as a fault."""

    steps: int
    worker: int
    reason: str


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run ended: by its number of steps, or because it was interrupted."""

    steps: int
    seconds: float
    interrupted: bool
    final_model: Path | None
    resume_from: Path | None
    success_rate: float | None
    stage: StageProgress


Event = (
    RunStarted
    | DemonstrationsPlayed
    | CloningProgressed
    | EpisodeFinished
    | UpdateFinished
    | StageAdvanced
    | StageReopened
    | CheckpointSaved
    | WarningRaised
    | WorkerRestarted
    | RunFinished
)
