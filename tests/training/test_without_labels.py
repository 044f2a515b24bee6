"""Desktops that know no labels, as those with real programs, train without the label losses."""

from __future__ import annotations

import numpy as np
import torch

from hrlctl.desktop.contract import Annotation
from hrlctl.desktop.sim import SimDesktop
from hrlctl.env.arrays import UNLABELLED
from hrlctl.env.desktop_env import DesktopEnv
from hrlctl.events import UpdateFinished
from hrlctl.packs import Task
from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.run import PolicyConfig
from hrlctl.training.sources import LocalSource
from hrlctl.training.trainer import PPOTrainer


class UnlabelledDesktop(SimDesktop):
    """A simulated desktop that says nothing about what it shows."""

    def annotate(self, rows: int, columns: int) -> Annotation | None:  # type: ignore[override]
        return None


def test_an_update_without_labels_learns_from_reward_alone(basics: tuple[Task, ...]) -> None:
    torch.manual_seed(0)
    policy = HierarchicalPolicy(PolicyConfig.model_validate({"width": 16}))
    reader = [parameter.clone() for parameter in policy.perception.reader.parameters()]
    envs = [DesktopEnv(basics[:2], desktop=UnlabelledDesktop()) for _ in range(2)]
    trainer = PPOTrainer(
        policy, envs, buffer_size=32, minibatches=2, update_epochs=1, mixed_precision="off"
    )
    (update,) = [e for e in trainer.events(32) if isinstance(e, UpdateFinished)]
    assert isinstance(trainer.source, LocalSource)
    seen = trainer.source.collector.seen
    assert (seen.looks[seen.is_fresh] == UNLABELLED).all()
    assert update.losses["look"] == 0.0
    assert "reading" not in update.losses
    assert all(np.isfinite(value) for value in update.losses.values())
    assert all(torch.isfinite(parameter).all() for parameter in policy.parameters())
    for before, after in zip(reader, policy.perception.reader.parameters(), strict=True):
        torch.testing.assert_close(before, after)
