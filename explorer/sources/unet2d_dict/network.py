"""A network that is told a class as channels beside those of the image, as in unit 2 of the Hugging Face course."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from explorer.models.roles import ImageShape


class ClassAsChannels(nn.Module):
    """Spreads a vector of the class over the image, and joins it after x_t.

    Parameters
    ----------
    unet : diffusers.UNet2DModel
        Takes the channels of images and those of the vector.
    vectors : Tensor, shape (classes, width)
    """

    def __init__(self, unet: Any, vectors: Tensor) -> None:
        super().__init__()
        self.unet = unet
        self.vectors = nn.Parameter(vectors, requires_grad=False)
        self.channels = int(unet.config.in_channels) - vectors.shape[1]
        self.learned_variance = "range" if unet.config.out_channels == 2 * self.channels else None

    @property
    def label_count(self) -> int:
        """Its classes."""
        return len(self.vectors)

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and halve evenly as often as it halves them."""
        multiple = 2 ** (len(self.unet.config.block_out_channels) - 1)
        return shape[0] == self.channels and not any(side % multiple for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor) -> Tensor:
        """Output of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T and labels (N,), int64."""
        spread = self.vectors[labels][:, :, None, None].expand(-1, -1, *x_t.shape[2:])
        made: Tensor = self.unet(torch.cat([x_t, spread], dim=1), t - 1, return_dict=False)[0]
        return made
