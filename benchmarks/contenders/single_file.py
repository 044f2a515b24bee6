"""PPO in a single file, as CleanRL writes it (Huang et al., arXiv 2111.08819): one loop."""

from __future__ import annotations

import gymnasium
import numpy as np
import torch
from gymnasium.vector import AutoresetMode, SyncVectorEnv
from torch import Tensor
from torch.distributions import Categorical

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


def distributions(logits: Tensor, sizes: list[int]) -> list[Categorical]:
    return [Categorical(logits=part) for part in logits.split(sizes, dim=1)]


def main() -> None:
    given = arguments()
    torch.manual_seed(given.seed)
    envs = SyncVectorEnv(
        [lambda i=i: make_env(given.seed * ENVS + i) for i in range(ENVS)],  # type: ignore[misc]
        autoreset_mode=AutoresetMode.SAME_STEP,
    )
    space, actions = envs.single_observation_space, envs.single_action_space
    assert isinstance(space, gymnasium.spaces.Dict)
    assert isinstance(actions, gymnasium.spaces.MultiDiscrete)
    sizes = actions.nvec.tolist()
    network = Network()
    optimizer = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, eps=1e-5)
    report = Report(sum(p.numel() for p in network.parameters()))

    stored = {
        key: torch.zeros((STEPS, ENVS, *part.shape), dtype=torch.from_numpy(part.sample()).dtype)
        for key, part in space.items()
        if part.shape is not None
    }
    taken = torch.zeros((STEPS, ENVS, len(sizes)), dtype=torch.int64)
    log_probs, rewards, dones, values = (torch.zeros((STEPS, ENVS)) for _ in range(4))
    seen, _ = envs.reset(seed=given.seed)
    ended = torch.zeros(ENVS)
    updates = -(-given.steps // (STEPS * ENVS))
    for update in range(updates):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - update / updates)
        for t in range(STEPS):
            for key, array in stored.items():
                array[t] = torch.from_numpy(seen[key])
            dones[t] = ended
            with torch.no_grad():
                logits, values[t] = network({key: array[t] for key, array in stored.items()})
                parts = distributions(logits, sizes)
                drawn = [part.sample() for part in parts]
                taken[t] = torch.stack(drawn, dim=1)
                log_probs[t] = sum(p.log_prob(a) for p, a in zip(parts, drawn, strict=True))
            seen, reward, terminated, truncated, info = envs.step(taken[t].numpy())
            rewards[t] = torch.from_numpy(np.asarray(reward, np.float32))
            ended = torch.from_numpy((terminated | truncated).astype(np.float32))
            for i in np.flatnonzero(terminated | truncated):
                report.episode(success=bool(info["final_info"]["success"][i]))
        with torch.no_grad():
            following = network({key: torch.from_numpy(seen[key]) for key in stored})[1]
        advantages, last = torch.zeros_like(rewards), torch.zeros(ENVS)
        for t in reversed(range(STEPS)):
            goes_on = 1 - (ended if t == STEPS - 1 else dones[t + 1])
            after = following if t == STEPS - 1 else values[t + 1]
            delta = rewards[t] + GAMMA * after * goes_on - values[t]
            advantages[t] = last = delta + GAMMA * LAMBDA * goes_on * last
        returns = advantages + values

        flat = {key: array.flatten(0, 1) for key, array in stored.items()}
        for _ in range(EPOCHS):
            for rows in torch.randperm(STEPS * ENVS).chunk(MINIBATCHES):
                logits, value = network({key: array[rows] for key, array in flat.items()})
                parts = distributions(logits, sizes)
                chosen = taken.flatten(0, 1)[rows].unbind(1)
                log_prob = torch.stack(
                    [p.log_prob(a) for p, a in zip(parts, chosen, strict=True)]
                ).sum(0)
                ratio = (log_prob - log_probs.flatten()[rows]).exp()
                advantage = advantages.flatten()[rows]
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                surrogate = torch.min(
                    ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage
                )
                entropy = torch.stack([p.entropy() for p in parts]).sum(0).mean()
                value_loss = 0.5 * ((value - returns.flatten()[rows]) ** 2).mean()
                loss = value_loss - surrogate.mean() - ENTROPY * entropy
                optimizer.zero_grad()
                torch.autograd.backward(loss)
                torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
                optimizer.step()
        report.update((update + 1) * STEPS * ENVS)
    report.print()


if __name__ == "__main__":
    main()
