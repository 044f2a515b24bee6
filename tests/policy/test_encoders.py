"""Encoders: a map on the pointer's grid, gradients everywhere, frozen batch norm."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from hrlctl.errors import HrlctlError, UnknownNameError
from hrlctl.policy import Observations
from hrlctl.policy.encoders import ENCODERS, make_encoder


@pytest.mark.parametrize("name", ENCODERS)
def test_every_encoder_keeps_the_map_and_learns(name: str, observations: Observations) -> None:
    torch.manual_seed(0)
    encoder = make_encoder(name, 16)
    encoder.train()
    statistics = {n: b.clone() for n, b in encoder.named_buffers()}
    features = encoder(observations.screens[:2])
    assert features.shape == (2, 16, 15, 20)
    (features**2).mean().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in encoder.parameters())
    for buffer_name, buffer in encoder.named_buffers():
        assert torch.equal(buffer, statistics[buffer_name]), buffer_name
    with torch.no_grad():
        assert encoder(observations.screens[:1, :96, :128].contiguous()).shape == (1, 16, 12, 16)


@pytest.mark.parametrize("name", ENCODERS[1:])
def test_batch_norm_stays_frozen_when_training_begins(name: str) -> None:
    encoder = make_encoder(name, 16)
    nn.Sequential(encoder).train()
    norms = [m for m in encoder.modules() if isinstance(m, nn.BatchNorm2d)]
    assert norms
    assert not any(norm.training for norm in norms)


def test_checkpointing_changes_memory_not_results(observations: Observations) -> None:
    gradients = []
    for use_checkpointing in (False, True):
        torch.manual_seed(1)
        encoder = make_encoder("mobilenet_v3_small", 16, use_checkpointing=use_checkpointing)
        encoder(observations.screens[:2]).sum().backward()
        gradients.append([p.grad for p in encoder.parameters()])
    for one, two in zip(*gradients, strict=True):
        torch.testing.assert_close(one, two)


def test_different_screens_have_different_features(observations: Observations) -> None:
    torch.manual_seed(2)
    for name in ENCODERS:
        with torch.no_grad():
            features = make_encoder(name, 16).eval()(observations.screens[:2])
        assert not torch.allclose(features[0], features[1])


def test_an_unknown_encoder_is_refused() -> None:
    with pytest.raises(UnknownNameError) as caught:
        make_encoder("mobilenet", 16)
    assert "mobilenet_v3_small" in (caught.value.hint or "")


def test_image_net_weights_that_cannot_be_had_are_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import torchvision.models

    def unreachable(weights: str | None) -> nn.Module:
        assert weights
        raise OSError("no route to host")

    monkeypatch.setattr(torchvision.models, "efficientnet_b0", unreachable)
    with pytest.raises(HrlctlError, match="no route to host"):
        make_encoder("efficientnet_b0", 16, pretrained=True)
