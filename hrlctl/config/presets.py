"""Named sets of values. They stand over the defaults and under everything that a user gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hrlctl.schema.setup import SCREEN_SIZES

PRESETS: Final[Mapping[str, Mapping[str, Any]]] = {
    # The learner is the bottleneck on a CPU and fresh data is cheap: one epoch with a high rate.
    "fast": {
        "training.total_timesteps": 480_000,  # half an hour on two cores
        "training.learning_rate": 1.5e-3,
        "training.update_epochs": 1,
        "training.minibatches": 16,
        "training.num_envs": 32,
        "training.entropy_coefficient": 0.04,
        "training.entropy_final": 0.01,
        "training.imitation_coefficient": 0.3,
        "training.reading_steps": 20_480,
        "training.encoded_share": 0.25,
    },
    # PPO's textbook values, which are the defaults of the schema.
    "classic": {},
}

WARM_START: Final[Mapping[str, Any]] = {
    # PPO forgets what was cloned, most of all long tasks, the sooner the larger its steps are.
    "training.learning_rate": 2e-4,
    "training.entropy_coefficient": 0.005,
    "training.entropy_final": 0.002,
    "training.critic_steps": 20_480,
    "training.cloning_decay": 1.0,
}
"""What stands over the preset where there are demonstrations."""

DESKTOPS: Final[Mapping[str, Mapping[str, Any]]] = {
    "sim": {},
    # Real programs take milliseconds a step and a display each, and say little that could teach
    # reading: too little to begin with that alone.
    "x11": {
        "environment.screen_width": SCREEN_SIZES["x11"].width,
        "environment.screen_height": SCREEN_SIZES["x11"].height,
        "training.num_envs": 4,
        "training.reading_steps": 0,
    },
}
"""What stands over the preset on each desktop."""


def preset_for(preset: str, device: str) -> str:
    """The preset that ``preset`` stands for: ``auto`` is ``classic`` on CUDA, else ``fast``."""
    if preset != "auto":
        return preset
    return "classic" if device.startswith("cuda") else "fast"
