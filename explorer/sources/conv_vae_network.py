"""The network of a convolutional VAE of teaching code, made of the layers that its names are of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.models.in_a_row import Signed
from explorer.models.roles import LatentConfig
from explorer.models.spatial import SpatialAutoencoder, SpatialConfig
from explorer.sources.conv_vae_layers import Conv, Convolutional
from explorer.sources.tensor_reading import check

LEAK = 0.01
MAX_LOG_VARIANCE = 10.0


@dataclass(frozen=True)
class VectorConfig(SpatialConfig):
    """Of codes that are vectors, whose pixels in [0, 1] are Bernoulli where that is assumed."""

    bernoulli: bool = False

    @property
    def likelihood(self) -> str:
        """As it was assumed."""
        return "bernoulli" if self.bernoulli else ""


class ConvVaeNetwork(SpatialAutoencoder):
    """Convolutions on both sides of linear layers; images in [-1, 1] on the outside."""

    config: LatentConfig

    def __init__(self, found: Convolutional) -> None:
        super().__init__(VectorConfig(found.image, (found.code,), variational=True, bernoulli=not found.last))
        self._start_channels = found.decoder[0].inputs
        last = found.encoder[-1]
        flat = last.outputs * (found.side // 2 ** len(found.encoder)) ** 2
        wide = self._start_channels * (found.side // 2 ** len(found.decoder)) ** 2
        self.encoder = nn.Sequential(*(layer for conv in found.encoder for layer in _layers(conv, transposed=False)))
        self.mean, self.log_variance = nn.Linear(flat, found.code), nn.Linear(flat, found.code)
        self.start = nn.Linear(found.code, wide)
        layers = [layer for conv in found.decoder for layer in _layers(conv, transposed=True)]
        if found.last:
            layers.append(nn.Conv2d(found.decoder[-1].outputs, found.image[0], 3, padding=1))
        else:
            layers.pop()  # the end has a sigmoid in the place of ReLU
        self.decoder = nn.Sequential(*layers)

    def to_latents(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Means and log variances (N, code) of images (N, C, H, W) in [-1, 1]."""
        h = self.encoder((x + 1) / 2 if self.config.likelihood else x).flatten(1)
        return self.mean(h), self.log_variance(h).clamp(-MAX_LOG_VARIANCE, MAX_LOG_VARIANCE)

    def decode_logits(self, z: Tensor) -> Tensor:
        """What the end's sigmoid is of, (N, C, H, W); TypeError where there is none."""
        if not self.config.likelihood:
            raise TypeError("nothing is said of p(x|z), so there are no logits")
        return self._end(z)

    def to_images(self, z: Tensor) -> Tensor:
        """Images (N, C, H, W) in [-1, 1] of codes (N, code)."""
        end = self._end(z)
        return 2 * torch.sigmoid(end) - 1 if self.config.likelihood else torch.tanh(end)

    def decoding_layers(self) -> list[nn.Module]:
        """As of `InARow`."""
        small = round((self.start.out_features / self._start_channels) ** 0.5)
        end: list[nn.Module] = [nn.Sigmoid(), Signed()] if self.config.likelihood else [nn.Tanh()]
        return [self.start, nn.Unflatten(1, (self._start_channels, small, small)), *self.decoder, *end]

    def _end(self, z: Tensor) -> Tensor:
        side = self.config.image_shape[1]
        h = self.start(z)
        small = round((h.shape[1] / self._start_channels) ** 0.5)
        end: Tensor = self.decoder(h.reshape(len(z), self._start_channels, small, small))
        assert end.shape[-1] == side
        return end


def _layers(conv: Conv, transposed: bool) -> list[nn.Module]:
    """A convolution that halves or doubles sides, its normalization, and what comes between layers."""
    layer: nn.Module
    if transposed:
        layer = nn.ConvTranspose2d(conv.inputs, conv.outputs, conv.kernel, 2, padding=1, output_padding=int(conv.kernel == 3))
    else:
        layer = nn.Conv2d(conv.inputs, conv.outputs, conv.kernel, 2, padding=1)
    return [layer, nn.BatchNorm2d(conv.outputs), nn.LeakyReLU(LEAK)] if conv.norm else [layer, nn.ReLU()]


def network_of(path: Path, found: Convolutional, tensors: Mapping[str, Tensor]) -> ConvVaeNetwork:
    """The network with its weights (BadInput if they are not those of its layers)."""
    with torch.device("meta"):
        network = ConvVaeNetwork(found)
    own = {_new_name(found, name): tensor for name, tensor in tensors.items()}
    check(path, own, network.state_dict(), "the network of its layers")
    network.load_state_dict(own, assign=True)
    return network.requires_grad_(False).eval()


def _new_name(found: Convolutional, name: str) -> str:
    """Name of a tensor in the network here."""
    layer, _, part = name.rpartition(".")
    for side, convs in (("encoder", found.encoder), ("decoder", found.decoder)):
        for number, conv in enumerate(convs):
            step = 3 if conv.norm else 2
            if layer in (conv.name, conv.norm):
                return f"{side}.{number * step + (layer == conv.norm)}.{part}"
    if found.last and layer == f"{found.last}.3":
        return f"decoder.{3 * len(found.decoder)}.{part}"
    linear = {found.mean: "mean", found.log_variance: "log_variance", found.start: "start"}
    return f"{linear.get(layer, layer)}.{part}"
