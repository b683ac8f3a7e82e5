"""Decoders whose layers stand in a row: what is needed to run one elsewhere than in torch."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from torch import Tensor, nn


@runtime_checkable
class InARow(Protocol):
    """A latent model that says its decoder as layers."""

    def decoding_layers(self) -> list[nn.Module]:
        """Layers from codes (N, code) to images (N, C, H, W), near [-1, 1]: one after another they are `decode`."""
        ...


class Signed(nn.Module):
    """Intensities in [0, 1] as pixels in [-1, 1]."""

    def forward(self, x: Tensor) -> Tensor:
        """2 x - 1."""
        return 2 * x - 1
