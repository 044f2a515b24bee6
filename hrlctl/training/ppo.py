"""The PPO update of both levels (Schulman et al., arXiv 1707.06347), read from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.policy.hierarchical import Evaluated, HierarchicalPolicy, Observations
from hrlctl.policy.perception import Percept
from hrlctl.schema.run import TrainingConfig
from hrlctl.training.precision import Precision, autocast
from hrlctl.training.rollout import Rollout

FRAME_MULTIPLE: Final = 16
"""Batches of frames are padded to a multiple of this, so that few shapes have to be compiled."""

# Entropy coefficients of the heads, as multiples of the action type's. An argument needs less: it
# is paid for only where its type is chosen, and a pointer has to become sharp.
_ENTROPY_WEIGHTS: Final = {
    "type": 1.0, "pointer": 0.3, "target": 0.3, "key": 0.5, "slot": 0.5, "direction": 0.3,
}  # fmt: skip
_MANAGER_ENTROPY_WEIGHTS: Final = {"skill": 1.0, "about": 0.5, "duration": 1.0}
_STOP_COST: Final = 0.02  # what an early end of a decision has to be better by
_DONE_COEFFICIENT: Final = 0.2
_CELLS_A_FRAME: Final = 64  # of which the auxiliary loss takes a sample


class UpdateStatistics(NamedTuple):
    """Means over the minibatches of one update."""

    losses: dict[str, float]
    diagnostics: dict[str, float]
    entropies: dict[str, float]


class Minibatch(NamedTuple):
    """Rows to learn from, and the distinct frames that they show."""

    rows: Tensor  # int64
    frames: np.ndarray  # places of the distinct frames, padded
    frame_of_row: Tensor  # (rows,), int64, index into ``frames``


@dataclass(frozen=True)
class Schedule:
    """What changes over a run, at one point of it."""

    learning_rate: float
    entropy_coefficient: float


def schedule(config: TrainingConfig, progress: float) -> Schedule:
    """The schedule at ``progress`` (0 to 1) of a run."""
    left = 1 - min(max(progress, 0.0), 1.0)
    decay = left if config.learning_rate_schedule == "linear" else 1.0
    span = config.entropy_coefficient - config.entropy_final
    # A little learning rate is left at the end, so that the last updates are not wasted.
    return Schedule(config.learning_rate * max(decay, 0.05), config.entropy_final + span * left)


class Learner:
    """Updates a policy from rollouts.

    Args:
        policy: the policy.
        config: hyperparameters.
    """

    def __init__(self, policy: HierarchicalPolicy, config: TrainingConfig) -> None:
        self.policy, self.config = policy, config
        self.precision: Precision = "bfloat16" if config.mixed_precision == "bfloat16" else "off"
        fused = policy.device.type in ("cpu", "cuda")
        self.optimizer = torch.optim.Adam(
            policy.parameters(), lr=config.learning_rate, eps=1e-5, fused=fused
        )

    def update(self, rollout: Rollout, now: Schedule, rng: np.random.Generator) -> UpdateStatistics:
        """Learn from one rollout: ``update_epochs`` passes in random minibatches."""
        for group in self.optimizer.param_groups:
            group["lr"] = now.learning_rate
        rollout = rollout.on(self.policy.device)
        sums: dict[str, list[float]] = defaultdict(list)
        self.policy.train()
        stopped_early = False
        for _ in range(self.config.update_epochs):
            kls = []
            for batch in minibatches(rollout, self.config.minibatches, rng):
                statistics = self._step(rollout, batch, now, rng)
                for name, value in statistics.items():
                    sums[name].append(value)
                kls.append(statistics["diagnostics/approximate_kl"])
            target = self.config.target_kl
            if target is not None and float(np.mean(kls)) > target:
                stopped_early = True
                break
        means = {name: float(np.mean(values)) for name, values in sums.items()}
        means["diagnostics/stopped_early"] = float(stopped_early)
        means["diagnostics/explained_variance"] = _explained_variance(rollout)
        means["diagnostics/learning_rate"] = now.learning_rate
        groups: dict[str, dict[str, float]] = defaultdict(dict)
        for name, value in means.items():
            kind, _, key = name.partition("/")
            groups[kind][key] = value
        return UpdateStatistics(groups["losses"], groups["diagnostics"], groups["entropies"])

    def judge(self, rollout: Rollout, batch: Minibatch) -> tuple[Percept, Evaluated]:
        """The percept of a minibatch's frames, and its rows under the current weights."""
        device = self.policy.device
        with autocast(device, self.precision):
            frames = self.policy.perceive(Observations.of(rollout.seen, device, batch.frames))
            percept = frames.rows(batch.frame_of_row.to(device))
            # The instruction belongs to the frame: an episode's first screen is always fresh.
            taken = rollout.taken.rows(batch.rows.to(device))
            context = torch.from_numpy(rollout.seen.context[rollout.place[batch.rows.numpy()]])
            judged = self.policy.evaluate(
                percept, context.to(device), taken.option, taken.decision, taken.action
            )
        return frames, judged

    def _step(
        self, rollout: Rollout, batch: Minibatch, now: Schedule, rng: np.random.Generator
    ) -> dict[str, float]:
        """One optimiser step on one minibatch."""
        frames, judged = self.judge(rollout, batch)
        terms = self._losses(rollout, batch, judged, now)
        losses, diagnostics, entropies = terms
        reading = self._reading_losses(rollout, batch, frames, rng)
        losses |= reading
        auxiliary = self.config.auxiliary_coefficient * torch.stack(list(reading.values())).sum()
        total = (
            losses["policy"]
            + self.config.value_coefficient * losses["value"]
            + losses["entropy"]
            + self.config.manager_coefficient * (losses["manager"] + losses["stop"])
            + _DONE_COEFFICIENT * losses["done"]
            + auxiliary
        )
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(total)
        norm = nn.utils.clip_grad_norm_(self.policy.parameters(), self.config.max_grad_norm)
        self.optimizer.step()
        named = {f"losses/{name}": value for name, value in losses.items()}
        named |= {f"diagnostics/{name}": value for name, value in diagnostics.items()}
        named |= {f"entropies/{name}": value for name, value in entropies.items()}
        named |= {"losses/total": total, "diagnostics/gradient_norm": norm}
        values = torch.stack([value.detach().float().cpu() for value in named.values()]).tolist()
        return dict(zip(named, values, strict=True))

    def _losses(
        self,
        rollout: Rollout,
        batch: Minibatch,
        judged: Evaluated,
        now: Schedule,
    ) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]:
        rows, clip = batch.rows.to(self.policy.device), self.config.clip_epsilon
        counts, decided = rollout.counts[rows].float(), rollout.decided[rows].float()
        taken = rollout.taken

        advantage = _normalised(rollout.advantage[rows], counts)
        policy, kl, clipped = _clipped_loss(
            judged.log_prob, taken.log_prob[rows], advantage, counts, clip
        )
        manager_advantage = _normalised(rollout.manager_advantage[rows], decided)
        manager, manager_kl, _ = _clipped_loss(
            judged.manager_log_prob,
            taken.manager_log_prob[rows],
            manager_advantage,
            decided,
            clip,
        )
        # Ending a decision is worth what the manager expects over what going on is worth
        # (termination gradient: Bacon, Harb and Precup, arXiv 1609.05140, theorem 2).
        may_stop = rollout.may_stop[rows].float()
        gain = (rollout.stop_advantage[rows] - _STOP_COST) * may_stop
        stop_probability = judged.stop_logit.sigmoid()
        stop = -(stop_probability * gain).sum() / may_stop.sum().clamp(min=1)

        value = _mean((judged.value - rollout.returns[rows]) ** 2, counts)
        bonus_value = _mean((judged.bonus_value - rollout.bonus_returns[rows]) ** 2, counts)
        manager_value = _mean((judged.manager_value - rollout.manager_returns[rows]) ** 2, decided)
        done = F.binary_cross_entropy_with_logits(
            judged.done_logit, rollout.is_finished[rows].float()
        )

        means = {
            name: _mean(each, decided if name in _MANAGER_ENTROPY_WEIGHTS else counts)
            for name, each in judged.entropies.items()
        }
        weights = _ENTROPY_WEIGHTS | _MANAGER_ENTROPY_WEIGHTS
        entropy = (
            -now.entropy_coefficient
            * torch.stack([weights[name] * mean for name, mean in means.items()]).sum()
        )
        losses = {
            "policy": policy,
            "value": value + bonus_value + manager_value,
            "entropy": entropy,
            "manager": manager,
            "stop": stop,
            "done": done,
        }
        diagnostics = {
            "approximate_kl": kl,
            "clip_fraction": clipped,
            "manager_approximate_kl": manager_kl,
            "stop_probability": _mean(stop_probability, may_stop),
        }
        used = {name: _mean((e > 0).float(), counts) for name, e in judged.entropies.items()}
        shown = {
            name: mean / used[name].clamp(min=1e-6) if name in _ENTROPY_WEIGHTS else mean
            for name, mean in means.items()
        }
        return losses, diagnostics, shown

    def _reading_losses(
        self, rollout: Rollout, batch: Minibatch, frames: Percept, rng: np.random.Generator
    ) -> dict[str, Tensor]:
        """The auxiliary losses on a sample of the frames' cells, half of them with a label."""
        labels = rollout.seen.labels[batch.frames]  # (frames, cells, length)
        roles = rollout.seen.roles[batch.frames].reshape(-1)
        flat = labels.reshape(-1, labels.shape[-1])
        half = _CELLS_A_FRAME * len(batch.frames) // 2
        labelled = np.flatnonzero(flat[:, 0])
        anywhere = rng.integers(len(flat), size=half)
        written = labelled[rng.integers(len(labelled), size=half)] if len(labelled) else anywhere
        chosen = np.concatenate([anywhere, written])
        device = self.policy.device
        cells = frames.features.permute(0, 2, 3, 1).reshape(len(flat), -1)
        with autocast(device, self.precision):
            return self.policy.perception.reading.losses(
                cells.index_select(0, torch.from_numpy(chosen).to(device)),
                torch.from_numpy(flat[chosen]).to(device),
                torch.from_numpy(roles[chosen]).to(device),
            )


def minibatches(rollout: Rollout, count: int, rng: np.random.Generator) -> Iterator[Minibatch]:
    """All rows in random order, in ``count`` parts; rows of one frame stay together.

    A frame that several rows show is then encoded once.
    """
    rank = rng.permutation(int(rollout.frame.max()) + 1)
    order = np.argsort(rank[rollout.frame], kind="stable")
    for rows in np.array_split(order, count):
        frames, local = np.unique(rollout.frame[rows], return_inverse=True)
        padding = -len(frames) % FRAME_MULTIPLE
        frames = np.concatenate([frames, np.repeat(frames[-1:], padding)])
        yield Minibatch(torch.from_numpy(rows), frames, torch.from_numpy(local))


def _clipped_loss(
    log_prob: Tensor, old_log_prob: Tensor, advantage: Tensor, weight: Tensor, clip: float
) -> tuple[Tensor, Tensor, Tensor]:
    """PPO's clipped surrogate (eq. 7), the approximate KL and the share that was clipped."""
    log_ratio = log_prob - old_log_prob
    ratio = log_ratio.exp()
    surrogate = torch.min(ratio * advantage, ratio.clamp(1 - clip, 1 + clip) * advantage)
    with torch.no_grad():
        kl = _mean(ratio - 1 - log_ratio, weight)
        clipped = _mean(((ratio - 1).abs() > clip).float(), weight)
    return -_mean(surrogate, weight), kl, clipped


def _mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / weight.sum().clamp(min=1)


def _normalised(advantage: Tensor, weight: Tensor) -> Tensor:
    """Zero mean and unit variance over the rows that count."""
    mean = _mean(advantage, weight)
    deviation = _mean((advantage - mean) ** 2, weight).sqrt()
    return (advantage - mean) / (deviation + 1e-6)


def _explained_variance(rollout: Rollout) -> float:
    counts = rollout.counts
    returns, values = rollout.returns[counts], rollout.values[counts]
    variance = float(returns.var())
    return 0.0 if variance == 0 else 1 - float((returns - values).var()) / variance
