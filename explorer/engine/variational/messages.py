"""What the Variational workspace asks of the engine, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.variational import CodeGaussian, FitRecipe, InferenceRecipe


@dataclass(frozen=True, slots=True)
class ShowFit(Payload):
    """Two densities, and q after so many steps of the fit. Answer: FitShown.

    Attributes
    ----------
    fit : FitRecipe
    step : int
        0 is where the fit begins.
    """

    answered_by = "explorer.engine.variational.densities:show_fit"

    fit: FitRecipe
    step: int


@dataclass(frozen=True, slots=True, eq=False)
class FitShown(Outcome):
    """Answer to ShowFit.

    Attributes
    ----------
    step : int
    axis : ndarray, shape (M,)
        Places along each dimension.
    p, q : ndarray, shape (M,) or (M, M)
        Densities there; of two dimensions [x, y].
    of_q, of_p : ndarray, as p
        Integrands of KL(q || p) and KL(p || q).
    kl_q, kl_p : float
        The two divergences, nats.
    closed_q, closed_p : float
        By the formula between Gaussians, where p is one; else NaN.
    mean, sd : ndarray, shape (d,)
        Of q at this step.
    correlation : float
    curve : ndarray, shape (S + 1, 2)
        Both divergences at each step up to the last.
    track : ndarray, shape (S + 1, d)
        Means of q at each step.
    """

    step: int
    axis: np.ndarray
    p: np.ndarray
    q: np.ndarray
    of_q: np.ndarray
    of_p: np.ndarray
    kl_q: float
    kl_p: float
    closed_q: float
    closed_p: float
    mean: np.ndarray
    sd: np.ndarray
    correlation: float
    curve: np.ndarray
    track: np.ndarray
    partial: bool = False


@dataclass(frozen=True, slots=True)
class ShowPosterior(Payload):
    """The exact posterior of an image. Answer: PosteriorShown, some of it before the rest."""

    answered_by = "explorer.engine.variational.inference:show_posterior"

    recipe: InferenceRecipe


@dataclass(frozen=True, slots=True)
class ShowBound(Payload):
    """A q of the person's on the same image. Answer: BoundShown."""

    answered_by = "explorer.engine.variational.inference:show_bound"

    recipe: InferenceRecipe
    q: CodeGaussian


@dataclass(frozen=True, slots=True, eq=False)
class QShown:
    """A Gaussian q and what is left to log p(x).

    Attributes
    ----------
    q : CodeGaussian
    log_likelihood, kl : float
        E_q[log p(x|z)] and KL(q || p(z)), nats; ELBO = log_likelihood - kl.
    """

    q: CodeGaussian
    log_likelihood: float
    kl: float

    @property
    def elbo(self) -> float:
        """The bound, nats."""
        return self.log_likelihood - self.kl


@dataclass(frozen=True, slots=True, eq=False)
class BoundShown(Outcome):
    """Answer to ShowBound.

    Attributes
    ----------
    found : QShown
    reconstruction : ndarray, shape (H, W, 3), uint8
        Decoding of q's mean.
    draws : ndarray, shape (N, H, W, 3), uint8
        Decodings of draws from q, the same noise for every q.
    """

    found: QShown
    reconstruction: np.ndarray
    draws: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PosteriorShown(Outcome):
    """Answer to ShowPosterior; what is not known yet is NaN, None or empty.

    Attributes
    ----------
    name : str
        Of the model.
    image : ndarray, shape (H, W, 3), uint8
    label : int
        Of a test image; -1 where there is none.
    log_p, moved : float
        log p(x) by quadrature, and how much the last cut moved it.
    extent : (x0, x1, y0, y1)
        Part of the plane that `density` is of.
    density : ndarray, shape (M, M), float32
        p(z|x) over its largest value, [row, column], rows upwards in y.
    encoder : QShown
    diagonal, full : QShown or None
        The best Gaussian of each kind.
    iwae : ndarray, shape (K, 2)
        Number of samples and the IWAE bound under the encoder's q, nats.
    mean, sd : (float, float)
        Of p(z|x).
    """

    name: str
    image: np.ndarray
    label: int
    log_p: float
    moved: float
    extent: tuple[float, float, float, float]
    density: np.ndarray
    encoder: QShown
    diagonal: QShown | None
    full: QShown | None
    iwae: np.ndarray
    mean: tuple[float, float]
    sd: tuple[float, float]
    partial: bool = False
