"""Training a DDPM on an autoencoder's codes."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import Card, TrainingCard
from explorer.diffusion.parameterization import Option
from explorer.diffusion.schedule import Schedule
from explorer.errors import BadInput
from explorer.models.latent_mlp import LatentMlp, LatentMlpConfig
from explorer.training.codes import CodeSet, own_decoder
from explorer.training.ddpm import DdpmTask


class LatentDdpmTask(DdpmTask):
    """A network of fully connected layers that learns one option's target of codes; as a `DdpmTask` otherwise.

    Parameters
    ----------
    units, depth : int
        Of the network: width of its hidden layers, and residual blocks.

    Raises
    ------
    BadInput
        If there can be no such network.
    """

    data: CodeSet

    def __init__(
        self, data: CodeSet, option: Option, schedule: Schedule, *, units: int = 128, depth: int = 3, outer_skip: bool = True,
        loss_kind: str = "simple", all_timesteps: bool = False, linear_skip: bool = False,
    ) -> None:  # fmt: skip
        self.units, self.depth = units, depth
        super().__init__(
            data, option, schedule, outer_skip=outer_skip, loss_kind=loss_kind, all_timesteps=all_timesteps, linear_skip=linear_skip
        )

    @property
    def shape(self) -> tuple[int, int, int]:
        """(code, 1, 1): what the chain walks."""
        return self.data.code_shape

    def mean_square(self) -> float:
        """1, by the codes' normalisation."""
        return 1.0

    def built(self, skip: dict[str, Any], classes: int) -> LatentMlp:
        """The network, fresh, with the autoencoder's decoder."""
        coder: Any = self.data.coder.network
        try:
            config = LatentMlpConfig(dimensions=len(self.data.mean), width=self.units, depth=self.depth, coder=coder.config, **skip)
        except ValueError as error:
            raise BadInput(str(error)) from None
        network = LatentMlp(config)
        network.code_mean.copy_(torch.from_numpy(self.data.mean))
        network.code_std.copy_(torch.from_numpy(self.data.std))
        network.decoder.load_state_dict({name: tensor.float() for name, tensor in own_decoder(self.data.coder).items()})
        return network

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """As a `DdpmTask`; then, of codes that are drawn, the noise of q(z|x)."""
        drawn = super().draw(count, generator)
        return (*drawn, torch.randn((count, *self.shape), generator=generator)) if self.data.are_drawn else drawn

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        """As a `DdpmTask`, of codes (N, code, k, 1) as a `CodeSet` has them."""
        if not self.data.are_drawn:
            return super().losses(network, x, labels, draws)
        codes = x[:, :, :1] + x[:, :, 1:] * draws[-1].to(x.device)
        return super().losses(network, codes, labels, draws[:-1])

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        return self.carded("latent_mlp", training, self.data.latent)
