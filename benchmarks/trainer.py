"""How near the trainer comes to the bound that the bare network's own speed sets.

A step needs one forward pass to act and, in each epoch, one forward and backward pass to learn; if
nothing else cost anything, the trainer would make 1 / (1/forward + epochs / (forward and backward))
steps a second. Both rates are measured on the trainer's own modules, in its number format, at their
best batch, in the same process; a pass back goes into the encoder for the same share of screens as
in training. The trainer's rate is that of whole updates, simulator included.

python benchmarks/trainer.py --json
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np
import torch

from hrlctl.config import resolve
from hrlctl.policy import Observations
from hrlctl.schema.run import OutputConfig, RunConfig
from hrlctl.training.minibatches import Minibatch, minibatches
from hrlctl.training.ppo import Learner, schedule
from hrlctl.training.precision import autocast
from hrlctl.training.rollout import Rollout
from hrlctl.training.run import compose
from hrlctl.training.trainer import PPOTrainer

BAR_RATIO = 0.75
FORWARD_BATCHES = (32, 64, 128)
BACKWARD_PARTS = (4, 8, 16, 32)  # of a rollout
WARM_UP_UPDATES = 2
SECONDS = 4.0  # for each figure


def rate(samples: int, run: Callable[[], None], seconds: float = SECONDS) -> float:
    """Samples per second of ``run``, after one call that does not count."""
    run()
    started, calls = perf_counter(), 0
    while perf_counter() - started < seconds:
        run()
        calls += 1
    return calls * samples / (perf_counter() - started)


def forward_rate(trainer: PPOTrainer, rollout: Rollout) -> float:
    """Steps per second of acting alone, every frame encoded, at the best batch."""
    policy, precision = trainer.policy, trainer.learner.precision
    rates = []
    for batch in FORWARD_BATCHES:
        observations = Observations.of(rollout.seen, policy.device, np.arange(batch))
        state = policy.initial_state(batch)

        def act(observations=observations, state=state) -> None:  # type: ignore[no-untyped-def]
            with autocast(policy.device, precision):
                policy.act(observations, state)

        rates.append(rate(batch, act, SECONDS / len(FORWARD_BATCHES)))
    return max(rates)


def backward_rate(trainer: PPOTrainer, rollout: Rollout) -> float:
    """Rows per second of a forward and backward pass, every row encoded, at the best batch."""
    learner = trainer.learner
    rates = []
    for parts in BACKWARD_PARTS:
        share = learner.config.encoded_share
        batch = next(iter(minibatches(rollout, parts, share, trainer.random.minibatches)))
        count = len(batch.rows)
        whole = Minibatch(
            batch.rows,
            rollout.place[batch.rows.numpy()],
            np.arange(max(1, int(count * share))),
            torch.arange(count),
        )
        rates.append(
            rate(len(batch.rows), lambda b=whole: _pass(learner, rollout, b), SECONDS / 4)  # type: ignore[misc]
        )
    return max(rates)


def _pass(learner: Learner, rollout: Rollout, batch: Minibatch) -> None:
    """One forward and one backward pass of the network, without losses or optimiser."""
    judged = learner.judge(rollout, batch)[1]
    total = judged.log_prob.sum() + judged.manager_log_prob.sum()
    for value in (judged.value, judged.bonus_value, judged.manager_value, judged.stop_logit):
        total = total + value.sum()
    torch.autograd.backward(total + judged.done_logit.sum())
    learner.policy.zero_grad(set_to_none=True)


def measure(config: RunConfig, updates: int) -> dict[str, float | int | str]:
    """The trainer's rate, the bound, and their ratio."""
    trainer = compose(config)
    training = trainer.config.training
    try:
        trainer.source.begin()
        seconds = 0.0
        for update in range(WARM_UP_UPDATES + updates):
            started = perf_counter()
            rollout = trainer.source.collect()
            trainer.learner.update(rollout, schedule(training, 0.0), trainer.random.minibatches)
            if update < WARM_UP_UPDATES + updates - 1:
                trainer.source.advance()
            if update >= WARM_UP_UPDATES:
                seconds += perf_counter() - started
        steps_per_second = updates * training.buffer_size / seconds
        forward, backward = forward_rate(trainer, rollout), backward_rate(trainer, rollout)
    finally:
        trainer.source.close()
    bound = 1 / (1 / forward + training.update_epochs / backward)
    return {
        "steps_per_second": round(steps_per_second, 1),
        "bound_steps_per_second": round(bound, 1),
        "ratio": round(steps_per_second / bound, 3),
        "bar": BAR_RATIO,
        "forward_per_second": round(forward, 1),
        "forward_backward_per_second": round(backward, 1),
        "epochs": training.update_epochs,
        "precision": training.mixed_precision,
        "threads": torch.get_num_threads(),
        "updates": updates,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    parser.add_argument("--updates", type=int, default=8, help="updates that are timed")
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        config = resolve({}, {}).config.model_copy(
            update={"output": OutputConfig(save_dir=Path(folder), log_dir=Path(folder))}
        )
        result = measure(config, arguments.updates)
    if arguments.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:28} {value}")


if __name__ == "__main__":
    main()
