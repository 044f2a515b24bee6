"""Screen encoders: pixels in, a feature map on the pointer's grid out.

Every encoder keeps the map: one feature vector for each cell of 8x8 pixels. All are fully
convolutional, so one set of weights serves any screen size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.checkpoint import checkpoint

from hrlctl.errors import HrlctlError, UnknownNameError

STRIDE: Final = 8
"""Pixels along one side of a cell of the feature map."""
_PATCH: Final = 3 * STRIDE * STRIDE
_CONTRAST_FLOOR: Final = 150.0  # variance of pixel values below which a cell counts as even


class Encoder(nn.Module):
    """Base of the encoders.

    ``forward`` takes screens, uint8, shape (batch, height, width, 3), and returns features, float,
    shape (batch, channels, height / 8, width / 8), in channels_last memory order; the activation
    is left to who uses them.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.channels = channels


class CompactEncoder(Encoder):
    """A small convolutional network for processors.

    Each cell's 8x8x3 pixels become one vector (space-to-depth), so that no computation is spent
    at full resolution. Beside the pixels stand the same pixels normalised within their cell: a
    shape then looks alike whatever its colours are. Three 3x3 convolutions follow, the last two
    residual.
    """

    def __init__(self, channels: int) -> None:
        super().__init__(channels)
        self.patch = nn.Linear(2 * _PATCH, channels + channels // 2)
        self.mix = nn.Conv2d(channels + channels // 2, channels, 3, padding=1)
        self.residual = nn.Conv2d(channels, channels, 3, padding=1)
        self.second_residual = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, screens_bhwc: Tensor) -> Tensor:
        patches = _space_to_depth(screens_bhwc)
        normalised = F.layer_norm(patches, (_PATCH,), eps=_CONTRAST_FLOOR)
        # Scaling the pixels to [-1, 1] is done on the weights, which are far fewer.
        raw, relative = self.patch.weight[:, :_PATCH], self.patch.weight[:, _PATCH:]
        x = F.linear(patches, raw / 127.5, self.patch.bias - raw.sum(1))
        x = x + F.linear(normalised, relative)
        x = F.relu(x).permute(0, 3, 1, 2)  # channels_last in memory
        x = F.relu(self.mix(x))
        x = x + self.residual(x)
        return x + self.second_residual(F.relu(x))


class TorchvisionEncoder(Encoder):
    """A torchvision backbone with its batch norm frozen.

    The features at strides 8 and 16 are projected to ``channels`` and added, the coarser ones
    upsampled (a feature pyramid of two levels, Lin et al., arXiv 1612.03144).

    Args:
        channels: channels of the map.
        backbone: makes the network's ``features``.
        fine, coarse: how many of its stages reach stride 8 and stride 16.
        use_checkpointing: recompute activations in the backward pass instead of keeping them.
    """

    _MEAN: Final = (0.485, 0.456, 0.406)
    _STD: Final = (0.229, 0.224, 0.225)

    def __init__(
        self,
        channels: int,
        backbone: Callable[[], nn.Sequential],
        fine: int,
        coarse: int,
        *,
        use_checkpointing: bool,
    ) -> None:
        super().__init__(channels)
        features = backbone()
        self.fine, self.coarse = features[:fine], features[fine:coarse]
        with torch.no_grad():
            small = self.fine(torch.zeros(1, 3, 32, 32))
            fine_channels, coarse_channels = small.shape[1], self.coarse(small).shape[1]
        self.project_fine = nn.Conv2d(fine_channels, channels, 1)
        self.project_coarse = nn.Conv2d(coarse_channels, channels, 1)
        self.use_checkpointing = use_checkpointing
        self.register_buffer("mean", torch.tensor(self._MEAN).view(1, 3, 1, 1) * 255)
        self.register_buffer("std", torch.tensor(self._STD).view(1, 3, 1, 1) * 255)
        self.train()

    def train(self, mode: bool = True) -> TorchvisionEncoder:
        """Batch norm stays in evaluation mode: its statistics are those of the weights' origin."""
        super().train(mode)
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.eval()
        return self

    def forward(self, screens_bhwc: Tensor) -> Tensor:
        x = screens_bhwc.permute(0, 3, 1, 2).float()
        x = (x - self.get_buffer("mean")) / self.get_buffer("std")
        fine = self._stage(self.fine, x)
        coarse = self.project_coarse(self._stage(self.coarse, fine))
        coarse = F.interpolate(coarse, size=fine.shape[-2:], mode="nearest")
        return self.project_fine(fine) + coarse

    def _stage(self, stage: nn.Sequential, x: Tensor) -> Tensor:
        if self.use_checkpointing and torch.is_grad_enabled():
            out: Tensor = checkpoint(stage, x, use_reentrant=False)
            return out
        result: Tensor = stage(x)
        return result


def _space_to_depth(screens_bhwc: Tensor) -> Tensor:
    """(batch, height, width, 3) uint8 -> (batch, rows, columns, 192) float in [0, 255]."""
    batch, height, width, _ = screens_bhwc.shape
    rows, columns = height // STRIDE, width // STRIDE
    patches = screens_bhwc.view(batch, rows, STRIDE, columns, STRIDE, 3).transpose(2, 3)
    out = torch.empty(patches.shape, dtype=torch.float32, device=screens_bhwc.device)
    return out.copy_(patches).view(batch, rows, columns, -1)  # one pass over the memory


def _mobilenet_v3_small(weights: str | None) -> nn.Sequential:
    from torchvision.models import mobilenet_v3_small

    return mobilenet_v3_small(weights=weights).features


def _efficientnet_b0(weights: str | None) -> nn.Sequential:
    from torchvision.models import efficientnet_b0

    return efficientnet_b0(weights=weights).features


_BACKBONES: Final = {
    "mobilenet_v3_small": (_mobilenet_v3_small, 4, 9),
    "efficientnet_b0": (_efficientnet_b0, 4, 6),
}
ENCODERS: Final = ("compact", *_BACKBONES)


def make_encoder(
    name: str, channels: int, *, pretrained: bool = False, use_checkpointing: bool = False
) -> Encoder:
    """Build an encoder by its name.

    Args:
        name: one of ``ENCODERS``.
        channels: channels of the feature map.
        pretrained: start from ImageNet weights, which torchvision downloads; not for ``compact``.
        use_checkpointing: gradient checkpointing, for the torchvision encoders.

    Raises:
        UnknownNameError: there is no such encoder.
        HrlctlError: the ImageNet weights cannot be had.
    """
    if name == "compact":
        return CompactEncoder(channels)
    if name not in _BACKBONES:
        raise UnknownNameError("encoder", name, ENCODERS)
    make, fine, coarse = _BACKBONES[name]

    def backbone() -> nn.Sequential:
        try:
            return make("IMAGENET1K_V1" if pretrained else None)
        except OSError as error:
            raise HrlctlError(
                f"the ImageNet weights of {name} cannot be downloaded: {error}",
                hint="train without them (pretrained_encoder: false), or connect to the network",
            ) from error

    return TorchvisionEncoder(channels, backbone, fine, coarse, use_checkpointing=use_checkpointing)
