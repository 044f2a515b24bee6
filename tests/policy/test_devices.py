"""Devices by name."""

from __future__ import annotations

import pytest
import torch

from hrlctl.errors import UnknownNameError, UsageError
from hrlctl.policy.devices import resolve_device


def test_the_cpu_is_always_there() -> None:
    assert resolve_device("CPU") == torch.device("cpu")


@pytest.mark.parametrize(("available", "expected"), [(True, "cuda"), (False, "cpu")])
def test_auto_takes_the_gpu_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, available: bool, expected: str
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)
    assert resolve_device("auto") == torch.device(expected)


@pytest.mark.parametrize("name", ["cud", "cuda:", "cuda:x", "gpu", ""])
def test_an_unknown_device_is_refused(name: str) -> None:
    with pytest.raises(UnknownNameError):
        resolve_device(name)


def test_cuda_without_cuda_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UsageError) as caught:
        resolve_device("cuda")
    assert "cpu" in (caught.value.hint or "")


def test_a_gpu_beyond_the_last_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert resolve_device("cuda:1") == torch.device("cuda:1")
    with pytest.raises(UsageError, match="2 CUDA"):
        resolve_device("cuda:2")
