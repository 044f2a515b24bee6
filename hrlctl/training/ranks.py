"""Ranks: the processes that train one policy together, as ``torchrun`` starts them.

Each rank plays in environments of its own and learns from what it has seen; gradients are averaged
before each step of the optimiser, so all weights stay the same. A run without torchrun is one rank.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, Final, TypeVar

import torch
from torch import Tensor, distributed, nn
from torch.nn.parallel import DistributedDataParallel

from hrlctl.config.launch import process_count
from hrlctl.errors import UsageError, WorkerError

T = TypeVar("T")

_PATIENCE: Final = timedelta(minutes=10)  # with a rank that does not answer


class Ranks:
    """The processes of a run, seen from one of them.

    Args:
        rank: which one this is, from 0.
        count: how many there are.
    """

    def __init__(self, rank: int = 0, count: int = 1) -> None:
        self.rank, self.count = rank, count

    @property
    def is_first(self) -> bool:
        """Whether this one writes the run's files and speaks to the user."""
        return self.rank == 0

    def device(self, wanted: torch.device) -> torch.device:
        """The device of this rank: where several share a machine, each has a GPU of its own.

        Raises:
            UsageError: the machine has fewer GPUs than ranks.
        """
        if self.count == 1 or wanted.type != "cuda" or wanted.index is not None:
            return wanted
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
        if device.index >= torch.cuda.device_count():
            raise UsageError(
                f"rank {self.rank} has no GPU: this machine has {torch.cuda.device_count()}",
                hint="lower --nproc-per-node, or train with --device cpu",
            )
        torch.cuda.set_device(device)
        return device

    def total(self, values: Tensor) -> Tensor:
        """``values``, of one shape everywhere, added up over all ranks. No gradient."""
        values = values.detach()
        if self.count > 1:
            values = values.clone()
            distributed.all_reduce(values)
        return values

    def mean(self, values: Tensor, weight: Tensor) -> Tensor:
        """This rank's part of the mean of ``values`` where ``weight`` counts them.

        The mean of all ranks' parts is the mean over all their values; of no weight at all it is 0.
        """
        return (values * weight).sum() * self.count / self.total(weight.sum()).clamp(min=1)

    def normalised(self, values: Tensor, weight: Tensor) -> Tensor:
        """``values`` with mean 0 and variance 1 over all ranks' rows that ``weight`` counts."""
        count = self.total(weight.sum()).clamp(min=1)
        mean = self.total((values * weight).sum()) / count
        deviation = (self.total(((values - mean) ** 2 * weight).sum()) / count).sqrt()
        return (values - mean) / (deviation + 1e-6)

    def share(self, rows: int, device: torch.device) -> Tensor:
        """What a mean over ``rows`` of this rank counts for beside the other ranks' means."""
        own = torch.tensor(float(rows), device=device)
        return own * self.count / self.total(own).clamp(min=1)

    def least(self, number: int) -> int:
        """The smallest of all ranks' numbers: how often all of them can do something together."""
        return min(self.gather(number))

    def any(self, flag: bool) -> bool:
        """Whether it is so on any rank."""
        return any(self.gather(flag))

    def gather(self, value: T) -> list[T]:
        """All ranks' values, in their order."""
        if self.count == 1:
            return [value]
        values: list[Any] = [None] * self.count
        distributed.all_gather_object(values, value)
        return values

    def averaging(self, network: nn.Module) -> nn.Module:
        """Calls a function that computes a loss with ``network``, and returns what it returns.

        The gradients of such a loss are averaged over all ranks, whose weights become the first
        one's. What no rank uses gets no gradient, as on one rank alone.
        """
        objective = _Objective(network)
        if self.count == 1:
            return objective
        return DistributedDataParallel(objective, find_unused_parameters=True)

    def require_same(self, facts: Mapping[str, object]) -> None:
        """Make sure that all ranks agree on ``facts``, by name; see ``require_same``."""
        of_ranks = self.gather({name: str(value) for name, value in facts.items()})
        require_same({f"rank {rank}": facts for rank, facts in enumerate(of_ranks)})


def require_same(facts: Mapping[str, Mapping[str, object]]) -> None:
    """Make sure that processes agree on facts.

    Args:
        facts: by process, and by what they are about.

    Raises:
        UsageError: one process has something else than the first.
    """
    (first, expected), *others = facts.items()
    for other, found in others:
        for name in sorted(expected.keys() | found.keys()):
            if str(expected.get(name)) != str(found.get(name)):
                raise UsageError(
                    f"the processes of this run differ in {name}: {first} has"
                    f" {expected.get(name)}, {other} has {found.get(name)}",
                    hint="install the same on every machine, and give the same options",
                )


class _Objective(nn.Module):
    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, loss: Callable[[], T]) -> T:
        return loss()


@contextmanager
def joined(environment: Mapping[str, str] = os.environ) -> Iterator[Ranks]:
    """Be one of the processes that torchrun has started, or one alone, while the block runs.

    Args:
        environment: WORLD_SIZE, RANK, MASTER_ADDR and MASTER_PORT, as torchrun sets them.

    Raises:
        UsageError: they are incomplete, or no numbers.
        WorkerError: another process has ended, or does not answer.
    """
    if process_count(environment) == 1:
        yield Ranks()
        return
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        distributed.init_process_group(backend, timeout=_PATIENCE)
        yield Ranks(distributed.get_rank(), distributed.get_world_size())
    except RuntimeError as error:
        if not isinstance(error, distributed.DistError) and "gloo/transport" not in str(error):
            raise
        raise WorkerError(
            f"another process of this run has ended or does not answer: {error}",
            hint="its own message says why; go on with --resume and the newest checkpoint",
        ) from error
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()
