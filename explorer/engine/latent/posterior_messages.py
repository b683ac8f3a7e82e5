"""The exact p(z|x) of what is encoded, over the plane: what Latent asks, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.latent.messages import EncodePicture
from explorer.engine.thread.requests import Outcome, Payload


@dataclass(frozen=True, slots=True)
class ShowTruePosterior(Payload):
    """p(z|x) of a picture under a VAE of two-dimensional codes. Answer: TruePosteriorShown, or nothing for a picture of another size.

    Attributes
    ----------
    picture : EncodePicture
        The checkpoint, and what is encoded.
    """

    answered_by = "explorer.engine.latent.true_posterior:show_true_posterior"

    picture: EncodePicture


@dataclass(frozen=True, slots=True, eq=False)
class TruePosteriorShown(Outcome):
    """Answer to ShowTruePosterior.

    Attributes
    ----------
    path : str
        The checkpoint.
    log_p : float
        log p(x) by quadrature, nats.
    log_likelihood, kl : float
        E_q[log p(x|z)] by quadrature and KL(q || p(z)) of the encoder's q, nats.
    extent : (x0, x1, y0, y1)
        Part of the plane that `density` is of.
    density : ndarray, shape (M, M), float32
        p(z|x) over its largest value, rows upwards in y.
    mean, sd : (float, float)
        Of p(z|x).
    """

    path: str
    log_p: float
    log_likelihood: float
    kl: float
    extent: tuple[float, float, float, float]
    density: np.ndarray
    mean: tuple[float, float]
    sd: tuple[float, float]

    @property
    def elbo(self) -> float:
        """Of the encoder's q, nats."""
        return self.log_likelihood - self.kl

    @property
    def gap(self) -> float:
        """KL(q(z|x) || p(z|x)), nats."""
        return self.log_p - self.elbo
