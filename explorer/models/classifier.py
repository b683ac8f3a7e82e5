"""The digit classifier: judge of the samples, and the features of the Fréchet distance."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class ClassifierConfig:
    """Shape of the classifier.

    Attributes
    ----------
    channels, size, columns : int
        Channels, height and width of the images, the sides multiples of 4; `columns` is 0 for a width of `size`.
    width : int
        Channels of the first level.
    features : int
        Length of the feature vector before the last layer.
    classes : int
        Number of classes.
    """

    channels: int = 1
    size: int = 28
    width: int = 32
    features: int = 128
    classes: int = 10
    columns: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be built (ValueError)."""
        for side in self.image_shape[1:]:
            if side % 4 or not 4 <= side <= 1024:
                raise ValueError(f"the sides of images must be multiples of 4 in 4..1024, not {side}")
        for field in ("channels", "width", "features", "classes"):
            if not 1 <= getattr(self, field) <= 4096:
                raise ValueError(f"{field} must be in 1..4096, not {getattr(self, field)}")

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W)."""
        return self.channels, self.size, self.columns or self.size


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
