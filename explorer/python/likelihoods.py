"""`explorer.log_px`: log p(x) of images under a diffusion model, or under a VAE of two-dimensional codes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from explorer.diffusion.figure import Figure
from explorer.diffusion.flow_settings import (
    LARGEST_TRACE,
    MAX_PROBES,
    MAX_STEPS,
    MIN_STEPS,
    STEPS,
    Dequantise,
    Probe,
    Solver,
)
from explorer.errors import BadInput
from explorer.python.bounds import check_ddpm, check_seed
from explorer.python.checked import checked
from explorer.python.held_out import Data, Split, checked_count, measured_on
from explorer.python.opening import opened
from explorer.sources.from_python.model import Model

if TYPE_CHECKING:
    from explorer.checkpoints.files import Checkpoint
    from explorer.datasets.images import ImageSet
    from explorer.diffusion.ode_likelihood import Flow
    from explorer.models.roles import LatentModel

IMAGES = 32


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class LogPx:
    """log p(x) of N images, nats.

    Attributes
    ----------
    each : ndarray, shape (N,), float64
        Of each image; of a diffusion model whose pixels are dequantised, a lower bound on log P(x) of the 8-bit values.
    index : ndarray, shape (N,), int64
        Which images of the data set they are.
    mean : Figure
        Over the images, with its standard error.
    bits_per_dim : Figure or None
        -mean in bits for each number of an image; None of a VAE, whose p(x|z) is no probability of 8-bit values.
    elbo : ndarray, shape (N,), float64, or None
        The encoder's bound of each image, under a VAE: log p(x) - elbo = KL(q(z|x) || p(z|x)).
    probe_error : float
        Standard error of the mean by the probes of the trace alone; 0 of a VAE, NaN of one probe.
    discretisation : Figure
        How much the mean changes from half as many steps to these; of a VAE the most that the last cut of cells moves any.
    method : "ode" or "quadrature"
    dataset : str
        Whose images they are.
    """

    each: np.ndarray
    index: np.ndarray
    mean: Figure
    bits_per_dim: Figure | None
    elbo: np.ndarray | None
    probe_error: float
    discretisation: Figure
    method: Literal["ode", "quadrature"]
    dataset: str

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<LogPx {self.mean.value:.4g} ± {self.mean.error:.2g} nats, on {len(self.each)} images of {self.dataset}>"


@checked
def log_px(
    source: str | Path | Model,
    *,
    data: Data | None = None,
    split: Split = "test",
    images: int = IMAGES,
    seed: int = 0,
    steps: int = STEPS,
    solver: Solver = "heun",
    probes: int = 2,
    probe: Probe = "rademacher",
    dequantise: Dequantise = "gaussian",
    read: Mapping[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
    device: str = "auto",
    precision: str = "fp32",
) -> LogPx:
    """log p(x): of a diffusion model by its probability-flow ODE, of a VAE of two-dimensional codes by quadrature over the plane.

    The numbers are those of `generative-explorer evaluate --metric ode-likelihood` and `--metric log-px`.

    Parameters
    ----------
    source : str, Path or Model
        As of `sample`, or as of `encode`.
    data, split, read, told, device, precision
        As of `bound`; a VAE is computed in fp32.
    images : int
        At least 2, all if there are fewer: of a diffusion model drawn by the seed, of a VAE the first.
    seed : int
        Of the images, the probes and what dequantises, in [0, 2**63).
    steps : int
        Levels of noise between t = 1 and T, in 4..4000.
    solver : "heun" or "euler"
    probes : int
        Of Hutchinson's estimate at each level, in 0..64; 0 takes the trace exactly, of images of at most 4,096 numbers.
    probe : "rademacher" or "gaussian"
    dequantise : "gaussian", "uniform" or "none"
        What stands for 8-bit values; "none" gives the density of x_0 itself. From `seed` on these are of a diffusion model.

    Raises
    ------
    BadInput
        If there is no log p(x) of this model, a setting is out of its range, or the images cannot be read or do not fit it.
    """
    check_seed(seed)
    if not MIN_STEPS <= steps <= MAX_STEPS:
        raise BadInput(f"steps must be in {MIN_STEPS}..{MAX_STEPS}, not {steps}")
    if not 0 <= probes <= MAX_PROBES:
        raise BadInput(f"probes must be in 0..{MAX_PROBES}, not {probes}")
    with opened(source, told) as checkpoint:
        from explorer.diffusion.ode_likelihood import Flow
        from explorer.models.roles import LatentModel

        known = measured_on(checkpoint, data, split, read, least=2)
        count = checked_count(images, known, 2)
        if isinstance(checkpoint.network, LatentModel):
            return _by_quadrature(checkpoint, checkpoint.network, known, count, device)
        check_ddpm(checkpoint.card.kind, str(checkpoint.path))
        values = math.prod(known.image_shape)
        if probes == 0 and values > LARGEST_TRACE:
            raise BadInput(f"probes: the exact trace is of at most {LARGEST_TRACE:,} numbers an image, and these have {values:,}")
        return _by_ode(checkpoint, known, count, Flow(steps, solver, probes, probe, dequantise, seed), device, precision)


def _by_ode(checkpoint: Checkpoint, known: ImageSet, count: int, flow: Flow, device: str, precision: str) -> LogPx:
    from explorer.diffusion.divergence import means_of
    from explorer.diffusion.strata import shuffled
    from explorer.engine.models.predictors import told_data
    from explorer.evaluation.ode_likelihood import FlowTally, walk
    from explorer.evaluation.vlb import source
    from explorer.sampling.place import place

    where = place(device, precision)
    plain, _ = where.predictor(checkpoint, where.run_by(checkpoint))
    predictor = told_data(plain, known.labels, str(checkpoint.path))
    tally = FlowTally(flow, shuffled(len(known.images), count, flow.seed))
    for _ in walk(predictor, source(known, where.device), tally, count):
        pass
    return LogPx(
        each=-np.array(tally.nats), index=np.array(tally.order[: tally.images], np.int64),
        mean=Figure(-tally.total.value, tally.total.error),
        bits_per_dim=tally.total.times(1 / (math.log(2) * math.prod(known.image_shape))), elbo=None,
        probe_error=0.0 if means_of(predictor) == "closed form" else tally.probe_error,
        discretisation=Figure(-tally.discretisation.value, tally.discretisation.error), method="ode", dataset=known.name,
    )  # fmt: skip


def _by_quadrature(checkpoint: Checkpoint, model: LatentModel, known: ImageSet, count: int, device: str) -> LogPx:
    from explorer.evaluation.log_px import evidence_of_each
    from explorer.sampling.codes import autoencoder
    from explorer.sampling.place import place_of_decoders

    config = model.config
    if config.code != 2 or not config.variational or not config.likelihood:
        raise BadInput(f"{checkpoint.path}: log p(x) is summed over the plane of a vae with two-dimensional codes that says what p(x|z) is")
    autoencoder(checkpoint, place_of_decoders(device).device)
    rows = list(evidence_of_each(model, known.images[:count]))
    each = np.array([row.log_px for row in rows])
    mean = Figure(float(each.mean()), float(each.std(ddof=1)) / math.sqrt(count))
    return LogPx(
        each=each, index=np.arange(count), mean=mean, bits_per_dim=None,
        elbo=np.array([row.elbo for row in rows]), probe_error=0.0, discretisation=Figure(max(row.moved for row in rows)),
        method="quadrature", dataset=known.name,
    )  # fmt: skip
