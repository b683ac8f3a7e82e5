"""What determines the shape of the digit classifier. No torch."""

from __future__ import annotations

from dataclasses import dataclass


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
