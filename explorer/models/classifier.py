"""The digit classifier: judge of the samples, and the features of the Fréchet distance."""

from __future__ import annotations

from torch import Tensor, nn

from explorer.models.classifier_config import ClassifierConfig as ClassifierConfig


class Classifier(nn.Module):
    """Images in [-1, 1] to class logits."""

    def __init__(self, config: ClassifierConfig) -> None:
        super().__init__()
        self.config = config
        w = config.width
        _, height, width = config.image_shape
        self.body = nn.Sequential(
            *_pair(config.channels, w), nn.MaxPool2d(2), *_pair(w, 2 * w), nn.MaxPool2d(2), nn.Dropout(0.3),
            nn.Flatten(), nn.Linear(2 * w * (height // 4) * (width // 4), config.features), nn.ReLU(),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Dropout(0.4), nn.Linear(config.features, config.classes))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.config.image_shape

    def features(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [-1, 1] to (N, features), at least 0."""
        return self.body(x)

    def logits_of(self, features: Tensor) -> Tensor:
        """(N, features) to (N, classes)."""
        return self.head(features)

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) in [-1, 1] to logits (N, classes)."""
        return self.head(self.body(x))


def _pair(inputs: int, outputs: int) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for channels in (inputs, outputs):
        layers += [nn.Conv2d(channels, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]
    return layers
