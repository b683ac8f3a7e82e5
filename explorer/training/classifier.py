"""Training the digit classifier that judges samples."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.checkpoints.card import FORMAT_VERSION, Card, NetworkCard, TrainingCard
from explorer.datasets.images import ImageSet
from explorer.errors import BadInput
from explorer.models.classifier import Classifier, ClassifierConfig
from explorer.training.cards import config_dict, data_card

MAX_SHIFT = 2


class ClassifierTask:
    """Cross-entropy on images shifted at random by up to two pixels."""

    def __init__(self, data: ImageSet) -> None:
        if data.labels is None:
            raise BadInput(f"{data.name}: a classifier needs labels")
        channels, height, width = data.image_shape
        self.data = data
        columns = 0 if width == height else width
        try:
            self.config = ClassifierConfig(channels, height, classes=int(data.labels.max()) + 1, columns=columns)
        except ValueError as error:
            raise BadInput(f"{data.name}: {error}") from None
        self.network: nn.Module = Classifier(self.config)
        self.loss_name = "cross-entropy, nats"
        self.timesteps: int | None = None

    def draw(self, count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
        """One shift (dy, dx) for the whole batch, each in 0..4."""
        return (torch.randint(0, 2 * MAX_SHIFT + 1, (2,), generator=generator).expand(count, 2),)

    def losses(self, network: nn.Module, x: Tensor, labels: Tensor | None, draws: tuple[Tensor, ...]) -> Tensor:
        """Cross-entropy of each image."""
        assert labels is not None
        dy, dx = draws[0][0].tolist()
        height, width = x.shape[2:]
        padded = F.pad(x, [MAX_SHIFT] * 4, value=-1.0)
        return F.cross_entropy(network(padded[:, :, dy : dy + height, dx : dx + width]).float(), labels, reduction="none")

    def timesteps_of(self, draws: tuple[Tensor, ...]) -> Tensor | None:
        """None: there is no t."""
        return None

    def objective_scale(self) -> float:
        """Unscaled."""
        return 1.0

    def card(self, training: TrainingCard) -> Card:
        """Model card of the trained network."""
        network = NetworkCard("classifier", config_dict(self.config))
        return Card(FORMAT_VERSION, "classifier", network, data_card(self.data), training=training)
