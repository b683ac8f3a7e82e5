"""log p(x) of held-out images under a model of two-dimensional codes, exactly, and the ELBO of its encoder: their gap is a KL."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch

from explorer.datasets.images import to_unit_range
from explorer.models.roles import LatentModel
from explorer.variational.bound import bound, of_encoder
from explorer.variational.evidence import first_cells, posterior

Report = Callable[[int], object]


@dataclass(frozen=True)
class TestEvidence:
    """Means over held-out images, nats per image, each with its standard error over the images.

    Attributes
    ----------
    images : int
    log_px, log_px_error : float
        log p(x) by quadrature.
    elbo, elbo_error : float
        ELBO of the encoder's q, its expectation by quadrature as well.
    gap, gap_error : float
        log p(x) - ELBO = KL(q(z|x) || p(z|x)).
    gap_quantiles : tuple of 3 floats
        Of the gap over the images: a tenth, the half, nine tenths.
    moved : float
        Largest change of a log p(x) by the last cut of its cells.
    """

    __test__ = False  # not a test, whatever pytest makes of its name

    images: int
    log_px: float
    log_px_error: float
    elbo: float
    elbo_error: float
    gap: float
    gap_error: float
    gap_quantiles: tuple[float, float, float]
    moved: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """log p(x) and the encoder's ELBO of one image, nats; `moved` is the change of log p(x) by the last cut of its cells."""

    log_px: float
    elbo: float
    moved: float


@torch.inference_mode()
def evidence_of_each(model: LatentModel, images: np.ndarray) -> Iterator[Evidence]:
    """log p(x) and ELBO of image after image; parameters and errors as of `measure_evidence`."""
    device = next(model.parameters()).device
    first = next(found for found in first_cells(model) if found is not None)
    for image in images:
        x = torch.from_numpy(to_unit_range(image[None])).to(device)
        mean, log_variance = model.encode(x)
        if log_variance is None:
            raise ValueError("an autoencoder without a posterior has no bound")
        q = of_encoder(mean[0].double().cpu().numpy(), log_variance[0].double().cpu().numpy())
        exact = next(found for found in posterior(model, x, first, q.mean[None]) if found is not None)
        yield Evidence(exact.log_p, bound(model, x, q).value, exact.moved)


def measure_evidence(model: LatentModel, images: np.ndarray, report: Report | None = None) -> TestEvidence:
    """log p(x) and ELBO of each image.

    Parameters
    ----------
    model : LatentModel
        Of two-dimensional codes, variational, in evaluation mode.
    images : ndarray, shape (N, C, H, W), uint8
        Held out, N at least 2.
    report : callable, optional
        Told how many more images are done.

    Raises
    ------
    ValueError
        If codes have not two dimensions, or nothing is said of p(x|z).
    """
    if len(images) < 2:
        raise ValueError(f"at least two images, not {len(images)}")
    rows, moved = [], 0.0
    for each in evidence_of_each(model, images):
        rows.append((each.log_px, each.elbo))
        moved = max(moved, each.moved)
        if report is not None:
            report(1)
    table = np.array(rows)
    gaps = table[:, 0] - table[:, 1]
    low, middle, high = np.quantile(gaps, (0.1, 0.5, 0.9)).tolist()
    return TestEvidence(
        len(images), float(table[:, 0].mean()), _error(table[:, 0]), float(table[:, 1].mean()), _error(table[:, 1]),
        float(gaps.mean()), _error(gaps), (low, middle, high), moved,
    )  # fmt: skip


def _error(values: np.ndarray) -> float:
    return float(values.std(ddof=1)) / math.sqrt(len(values))
