"""The configuration of a run: every key, its default, and what it does.

``buffer_size`` is the number of transitions of one update over all environments, which the command
line also calls ``--rollout-steps``. Two presets exist: ``fast``, the default on a CPU, and
``classic``, PPO's textbook values.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from hrlctl.schema.base import Difficulty, StrictModel
from hrlctl.schema.setup import DesktopKind

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NonNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=1)]
Sampling = Literal["progress", "failure", "uniform"]
PolicyKind = Literal["hierarchical", "flat"]


class TrainingConfig(StrictModel):
    """PPO and what is around it."""

    preset: Literal["auto", "fast", "classic"] = "auto"  # auto: fast on a CPU, classic on a GPU
    total_timesteps: Count = 1_000_000
    learning_rate: Positive = 3e-4
    learning_rate_schedule: Literal["constant", "linear"] = "linear"
    clip_epsilon: Positive = 0.2
    gamma: Share = 0.99
    gae_lambda: Share = 0.95
    buffer_size: Count = 2048  # transitions an update, over all environments
    update_epochs: Count = 4
    minibatches: Count = 8
    max_grad_norm: Positive = 0.5
    value_coefficient: NonNegative = 0.5
    entropy_coefficient: NonNegative = 0.01  # of the action type, at the start
    entropy_final: NonNegative = 0.003  # where the schedule ends
    manager_coefficient: NonNegative = 0.5
    auxiliary_coefficient: NonNegative = 0.5  # of naming what stands where and what is due
    imitation_coefficient: NonNegative = 0.0  # of repeating what has reached milestones
    demonstrations: Annotated[int, Field(ge=0)] = 0  # oracle episodes; 0: from scratch
    cloning_epochs: Count = 6  # passes over the demonstrations before PPO
    cloning_rate: Positive = 1e-3  # learning rate of the cloning before PPO, where it begins
    cloning_coefficient: NonNegative = 0.5  # of cloning beside PPO, at its start
    cloning_decay: Share = 0.5  # of the run's steps, after which that is 0
    encoded_share: Annotated[float, Field(gt=0, le=1)] = 1.0  # of the frames: teach the encoder
    reading_rate: NonNegative = 3e-3  # learning rate of the reader
    reading_steps: Annotated[int, Field(ge=0)] = 0  # at the start, in which only perception learns
    critic_steps: Annotated[int, Field(ge=0)] = 0  # of PPO, at its start: only the critics learn
    target_kl: Positive | None = None  # ends an update's epochs early
    mixed_precision: Literal["auto", "off", "bfloat16"] = "auto"
    gradient_checkpointing: bool = False
    num_envs: Count = 32
    workers: Annotated[int, Field(ge=0)] = 0  # processes; 0 steps the environments in this one
    engine: Literal["local", "ray"] = "local"  # processes of this machine, or actors of Ray
    ray_address: str | None = None  # of a cluster; None starts one on this machine
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 0
    device: str = "auto"
    threads: Annotated[int, Field(ge=0)] = 0  # of torch, on the processor; 0: what is fastest here
    checkpoint_every: Count = 10_000
    keep: Annotated[int, Field(ge=0)] = 0  # newest checkpoints kept; 0 keeps all


class CurriculumConfig(StrictModel):
    """When a stage is passed."""

    enabled: bool = True
    difficulty: Difficulty = Difficulty.EASY  # where it starts
    easy_threshold: Share = 0.6
    medium_threshold: Share = 0.5
    min_steps_per_stage: Annotated[int, Field(ge=0)] = 50_000
    sampling: Sampling = "failure"  # which tasks of a stage get most of the steps


class PolicyConfig(StrictModel):
    """The network. Stored in checkpoints: a policy is rebuilt from it."""

    kind: PolicyKind = "hierarchical"
    encoder: Literal["compact", "mobilenet_v3_small", "efficientnet_b0"] = "compact"
    pretrained_encoder: bool = False  # ImageNet weights; downloads them
    width: Annotated[int, Field(ge=16, le=512)] = 48  # channels of the feature map


class EnvironmentConfig(StrictModel):
    """The desktop and its tasks."""

    desktop: DesktopKind = "sim"
    screen_width: Annotated[int, Field(ge=128, le=640, multiple_of=8)] = 160
    screen_height: Annotated[int, Field(ge=96, le=480, multiple_of=8)] = 120
    packs: tuple[str, ...] = ()  # empty: all
    tasks: tuple[str, ...] = ()  # ids; empty: all of the packs
    task_file: Path | None = None
    success_reward: Positive = 1.0
    milestone_reward: NonNegative = 0.5  # all milestones of an episode together
    shaping_reward: NonNegative = 0.1  # potential of a state in which all milestones hold
    reward_terms: tuple[str, ...] = ()  # further terms, hrlctl's own or of plug-ins, as name=weight


class OutputConfig(StrictModel):
    """Where a run writes."""

    save_dir: Path = Path("checkpoints")
    log_dir: Path = Path("logs")


class RunConfig(StrictModel):
    """Everything that a run depends on."""

    training: TrainingConfig = TrainingConfig()
    curriculum: CurriculumConfig = CurriculumConfig()
    policy: PolicyConfig = PolicyConfig()
    environment: EnvironmentConfig = EnvironmentConfig()
    output: OutputConfig = OutputConfig()
