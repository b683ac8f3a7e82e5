"""Training an autoencoder or a VAE."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from explorer.checkpoints.card import FORMAT_VERSION, Card, NetworkCard, TrainingCard
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.latent.elbo import elbo, log_likelihood
from explorer.models.autoencoder import Autoencoder, AutoencoderConfig
from explorer.training.cards import config_dict, data_card
from explorer.training.logistic import begin_logistic

WIDTHS = {"mlp": (1000, 500, 250), "conv": (32, 64, 512, 256)}
"""Hidden widths of each architecture unless others are asked for."""

LOGISTIC_NOTES = (
    "Logistic units and linear codes as Hinton and Salakhutdinov (2006); AdamW from random weights "
    "(Glorot's, scaled for logistic units, biases centred) in place of their layer-wise RBM pre-training."
)


class AutoencoderTask:
    """AE: reconstruction; VAE: the negative ELBO, both in nats per image (Bernoulli pixels).

    An AE may have the lecture's objective J instead, the mean squared error; a VAE another weight of its KL, and one width for
    every q(z|x).
    """

    def __init__(
        self,
        data: ImageSet,
        variational: bool,
        architecture: str = "mlp",
        code: int = 2,
        activation: str = "silu",
        hidden: tuple[int, ...] = (),
        sigma: float = 0.0,
        beta: float = 1.0,
        squared: bool = False,
    ) -> None:
        channels, height, width = data.image_shape
        hidden = hidden or WIDTHS[architecture]
        try:
            self.config = AutoencoderConfig(
                variational=variational, architecture=architecture, channels=channels, size=height, columns=0 if width == height else width,  # type: ignore[arg-type]
                code=code, hidden=hidden, activation=activation,  # type: ignore[arg-type]
                sigma=sigma, beta=beta, likelihood="gaussian" if squared else "bernoulli",
            )  # fmt: skip
        except ValueError as error:
            raise BadInput(f"{data.name}: {error}") from None
        self.data = data
        self.timesteps: int | None = None
        self.network: nn.Module = Autoencoder(self.config)
        if activation == "sigmoid":
            begin_logistic(self.network)
        self.loss_name = _loss_name(self.config)

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """Noise of the codes of a VAE; nothing for an AE."""
        return (torch.randn(count, self.config.code, generator=generator),) if self.config.variational else ()

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        """Nats of each image; of the objective J, squared error a pixel."""
        model: Autoencoder = network  # type: ignore[assignment]
        if self.config.variational:
            terms = elbo(model, x, draws[0].to(x.device))
            return self.config.beta * terms.kl - terms.log_likelihood
        if self.config.likelihood == "gaussian":
            return ((x - model.decode(model.encode(x)[0]).float()) / 2).square().flatten(1).mean(1)
        return -log_likelihood(model, x, model.encode(x)[0])

    def timesteps_of(self, draws: tuple[Tensor, ...]) -> Tensor | None:
        """None: there is no t."""
        return None

    def objective_scale(self) -> float:
        """Number of pixels: gradients of a mean over pixels, which J is already."""
        if not self.config.variational and self.config.likelihood == "gaussian":
            return 1.0
        return float(math.prod(self.config.image_shape))

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        kind = "vae" if self.config.variational else "ae"
        network = NetworkCard("autoencoder", config_dict(self.config))
        return Card(FORMAT_VERSION, kind, network, data_card(self.data), training=training)  # type: ignore[arg-type]


def _loss_name(config: AutoencoderConfig) -> str:
    if config.variational:
        return "negative ELBO, nats" if config.beta == 1 else f"negative ELBO with {config.beta:g} times its KL, nats"
    return "squared error a pixel" if config.likelihood == "gaussian" else "reconstruction cross-entropy, nats"
