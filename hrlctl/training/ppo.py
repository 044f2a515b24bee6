"""The PPO update of both levels (Schulman et al., arXiv 1707.06347), read from top to bottom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from hrlctl.policy.hierarchical import Evaluated, HierarchicalPolicy
from hrlctl.policy.perception import Percept
from hrlctl.policy.reading import cells_to_learn
from hrlctl.schema.run import TrainingConfig
from hrlctl.training.imitation import Repertoire, done_loss, imitation_loss
from hrlctl.training.losses import aim_loss, clipped_loss
from hrlctl.training.minibatches import Minibatch, minibatches
from hrlctl.training.precision import Precision, autocast
from hrlctl.training.ranks import Ranks
from hrlctl.training.rollout import Rollout

# Entropy coefficients of the heads, as multiples of the action type's. An argument needs less: it
# is paid for only where its type is chosen, and a pointer has to become sharp.
_ENTROPY_WEIGHTS: Final = {
    "type": 1.0, "pointer": 1.0, "target": 0.3, "key": 0.5, "slot": 0.5, "direction": 0.3,
}  # fmt: skip
_MANAGER_ENTROPY_WEIGHTS: Final = {"skill": 1.0, "about": 0.5, "duration": 1.0}
_STOP_COST: Final = 0.02  # what an early end of a decision has to be better by
DONE_COEFFICIENT: Final = 0.5
"""Weight of telling whether the task is finished."""
_CRITICS_ALONE: Final = 1e-3  # learning rate of the critics' heads while nothing else learns
_AGAIN: Final = 24  # moments of the repertoire beside each minibatch
READING_BATCH: Final = 8
"""Frames of one step of the reader."""
_FRAMES_READ: Final = 512  # at most, in an update
_LOOK_BATCH: Final = 16  # frames of one step while only perception learns
_PERCEPTION_EPOCHS: Final = 2  # passes over a rollout while only perception learns


class UpdateStatistics(NamedTuple):
    """Means over the minibatches of one update."""

    losses: dict[str, float]
    diagnostics: dict[str, float]
    entropies: dict[str, float]


class Read(NamedTuple):
    """What a step of the reader found; scalars, no gradient."""

    loss: Tensor
    share: Tensor  # of the letters, that were read right


class Companion(Protocol):
    """What is learned beside each minibatch of a rollout."""

    def losses(self, rng: np.random.Generator) -> tuple[Tensor, dict[str, Tensor]]:
        """What is added to the minibatch's loss, and its parts by name."""


@dataclass(frozen=True)
class Schedule:
    """What changes over a run, at one point of it."""

    learning_rate: float
    reading_rate: float
    critic_rate: float
    entropy_coefficient: float


def schedule(config: TrainingConfig, progress: float) -> Schedule:
    """The schedule at ``progress`` (0 to 1) of a run."""
    left = 1 - min(max(progress, 0.0), 1.0)
    entropy = config.entropy_final + (config.entropy_coefficient - config.entropy_final) * left
    if progress * config.total_timesteps < config.critic_steps:
        return Schedule(0.0, 0.0, _CRITICS_ALONE, entropy)
    decay = left if config.learning_rate_schedule == "linear" else 1.0
    # A little learning rate is left at the end, so that the last updates are not wasted.
    decay = max(decay, 0.05)
    rate = config.learning_rate * decay
    return Schedule(rate, config.reading_rate * decay, rate, entropy)


class Learner:
    """Updates a policy from rollouts.

    Args:
        policy: the policy.
        config: hyperparameters.
        repertoire: what has worked so far, to be imitated.
        ranks: the processes that learn together, each from rollouts of its own.
    """

    def __init__(
        self,
        policy: HierarchicalPolicy,
        config: TrainingConfig,
        repertoire: Repertoire | None = None,
        ranks: Ranks | None = None,
    ) -> None:
        self.policy, self.config, self.repertoire = policy, config, repertoire
        self.ranks = ranks or Ranks()
        self._averaging = self.ranks.averaging(policy)
        self.companion: Companion | None = None
        self.precision: Precision = "bfloat16" if config.mixed_precision == "bfloat16" else "off"
        fused = policy.device.type in ("cpu", "cuda")
        reader = list(policy.perception.reader.parameters())
        critics = [*policy.worker.value.parameters(), *policy.manager.value.parameters()]
        apart = {id(parameter) for parameter in (*reader, *critics)}
        others = [p for p in policy.parameters() if id(p) not in apart]
        self.optimizer = torch.optim.Adam(
            [{"params": others}, {"params": reader}, {"params": critics}],
            lr=config.learning_rate,
            eps=1e-5,
            fused=fused,
        )

    def update(self, rollout: Rollout, now: Schedule, rng: np.random.Generator) -> UpdateStatistics:
        """Learn from one rollout: ``update_epochs`` passes in random minibatches, and reading."""
        self.set_rates(now.learning_rate, now.reading_rate, now.critic_rate)
        rollout = rollout.on(self.policy.device)
        sums: dict[str, list[float]] = defaultdict(list)
        self.policy.train()
        self._read(rollout, rng, sums, _FRAMES_READ)
        stopped_early = False
        for _ in range(self.config.update_epochs):
            kls = []
            for batch in minibatches(
                rollout, self.config.minibatches, self.config.encoded_share, rng
            ):
                statistics = self._step(rollout, batch, now, rng)
                for name, value in statistics.items():
                    sums[name].append(value)
                kls.append(statistics["diagnostics/approximate_kl"])
            target = self.config.target_kl
            if target is not None and np.mean(self.ranks.gather(float(np.mean(kls)))) > target:
                stopped_early = True
                break
        sums["diagnostics/stopped_early"].append(float(stopped_early))
        sums["diagnostics/explained_variance"].append(_explained_variance(rollout))
        return self._statistics(sums, now)

    def update_perception(
        self, rollout: Rollout, now: Schedule, rng: np.random.Generator
    ) -> UpdateStatistics:
        """Learn from one rollout what the screens show and what is due, and nothing else."""
        self.set_rates(now.learning_rate, now.reading_rate, now.critic_rate)
        sums: dict[str, list[float]] = defaultdict(list)
        self.policy.train()
        for _ in range(_PERCEPTION_EPOCHS):
            self._read(rollout, rng, sums)
            rows = rng.permutation(np.unique(rollout.frame, return_index=True)[1])
            for chosen in np.array_split(rows, self.ranks.least(-(-len(rows) // _LOOK_BATCH))):
                look, aim = self._averaging(partial(self._naming_losses, rollout, chosen))
                self.descend(look + aim)
                sums["losses/look"].append(look.item())
                sums["losses/aim"].append(aim.item())
        return self._statistics(sums, now)

    def _naming_losses(
        self, rollout: Rollout, rows: npt.NDArray[np.int64]
    ) -> tuple[Tensor, Tensor]:
        """What is lost in naming what stands where on the screens of ``rows``, and what is due."""
        device = self.policy.device
        frames, places = rollout.frame[rows], rollout.place[rows]
        with autocast(device, self.precision):
            percept = self._perceive(rollout, frames, np.arange(len(frames)))
            context = torch.from_numpy(rollout.seen.context[places]).to(device)
            memory = rollout.taken.rows(torch.from_numpy(rows).to(device)).memory
            view = self.policy.manager.view(percept, context, memory)
            look = self._look_loss(rollout, frames, percept)
            aim = self._aim_loss(rollout, rows, view.aim_skills, view.aim_slots)
        return look, aim

    def _perceive(
        self,
        rollout: Rollout,
        frames: npt.NDArray[np.int64],
        encoded: npt.NDArray[np.int64],
    ) -> Percept:
        """The percept of ``frames``, of which those at the places ``encoded`` teach the encoder.

        Of the others the shapes are taken as they were seen when the rollout was collected.
        """
        device = self.policy.device
        scene = rollout.scene.rows(torch.from_numpy(frames)).on(device)
        screens = torch.from_numpy(rollout.seen.screens[frames[encoded]]).to(device)
        fresh = self.policy.perception.shapes(screens).to(scene.shapes.dtype)
        index = torch.from_numpy(encoded).to(device)
        scene = scene._replace(shapes=scene.shapes.index_copy(0, index, fresh))
        tokens, slots = rollout.seen.tokens[frames], rollout.seen.slots[frames]
        percept: Percept = self.policy.perception(
            scene, torch.from_numpy(tokens).to(device), torch.from_numpy(slots).to(device)
        )
        return percept

    def _look_loss(
        self, rollout: Rollout, frames: npt.NDArray[np.int64], percept: Percept
    ) -> Tensor:
        looks = torch.from_numpy(rollout.seen.looks[frames]).to(self.policy.device)
        look_loss = self.policy.perception.look_loss
        return self.ranks.count * look_loss(percept.features, looks, self.ranks.total)

    def _aim_loss(
        self, rollout: Rollout, rows: npt.NDArray[np.int64], skills: Tensor, slots: Tensor
    ) -> Tensor:
        aims = torch.from_numpy(rollout.seen.aims[rollout.place[rows]]).to(self.policy.device)
        weight = rollout.aim_weight[torch.from_numpy(rows).to(self.policy.device)]
        return aim_loss(skills, slots, aims.long(), weight, self.ranks.mean)

    def _read(
        self,
        rollout: Rollout,
        rng: np.random.Generator,
        sums: dict[str, list[float]],
        most: int | None = None,
    ) -> None:
        """Teach the reader the letters of (``most`` of) the frames, a few frames at a time.

        Reading is learned by the number of steps rather than by their size.
        """
        frames = rng.permutation(rollout.frames)[:most]
        losses, shares = [], []
        for chosen in np.array_split(frames, self.ranks.least(-(-len(frames) // READING_BATCH))):
            read = self.read(rollout.seen.screens[chosen], rollout.seen.letters[chosen], rng)
            if read is not None:
                losses.append(read.loss)
                shares.append(read.share)
        if losses:
            sums["losses/reading"].append(torch.stack(losses).mean().item())
            sums["diagnostics/letters_read"].append(torch.stack(shares).mean().item())

    def read(
        self,
        screens: npt.NDArray[np.uint8],
        letters: npt.NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> Read | None:
        """One step of the reader on a few screens; ``None`` where no letter is known.

        Args:
            screens: (count, height, width, 3).
            letters: (count, rows, HALVES * columns), as ``ObservationArrays`` has them.
            rng: draws cells without letters.
        """
        cells = cells_to_learn(letters, rng)
        if self.ranks.least(len(cells)) == 0:  # no rank goes on alone
            return None
        device = self.policy.device

        def losses() -> tuple[Tensor, Tensor]:
            with autocast(device, self.precision):
                loss, share = self.policy.perception.reader.loss(
                    torch.from_numpy(screens).to(device),
                    torch.from_numpy(letters).to(device),
                    torch.from_numpy(cells).to(device),
                )
            return loss * self.ranks.share(len(cells), device), share

        loss, share = self._averaging(losses)
        self.descend(loss)
        return Read(loss.detach(), share)

    def set_rates(
        self, learning_rate: float, reading_rate: float, critic_rate: float | None = None
    ) -> None:
        """The learning rates from the next step on, of the reader and of the critics' heads.

        The critics have that of all others unless they are given their own.
        """
        rates = (learning_rate, reading_rate, learning_rate if critic_rate is None else critic_rate)
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            group["lr"] = rate

    def descend(self, loss: Tensor) -> Tensor:
        """One optimiser step; returns the norm of the gradient."""
        self.optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(self.policy.parameters(), self.config.max_grad_norm)
        self.optimizer.step()
        return norm

    def _statistics(self, sums: dict[str, list[float]], now: Schedule) -> UpdateStatistics:
        of_ranks = self.ranks.gather({name: float(np.mean(each)) for name, each in sums.items()})
        names = dict.fromkeys(name for means in of_ranks for name in means)
        means = {
            name: float(np.mean([means[name] for means in of_ranks if name in means]))
            for name in names
        }
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
            frames = self._perceive(rollout, batch.frames, batch.encoded)
            percept = frames.rows(batch.frame_of_row.to(device))
            # The instruction belongs to the frame: an episode's first screen is always fresh.
            taken = rollout.taken.rows(batch.rows.to(device))
            context = torch.from_numpy(rollout.seen.context[rollout.place[batch.rows.numpy()]])
            judged = self.policy.evaluate(
                percept,
                context.to(device),
                taken.option,
                taken.decision,
                taken.action,
                taken.memory,
            )
        return frames, judged

    def _step(
        self, rollout: Rollout, batch: Minibatch, now: Schedule, rng: np.random.Generator
    ) -> dict[str, float]:
        """One optimiser step on one minibatch."""
        total, named = self._averaging(partial(self._minibatch_losses, rollout, batch, now, rng))
        named |= {"losses/total": total, "diagnostics/gradient_norm": self.descend(total)}
        values = torch.stack([value.detach().float().cpu() for value in named.values()]).tolist()
        return dict(zip(named, values, strict=True))

    def _minibatch_losses(
        self, rollout: Rollout, batch: Minibatch, now: Schedule, rng: np.random.Generator
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """What a minibatch loses in all, and what is to be shown of it, without a gradient."""
        frames, judged = self.judge(rollout, batch)
        losses, diagnostics, entropies = self._losses(rollout, batch, judged, now)
        encoded = frames.rows(torch.from_numpy(batch.encoded).to(self.policy.device))
        losses["look"] = self._look_loss(rollout, batch.frames[batch.encoded], encoded)
        rows = batch.rows.numpy()
        losses["aim"] = self._aim_loss(rollout, rows, judged.aim_skills, judged.aim_slots)
        if self.config.imitation_coefficient and self.repertoire:
            again, diagnostics["rarity"] = self._again(self.repertoire, rng)
            losses |= again
        total = (
            losses["policy"]
            + self.config.value_coefficient * losses["value"]
            + losses["entropy"]
            + self.config.manager_coefficient * (losses["manager"] + losses["stop"])
            + DONE_COEFFICIENT * losses["done"]
            + self.config.auxiliary_coefficient * (losses["look"] + 2 * losses["aim"])
        )
        if "imitation" in losses:
            total = total + self.config.imitation_coefficient * losses["imitation"]
            total = total + 2 * self.config.auxiliary_coefficient * losses["aim_again"]
            total = total + DONE_COEFFICIENT * losses["done_again"]
        if self.companion is not None:
            more, parts = self.companion.losses(rng)
            losses, total = losses | parts, total + more
        named = {f"losses/{name}": value for name, value in losses.items()}
        named |= {f"diagnostics/{name}": value for name, value in diagnostics.items()}
        named |= {f"entropies/{name}": value for name, value in entropies.items()}
        return total, {name: value.detach() for name, value in named.items()}

    def _again(
        self, repertoire: Repertoire, rng: np.random.Generator
    ) -> tuple[dict[str, Tensor], Tensor]:
        """The losses of moments that are learned from again, and how rare they still are."""
        with autocast(self.policy.device, self.precision):
            moments = repertoire.batch(_AGAIN, self.policy, rng)
            percept = self.policy.perception(moments.scene, moments.tokens, moments.slots)
            loss, rarity = imitation_loss(self.policy, repertoire, moments, percept)
            view = self.policy.manager.view(percept, moments.context, moments.memory)
        weight = torch.ones(len(moments.aims), device=self.policy.device)
        aim = aim_loss(view.aim_skills, view.aim_slots, moments.aims, weight)
        done = done_loss(repertoire, moments, view.done_logit)
        return {"imitation": loss, "aim_again": aim, "done_again": done}, rarity

    def _losses(
        self,
        rollout: Rollout,
        batch: Minibatch,
        judged: Evaluated,
        now: Schedule,
    ) -> tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]:
        rows, clip = batch.rows.to(self.policy.device), self.config.clip_epsilon
        mean = self.ranks.mean
        counts, decided = rollout.counts[rows].float(), rollout.decided[rows].float()
        taken = rollout.taken

        advantage = self.ranks.normalised(rollout.advantage[rows], counts)
        policy, kl, clipped = clipped_loss(
            judged.log_prob, taken.log_prob[rows], advantage, counts, clip, mean
        )
        manager_advantage = self.ranks.normalised(rollout.manager_advantage[rows], decided)
        manager, manager_kl, _ = clipped_loss(
            judged.manager_log_prob,
            taken.manager_log_prob[rows],
            manager_advantage,
            decided,
            clip,
            mean,
        )
        # Ending a decision is worth what the manager expects over what going on is worth
        # (termination gradient: Bacon, Harb and Precup, arXiv 1609.05140, theorem 2).
        may_stop = rollout.may_stop[rows].float()
        gain = rollout.stop_advantage[rows] - _STOP_COST
        stop_probability = judged.stop_logit.sigmoid()
        stop = -mean(stop_probability * gain, may_stop)

        value = mean((judged.value - rollout.returns[rows]) ** 2, counts)
        bonus_value = mean((judged.bonus_value - rollout.bonus_returns[rows]) ** 2, counts)
        manager_value = mean((judged.manager_value - rollout.manager_returns[rows]) ** 2, decided)
        done = F.binary_cross_entropy_with_logits(
            judged.done_logit, rollout.is_finished[rows].float(), rollout.aim_weight[rows]
        ) * self.ranks.share(len(rows), rows.device)

        means = {
            name: mean(each, decided if name in _MANAGER_ENTROPY_WEIGHTS else counts)
            for name, each in judged.entropies.items()
        }
        weights = _ENTROPY_WEIGHTS | _MANAGER_ENTROPY_WEIGHTS
        entropy = (
            -now.entropy_coefficient
            * torch.stack([weights[name] * each for name, each in means.items()]).sum()
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
            "stop_probability": mean(stop_probability, may_stop),
        }
        used = {
            name: self.ranks.total(mean((each > 0).float(), counts)) / self.ranks.count
            for name, each in judged.entropies.items()
        }
        shown = {
            name: each / used[name].clamp(min=1e-6) if name in _ENTROPY_WEIGHTS else each
            for name, each in means.items()
        }
        return losses, diagnostics, shown


def _explained_variance(rollout: Rollout) -> float:
    counts = rollout.counts
    returns, values = rollout.returns[counts], rollout.values[counts]
    variance = float(returns.var())
    return 0.0 if variance == 0 else 1 - float((returns - values).var()) / variance
