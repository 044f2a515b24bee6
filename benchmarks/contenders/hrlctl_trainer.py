"""hrlctl's own trainer, hierarchical or flat."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch

from contenders.report import (
    CLIP,
    ENVS,
    EPOCHS,
    GAMMA,
    LAMBDA,
    LEARNING_RATE,
    MINIBATCHES,
    STEPS,
    TASKS,
    Report,
    arguments,
)
from hrlctl.config import resolve
from hrlctl.events import EpisodeFinished, UpdateFinished
from hrlctl.training.run import compose

_READING_SHARE = 10  # one step of so many teaches only to see and to read


def main() -> None:
    given = arguments()
    updates = -(-given.steps // (STEPS * ENVS))
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "training.preset": "fast", "training.seed": given.seed, "training.num_envs": ENVS,
            "training.buffer_size": STEPS * ENVS, "training.update_epochs": EPOCHS,
            "training.minibatches": MINIBATCHES, "training.learning_rate": LEARNING_RATE,
            "training.gamma": GAMMA, "training.gae_lambda": LAMBDA, "training.clip_epsilon": CLIP,
            "training.total_timesteps": given.steps, "training.device": "cpu",
            "training.threads": torch.get_num_threads(), "training.mixed_precision": "off",
            "training.reading_steps": updates // _READING_SHARE * STEPS * ENVS,
            "curriculum.enabled": False, "environment.tasks": list(TASKS),
            "policy.kind": "flat" if given.flat else "hierarchical",
            "output.save_dir": Path(folder),
        }  # fmt: skip
        trainer = compose(resolve(options, {}).config)
        report = Report(sum(p.numel() for p in trainer.policy.parameters()))
        for event in trainer.events():
            if isinstance(event, EpisodeFinished):
                report.episode(success=event.success)
            elif isinstance(event, UpdateFinished):
                report.update(event.steps)
        report.print()


if __name__ == "__main__":
    main()
