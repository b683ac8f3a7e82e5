"""Test figures of a VAE or an AE: ELBO, IWAE bound and reconstruction error on held-out images."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from explorer.checkpoints.card import Metric
from explorer.datasets.images import to_unit_range
from explorer.latent.elbo import elbo, gaussian_kl_terms, importance_weighted_bound, reconstruction_error
from explorer.models.roles import LatentModel
from explorer.rows import Rows
from explorer.variational.terms import active_units, spread

BLOCK = 100
IWAE_DRAWS = 100


@dataclass(frozen=True, slots=True)
class TestElbo:
    """Means over held-out images, nats per image unless said.

    Attributes
    ----------
    images : int
        How many were measured.
    reconstruction_error : float
        (1/P) ||x - x_hat||^2 through the mean code, pixels in [0, 1].
    elbo, log_likelihood, kl : float or None
        ELBO = log_likelihood - kl, with one draw of z for each image; None for an AE.
    kl_per_dimension : tuple of float
        `kl` of each number of the code; empty for an AE. Those near 0 are not used.
    elbo_error : float or None
        Standard error of `elbo` over the images.
    iwae, iwae_error : float or None
        Importance-weighted bound with `draws` draws, and its standard error over the images.
    draws : int
        K of the IWAE bound; 0 if it was not measured.
    active_units : int or None
        Numbers of the code whose mean varies over the images by more than 0.01 (`variational.terms`); None for an AE.
    """

    __test__ = False  # not a test, whatever pytest makes of its name

    images: int
    reconstruction_error: float
    elbo: float | None = None
    log_likelihood: float | None = None
    kl: float | None = None
    kl_per_dimension: tuple[float, ...] = ()
    elbo_error: float | None = None
    iwae: float | None = None
    iwae_error: float | None = None
    draws: int = 0
    active_units: int | None = None


@torch.inference_mode()
def measure(
    model: LatentModel,
    images: np.ndarray,
    draws: int = IWAE_DRAWS,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TestElbo:
    """ELBO terms, IWAE bound and reconstruction error.

    Parameters
    ----------
    model : LatentModel
        In evaluation mode.
    images : ndarray, shape (N, C, H, W), uint8
        Held out, N at least 1.
    draws : int
        K of the IWAE bound, 0 to leave it out.
    seed : int
        Of the draws of z.
    progress : callable, optional
        Called with images done and in all.

    Raises
    ------
    ValueError
        If there are no images, or `draws` is negative.
    """
    if not len(images) or draws < 0:
        raise ValueError(f"at least one image and no negative number of draws, not {len(images)} and {draws}")
    rows = Rows(len(images))
    kl_terms = torch.zeros(model.config.code, dtype=torch.float64)
    codes = Rows(len(images))
    for x, noise in blocks(model, images, draws, seed):
        row = [reconstruction_error(model, x)]
        if model.config.variational:
            terms = elbo(model, x, noise[:, 0])
            row += [terms.value, terms.log_likelihood, terms.kl]
            mean, log_variance = model.encode(x)
            assert log_variance is not None
            codes.add(mean.double().cpu().numpy())
            kl_terms += gaussian_kl_terms(mean, log_variance).double().sum(0).cpu()
            if draws:
                row.append(importance_weighted_bound(model, x, noise[:, 1:]))
        rows.add(torch.stack(row, 1).double().cpu().numpy())
        if progress is not None:
            progress(rows.filled, len(images))
    table = torch.from_numpy(rows.array.T)
    means = [float(m) for m in table.mean(1)]
    if len(means) == 1:
        return TestElbo(len(images), means[0])
    per_dimension = tuple((kl_terms / len(images)).tolist())
    active = int(active_units(spread(codes.array)).sum())
    error = _standard_error(table[1])
    found = TestElbo(len(images), means[0], means[1], means[2], means[3], per_dimension, error, active_units=active)
    return replace(found, iwae=means[4], iwae_error=_standard_error(table[4]), draws=draws) if draws else found


def _standard_error(values: Tensor) -> float:
    """Of a mean over images."""
    return float(values.std()) / math.sqrt(len(values)) if len(values) > 1 else math.nan


def blocks(model: LatentModel, images: np.ndarray, draws: int, seed: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Images in [-1, 1] with noise (n, 1 + draws, code): the first draw is the ELBO's. Whoever measures with as many draws has the same."""
    device = next(model.parameters()).device
    generator = torch.Generator().manual_seed(seed)
    for start in range(0, len(images), BLOCK):
        x = torch.from_numpy(to_unit_range(images[start : start + BLOCK])).to(device)
        noise = torch.randn(len(x), 1 + draws, model.config.code, generator=generator)
        yield x, noise.to(device)


def metrics(measured: TestElbo, command: str) -> tuple[Metric, ...]:
    """What the model card says of a measurement.

    Parameters
    ----------
    measured : TestElbo
    command : str
        What to type to measure it again.
    """
    images = {"images": measured.images}
    found = [Metric("test reconstruction error", measured.reconstruction_error, command, details=images)]
    if measured.elbo is not None:
        terms = {
            "log_likelihood": measured.log_likelihood, "kl": measured.kl, "kl_per_dimension": list(measured.kl_per_dimension),
            "standard_error": measured.elbo_error, "active_units": measured.active_units,
        }  # fmt: skip
        found.insert(0, Metric("test ELBO", measured.elbo, command, details={**images, **terms}))
    if measured.iwae is not None:
        details = {**images, "standard_error": measured.iwae_error}
        found.insert(1, Metric(f"test IWAE-{measured.draws}", measured.iwae, command, details=details))
    return tuple(found)
