"""Training an autoencoder or a VAE."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import FORMAT_VERSION, Card, NetworkCard, TrainingCard
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.latent.elbo import elbo, log_likelihood
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.training.cards import config_dict, data_card


class AutoencoderTask:
    """AE: reconstruction; VAE: the negative ELBO, both in nats per image (Bernoulli pixels)."""

    def __init__(self, data: ImageSet, variational: bool, architecture: str = "mlp", code: int = 2) -> None:
        channels, height, width = data.image_shape
        if height != width:
            raise BadInput(f"{data.name}: an autoencoder needs square images, not {height}x{width}")
        hidden = (1000, 500, 250) if architecture == "mlp" else (32, 64, 512, 256)
        try:
            self.config = AutoencoderConfig(
                variational=variational, architecture=architecture, channels=channels, size=height,  # type: ignore[arg-type]
                code=code, hidden=hidden,
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(f"{data.name}: {error}") from None
        self.data = data
        self.network: nn.Module = Autoencoder(self.config)
        self.loss_name = "negative ELBO, nats" if variational else "reconstruction cross-entropy, nats"

    def loss(self, network: nn.Module, x: Tensor, labels: Tensor | None, generator: torch.Generator) -> Tensor:
        """Mean over the batch, nats per image."""
        model: Autoencoder = network  # type: ignore[assignment]
        if self.config.variational:
            noise = torch.randn(len(x), self.config.code, generator=generator).to(x.device)
            return -elbo(model, x, noise).value.mean()
        return -log_likelihood(model, x, model.encode(x)[0]).mean()

    def objective_scale(self) -> float:
        """Number of pixels: gradients of a mean over pixels."""
        return float(self.config.channels * self.config.size**2)

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        kind = "vae" if self.config.variational else "ae"
        network = NetworkCard("autoencoder", config_dict(self.config))
        return Card(FORMAT_VERSION, kind, network, data_card(self.data), training=training)  # type: ignore[arg-type]
