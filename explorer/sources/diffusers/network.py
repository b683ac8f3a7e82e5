"""Networks of diffusers without their weights, and its UNet2DModel in the part of a denoiser."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import diffusers
import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.models.roles import ImageShape


class UNet2D(nn.Module):
    """Asks the network at t - 1, as its timesteps begin at 0.

    Parameters
    ----------
    unet : diffusers.UNet2DModel
        In evaluation mode. Where it makes twice as many channels as it takes, the second half is a learned variance.
    variance : "range" or "plain"
        What that means (see `explorer.models.roles.Denoiser`).
    """

    def __init__(self, unet: Any, variance: str = "range") -> None:
        super().__init__()
        self.unet = unet
        self.channels = int(unet.config.in_channels)
        self.learned_variance = variance if unet.config.out_channels == 2 * self.channels else None

    @property
    def label_count(self) -> int:
        """Labels that it is told one of for each image; 0 if it takes none."""
        return int(self.unet.config.num_class_embeds or 0)

    @property
    def timestep_count(self) -> int | None:
        """Rows of its table of timesteps; None where it computes what it is told of them."""
        table = self.unet.time_proj
        return table.num_embeddings if isinstance(table, nn.Embedding) else None

    def accepts(self, shape: ImageShape) -> bool:
        """Whether images (C, H, W) have its channels and halve evenly as often as it halves them."""
        multiple = 2 ** (len(self.unet.config.block_out_channels) - 1)
        return shape[0] == self.channels and not any(side % multiple for side in shape[1:])

    def forward(self, x_t: Tensor, t: Tensor, labels: Tensor | None = None) -> Tensor:
        """Prediction of x_t's shape (N, C, H, W), for timesteps t (N,), int64, in 1..T; with the variance (N, 2 C, H, W).

        With classes for labels (N,), int64.
        """
        out: Tensor = self.unet(x_t, t - 1, class_labels=labels, return_dict=False)[0]
        return out


def without_weights(path: Path, config: dict[str, Any], name: str = "UNet2DModel") -> Any:
    """A network of diffusers of these settings, on the meta device; absent ones are the class's, unknown ones are left out.

    Parameters
    ----------
    path : Path
        What messages name.
    config : dict
    name : str
        Its class, one that was looked for: never what a file says.

    Raises
    ------
    BadInput
        If the class cannot be built of them.
    """
    kind = getattr(diffusers, name)
    known = inspect.signature(kind.__init__).parameters
    settings = {name: value for name, value in config.items() if name in known}
    try:
        with torch.device("meta"):
            return kind(**settings)
    except Exception as error:  # its constructor checks little, and fails in many ways
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise BadInput(f"{path}: no {name} can be built of it: {reason}") from None
