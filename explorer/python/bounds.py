"""`explorer.bound` and `explorer.elbo`: bounds on -log p(x) of a diffusion model, and on log p(x) of a VAE, with their terms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from explorer.diffusion.figure import Figure
from explorer.errors import BadInput
from explorer.python.checked import checked
from explorer.python.held_out import Data, Split, checked_count, measured_on
from explorer.python.opening import opened
from explorer.recipe import MAX_SEED, Sampler
from explorer.sources.from_python.model import Model

BOUND_IMAGES, BOUND_STRATA = 128, 64
MAX_STRATA, MAX_DRAWS = 10_000, 10_000


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Bound:
    """L = L_T + sum_{t>1} L_{t-1} + L_0, an upper bound on -log p(x_0): nats per image, each a mean with its standard error.

    Attributes
    ----------
    L, L_T, L_steps, L_0 : Figure
        The bound and its parts; L_steps is the sum of L_{t-1} over t > 1.
    bits_per_dim : Figure
        L in bits for each number of an image.
    first_t, last_t : ndarray, shape (S,), int64
        Of each stratum of timesteps.
    terms, terms_error : ndarray, shape (S,), float64
        Mean L_{t-1} of one timestep of each stratum, and its standard error; where a stratum is one timestep, that term itself.
    images : int
        How many were measured.
    dataset : str
        Whose images they are.
    """

    L: Figure
    L_T: Figure
    L_steps: Figure
    L_0: Figure
    bits_per_dim: Figure
    first_t: np.ndarray
    last_t: np.ndarray
    terms: np.ndarray
    terms_error: np.ndarray
    images: int
    dataset: str

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Bound {_words(self.L, 'nats')}, {_words(self.bits_per_dim, 'bits/dim')}, on {self.images} images of {self.dataset}>"


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Elbo:
    """ELBO = log_likelihood - kl, a lower bound on log p(x): nats per image, each a mean with its standard error.

    Attributes
    ----------
    elbo, iwae : Figure
        With one draw of z for each image, and the importance-weighted bound with `draws` (Burda et al. 2016), which lies above.
    log_likelihood, kl : float
        The ELBO's terms.
    kl_per_dimension : ndarray, shape (D,), float64
        `kl` of each number of the code; those near 0 are not used.
    active_units : int
        Numbers of the code whose mean varies over the images by more than 0.01.
    reconstruction_error : float
        (1/P) ||x - x_hat||^2 through the mean code, pixels in [0, 1].
    images, draws : int
    dataset : str
        Whose images they are.
    """

    elbo: Figure
    iwae: Figure
    log_likelihood: float
    kl: float
    kl_per_dimension: np.ndarray
    active_units: int
    reconstruction_error: float
    images: int
    draws: int
    dataset: str

    def __repr__(self) -> str:
        """What it is, in a line."""
        return f"<Elbo {_words(self.elbo, 'nats')}, on {self.images} images of {self.dataset}>"


@checked
def bound(
    source: str | Path | Model,
    *,
    data: Data | None = None,
    split: Split = "test",
    images: int = BOUND_IMAGES,
    draws: int = 1,
    strata: int = BOUND_STRATA,
    seed: int = 0,
    variance: Literal["posterior", "beta"] = "posterior",
    clip: bool | None = None,
    read: Mapping[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
    device: str = "auto",
    precision: str = "fp32",
) -> Bound:
    """The bound of a diffusion model: the same numbers as `generative-explorer evaluate --metric vlb` gives.

    Parameters
    ----------
    source : str, Path or Model
        As of `sample`.
    data : str, Path or ndarray, optional
        "mnist", "emoji", an IDX or array file or a folder, or an array (N, C, H, W), (N, H, W, C) or (N, H, W) of uint8, or of floats in
        [-1, 1]; left out, the data that the model was trained on.
    split : "test" or "train"
        Of a data set that has both.
    images : int
        How many are drawn, at least 2; all if there are fewer.
    draws : int
        Timesteps and noises drawn from each stratum for each image.
    strata : int
        Timesteps looked at for each image, one from each stratum; at least T for every one.
    seed : int
        Of the images, timesteps and noise, in [0, 2**63).
    variance : "posterior" or "beta"
        Of the reverse step.
    clip : bool, optional
        Keep x0_hat in [-1, 1]; left out, it is as the checkpoint or the model says.
    read : mapping of str to str, optional
        How the images of a file are taken, as of `sample`.
    told : mapping of str to object, optional
        What the checkpoint's file does not say, as of `sample`.
    device, precision : str
        As the command line's.

    Raises
    ------
    BadInput
        If the model is no ddpm, its network puts out numbers that are not finite, or the images cannot be read or do not fit it.
    """
    check_seed(seed)
    if not 2 <= strata <= MAX_STRATA or not 1 <= draws <= MAX_DRAWS:
        raise BadInput(f"strata are 2..{MAX_STRATA} and draws 1..{MAX_DRAWS}, not {strata} and {draws}")
    with opened(source, told) as checkpoint:
        from explorer.engine.models.predictors import limit_of, told_data
        from explorer.evaluation import vlb
        from explorer.recipe.sampler import with_usual
        from explorer.sampling.place import place

        check_ddpm(checkpoint.card.kind, str(checkpoint.path))
        where = place(device, precision)
        plain, _ = where.predictor(checkpoint, where.run_by(checkpoint))
        known = measured_on(checkpoint, data, split, read, least=2)
        predictor = told_data(plain, known.labels, str(checkpoint.path))
        design = vlb.Choice(checked_count(images, known, 2), draws, strata, seed).design(predictor.schedule.T, len(known.images))
        usual = with_usual(Sampler(), checkpoint.card.sampler.said)
        limit = limit_of(usual) if clip is None or clip == usual.clip else clip
        (tally,) = vlb.measure([predictor], vlb.source(known, where.device), design, limit, variance)
        totals, terms, strata_of_t = tally.totals(), tally.terms(), tally.design.strata
    if not math.isfinite(totals.total.value):
        raise BadInput(f"{checkpoint.path}: its network puts out numbers that are not finite: there is no bound")
    starts, sizes = np.asarray(strata_of_t.starts, np.int64), np.asarray(strata_of_t.sizes, np.int64)
    return Bound(
        L=totals.total, L_T=totals.prior, L_steps=totals.steps, L_0=totals.decoder,
        bits_per_dim=totals.total.times(1 / (math.log(2) * math.prod(known.image_shape))),
        first_t=starts, last_t=starts + sizes - 1, terms=terms.value, terms_error=terms.error, images=tally.images, dataset=known.name,
    )  # fmt: skip


@checked
def elbo(
    source: str | Path,
    *,
    data: Data | None = None,
    split: Split = "test",
    images: int | None = None,
    draws: int = 100,
    seed: int = 0,
    read: Mapping[str, str] | None = None,
    told: Mapping[str, Any] | None = None,
    device: str = "auto",
) -> Elbo:
    """The ELBO of a VAE: the same numbers as `generative-explorer evaluate --metric elbo` gives.

    Parameters
    ----------
    source : str or Path
        As of `encode`.
    data, split, read, told, device
        As of `bound`.
    images : int, optional
        The first so many, at least 2; all if left out.
    draws : int
        K of the importance-weighted bound, in 1..5000.
    seed : int
        Of the draws of z, in [0, 2**63).

    Raises
    ------
    BadInput
        If the model is no VAE, says nothing of p(x|z), or the images cannot be read or do not fit it.
    """
    check_seed(seed)
    if not 1 <= draws <= 5000:
        raise BadInput(f"draws must be in 1..5000, not {draws}")
    with opened(source, told) as checkpoint:
        from explorer.evaluation import elbo as evaluation
        from explorer.sampling.codes import autoencoder
        from explorer.sampling.place import place_of_decoders

        model = autoencoder(checkpoint, place_of_decoders(device).device, "an ELBO is of a vae")
        if not model.config.variational or not model.config.likelihood:
            raise BadInput(f"{checkpoint.path}: an ELBO is of a vae that says what p(x|z) is, and this one has none")
        known = measured_on(checkpoint, data, split, read, least=2)
        count = len(known.images) if images is None else checked_count(images, known, 2)
        found = evaluation.measure(model, known.images[:count], draws, seed)
    return Elbo(
        elbo=_figure(found.elbo, found.elbo_error), iwae=_figure(found.iwae, found.iwae_error),
        log_likelihood=_number(found.log_likelihood), kl=_number(found.kl), kl_per_dimension=np.array(found.kl_per_dimension),
        active_units=found.active_units or 0, reconstruction_error=found.reconstruction_error, images=found.images, draws=draws,
        dataset=known.name,
    )  # fmt: skip


def check_ddpm(kind: str, name: str) -> None:
    """Refuse what is no diffusion model (BadInput)."""
    if kind != "ddpm":
        raise BadInput(f"{name}: is of kind {kind}; give a ddpm")


def check_seed(seed: int) -> None:
    """Refuse what is no seed (BadInput)."""
    if not 0 <= seed <= MAX_SEED:
        raise BadInput(f"the seed must be in [0, 2**63), not {seed}")


def _figure(value: float | None, error: float | None) -> Figure:
    return Figure(_number(value), _number(error))


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _words(figure: Figure, unit: str) -> str:
    return f"{figure.value:.4g} ± {figure.error:.2g} {unit}"
