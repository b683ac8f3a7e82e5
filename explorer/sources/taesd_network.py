"""The network of a TAESD file, made of the layers that its names are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.models.spatial import SpatialAutoencoder, SpatialConfig
from explorer.sources.taesd_layers import Layer
from explorer.sources.tensor_reading import check

REACH = 3.0
GROUPS = 4


class Block(nn.Module):
    """relu(conv(x) + x), where x may be added to a normalized view of itself first."""

    def __init__(self, layer: Layer) -> None:
        super().__init__()
        inputs, outputs = layer.inputs, layer.outputs
        self.conv = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), nn.Conv2d(outputs, outputs, 3, padding=1), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1),
        )  # fmt: skip
        self.skip = nn.Conv2d(inputs, outputs, 1, bias=False) if layer.skip else nn.Identity()
        self.pool = None
        if layer.pool:
            self.pool = nn.Sequential(
                nn.Conv2d(inputs, layer.pool, 1, bias=False), nn.GroupNorm(GROUPS, layer.pool), nn.ReLU(),
                nn.Conv2d(layer.pool, inputs, 1, bias=False),
            )  # fmt: skip

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to (N, outputs, H, W)."""
        if self.pool is not None:
            x = x + self.pool(x)
        return torch.relu(self.conv(x) + self.skip(x))


class Bound(nn.Module):
    """3 tanh(z / 3): where the decoder begins."""

    def forward(self, z: Tensor) -> Tensor:
        """Codes within ±3."""
        return REACH * torch.tanh(z / REACH)


def side_of(path: Path, layers: Sequence[Layer], is_decoder: bool, tensors: Mapping[str, Tensor]) -> nn.Module:
    """An encoder or a decoder with its weights (BadInput if they are not those of its layers)."""
    side = nn.ModuleDict()
    with torch.device("meta"):
        for layer in layers:
            halves = not is_decoder and not layer.bias
            side[str(layer.number)] = Block(layer) if layer.block else nn.Conv2d(
                layer.inputs, layer.outputs, 3, 2 if halves else 1, padding=1, bias=layer.bias
            )  # fmt: skip
    check(path, tensors, side.state_dict(), "the network of its layers")
    side.load_state_dict(dict(tensors), assign=True)
    if not is_decoder:
        return nn.Sequential(*side.values())
    whole: list[nn.Module] = [Bound(), side[str(layers[0].number)], nn.ReLU()]
    for layer in layers[1:]:
        if not layer.block and not layer.bias:
            whole.append(nn.Upsample(scale_factor=2))
        whole.append(side[str(layer.number)])
    return nn.Sequential(*whole)


class TinyAutoencoder(SpatialAutoencoder):
    """Takes images in [-1, 1]; both sides know them in [0, 1]."""

    def __init__(self, encoder: nn.Module, decoder: nn.Module, config: SpatialConfig) -> None:
        super().__init__(config)
        self.encoder, self.decoder = encoder, decoder

    def to_latents(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """As of a SpatialAutoencoder: points."""
        z: Tensor = self.encoder((x + 1) / 2)
        return z, None

    def to_images(self, z: Tensor) -> Tensor:
        """As of a SpatialAutoencoder."""
        images: Tensor = self.decoder(z)
        return 2 * images - 1
