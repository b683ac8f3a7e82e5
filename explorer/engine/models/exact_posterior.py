"""The exact p(z|x) of one image under a VAE of two-dimensional codes, as it is drawn: what Latent and Variational share."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Self, TypeVar

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.files import Checkpoint
from explorer.engine.desk import Desk
from explorer.models.roles import LatentModel
from explorer.variational.bound import of_encoder
from explorer.variational.densities import Gaussian
from explorer.variational.evidence import Posterior, first_cells, log_joint

PIXELS = 192
"""Along a side of the picture of p(z|x)."""
SHARES = 4.0
"""Standard deviations of p(z|x), and of q, that it shows."""
LEAST_EXTENT = 0.12

T = TypeVar("T")


class FirstCells:
    """Decodings of the whole plane, which every image of a model shares; kept for the last model."""

    def __init__(self) -> None:
        self._sha256, self._found = "", torch.zeros(0)

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Of this desk."""
        return cls()

    def of(self, checkpoint: Checkpoint) -> Iterator[Tensor | None]:
        """None as a cancel point, then the decodings."""
        if self._sha256 != checkpoint.sha256:
            assert isinstance(checkpoint.network, LatentModel)
            for found in first_cells(checkpoint.network):
                if found is None:
                    yield None
                else:
                    self._sha256, self._found = checkpoint.sha256, found
        yield self._found


def last(found: Iterator[T | None]) -> Generator[None, None, T]:
    """What comes last, each that comes before being a cancel point."""
    latest: T | None = None
    for latest in found:  # noqa: B007
        yield None
    assert latest is not None
    return latest


def encoded(model: LatentModel, x: Tensor) -> Gaussian:
    """q(z|x) of one image x (1, C, H, W), of a model that has one."""
    mean, log_variance = model.encode(x)
    assert log_variance is not None
    return of_encoder(mean[0].double().cpu().numpy(), log_variance[0].double().cpu().numpy())


def extent_of(exact: Posterior, q: Gaussian) -> tuple[float, float, float, float]:
    """A square (x0, x1, y0, y1) with nearly all of p(z|x) and of the encoder's q."""
    covariances = (exact.covariance, q.covariance)
    sides = [
        (mean + sign * SHARES * np.sqrt(np.diag(covariance)))
        for mean, covariance in zip((exact.mean, q.mean), covariances, strict=True)
        for sign in (-1, 1)
    ]
    low, high = np.min(sides, axis=0), np.max(sides, axis=0)
    middle, half = (low + high) / 2, max(LEAST_EXTENT, float((high - low).max()) / 2)
    return float(middle[0] - half), float(middle[0] + half), float(middle[1] - half), float(middle[1] + half)


def density_over(
    model: LatentModel, x: Tensor, exact: Posterior, extent: tuple[float, float, float, float]
) -> Generator[None, None, np.ndarray]:
    """p(z|x) over its largest value at the middle of each pixel, shape (PIXELS, PIXELS), rows upwards in y."""
    x0, x1, y0, y1 = extent
    across, up = (low + (np.arange(PIXELS) + 0.5) / PIXELS * (high - low) for low, high in ((x0, x1), (y0, y1)))
    places = np.stack([axis.ravel() for axis in np.meshgrid(across, up)], axis=1)
    rows = []
    for block in np.array_split(places, 8):
        rows.append(log_joint(model, x, block))
        yield None
    values = np.concatenate(rows).reshape(PIXELS, PIXELS)
    return np.exp(values - max(float(values.max()), float(exact.log_joint.max()))).astype(np.float32)
