"""One export that all tests here look at: it takes most of a minute."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import torch

from hrlctl.export.exporter import Exported, export_onnx
from hrlctl.policy import HierarchicalPolicy
from hrlctl.schema.run import PolicyConfig


class Export(NamedTuple):
    """A small policy and what was made of it."""

    policy: HierarchicalPolicy
    checkpoint: Path
    folder: Path
    models: list[Exported]  # float32, int8


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Networks this small are fastest so, and other tests may be running beside."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def policy() -> HierarchicalPolicy:
    """A small policy that has learned nothing, but has preferences."""
    torch.manual_seed(0)
    policy = HierarchicalPolicy(PolicyConfig(width=16))
    with torch.no_grad():
        for head in (policy.worker.kind, policy.worker.key, policy.manager.skill):
            torch.nn.init.normal_(head.weight, std=0.5)
    return policy.eval()


@pytest.fixture(scope="session")
def export(policy: HierarchicalPolicy, tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("export")
    policy.save(checkpoint := folder / "policy.pt")
    models = export_onnx(checkpoint, folder / "exported", quantize=True, observations=200)
    return Export(policy, checkpoint, folder / "exported", models)
