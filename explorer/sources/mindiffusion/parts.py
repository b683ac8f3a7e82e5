"""What the U-Nets of minDiffusion and of conditional MNIST are both made of."""

from __future__ import annotations

from torch import Tensor, nn

ROOT_TWO = 1.414
"""By which a residual block divides, as both programs have it."""


class Wrapped(nn.Module):
    """Layers one after another, under the name that both programs give them."""

    def __init__(self, *layers: nn.Module) -> None:
        super().__init__()
        self.model = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        """What the layers make of x."""
        made: Tensor = self.model(x)
        return made


def half(block: nn.Module) -> Wrapped:
    """A block, and the larger of neighbours: (N, before, H, W) to (N, after, H / 2, W / 2)."""
    return Wrapped(block, nn.MaxPool2d(2))


def double(before: int, after: int, *blocks: nn.Module) -> Wrapped:
    """Pixels made four, and blocks: (N, before, H, W) to (N, after, 2 H, 2 W)."""
    return Wrapped(nn.ConvTranspose2d(before, after, 2, 2), *blocks)


def spread(width: int, side: int) -> nn.Sequential:
    """A vector in the middle, (N, width, 1, 1), as `side` by `side` pixels."""
    return nn.Sequential(nn.ConvTranspose2d(width, width, side, side), nn.GroupNorm(8, width), nn.ReLU())
