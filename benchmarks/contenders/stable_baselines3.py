"""PPO of Stable-Baselines3, with the network of the comparison."""

from __future__ import annotations

from typing import Any

import torch
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import BaseCallback
from stable_baselines3.common.policies import MultiInputActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.vec_env import DummyVecEnv
from torch import Tensor, nn

from contenders.network import Network
from contenders.report import (
    CLIP,
    ENTROPY,
    ENVS,
    EPOCHS,
    GAMMA,
    LAMBDA,
    LEARNING_RATE,
    MINIBATCHES,
    STEPS,
    Report,
    arguments,
    make_env,
)


class Everything(BaseFeaturesExtractor):
    """Makes logits and the value at once; the heads only take them apart."""

    def __init__(self, space: Any, outputs: int) -> None:
        super().__init__(space, outputs + 1)
        self.network = Network()

    def forward(self, seen: dict[str, Tensor]) -> Tensor:
        # The library hands screens over as floats, channels first.
        screens = seen["screen"].permute(0, 2, 3, 1).to(torch.uint8)
        logits, value = self.network({**seen, "screen": screens})
        return torch.cat([logits, value.unsqueeze(1)], dim=1)


class Slice(nn.Module):
    def __init__(self, begin: int, end: int | None) -> None:
        super().__init__()
        self.part = slice(begin, end)

    def forward(self, features: Tensor) -> Tensor:
        return features[:, self.part]


class Policy(MultiInputActorCriticPolicy):
    def _build(self, lr_schedule: Any) -> None:
        super()._build(lr_schedule)
        outputs = int(sum(self.action_space.nvec))
        self.action_net = Slice(0, outputs)
        self.value_net = Slice(outputs, None)
        self.optimizer = self.optimizer_class(
            self.parameters(), lr=lr_schedule(1), **self.optimizer_kwargs
        )


class Watch(BaseCallback):
    """Hands what happens to the report."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.report = report

    def _on_step(self) -> bool:
        for done, info in zip(self.locals["dones"], self.locals["infos"], strict=True):
            if done:
                self.report.episode(success=bool(info["success"]))
        return True

    def _on_rollout_start(self) -> None:
        if self.num_timesteps:  # the update before has ended
            self.report.update(self.num_timesteps)


def main() -> None:
    given = arguments()
    env = DummyVecEnv([lambda i=i: make_env(given.seed * ENVS + i) for i in range(ENVS)])
    outputs = int(sum(env.action_space.nvec))
    model = PPO(
        Policy,
        env,
        learning_rate=lambda left: LEARNING_RATE * left,
        n_steps=STEPS,
        batch_size=STEPS * ENVS // MINIBATCHES,
        n_epochs=EPOCHS,
        gamma=GAMMA,
        gae_lambda=LAMBDA,
        clip_range=CLIP,
        ent_coef=ENTROPY,
        seed=given.seed,
        policy_kwargs={
            "features_extractor_class": Everything,
            "features_extractor_kwargs": {"outputs": outputs},
            "net_arch": [],
            "normalize_images": False,
            "ortho_init": False,
        },
        device="cpu",
    )
    report = Report(sum(p.numel() for p in model.policy.parameters()))
    model.learn(given.steps, callback=Watch(report))
    report.update(model.num_timesteps)
    report.print()


if __name__ == "__main__":
    main()
