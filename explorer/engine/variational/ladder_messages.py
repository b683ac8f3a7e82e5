"""What the page from AE to VAE asks of the engine, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.forward import ForwardImage

Family = Literal["ae", "ae-sigma", "vae-sigma", "vae"]
"""Codes that are points, blurred by one width, the same with the prior, and with a width of each image's own."""


@dataclass(frozen=True, slots=True)
class ListLadder(Payload):
    """The networks of the ladder, and what their cards say. Answer: LadderListed."""

    answered_by = "explorer.engine.variational.ladder:list_ladder"


@dataclass(frozen=True, slots=True)
class ShowRung(Payload):
    """What a network of the ladder makes of the test images and of the prior. Answer: RungShown.

    Attributes
    ----------
    rung : str
        Its name: "ladder/vae-beta-4".
    image : ForwardImage
        The one that is looked at.
    seed : int
        Of the samples of the prior.
    """

    answered_by = "explorer.engine.variational.ladder:show_rung"

    rung: str
    image: ForwardImage
    seed: int


@dataclass(frozen=True, slots=True)
class ShowProbe(Payload):
    """What a network of the ladder decodes a code to. Answer: ProbeShown."""

    answered_by = "explorer.engine.variational.ladder:show_probe"

    rung: str
    code: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Rung:
    """A network of the ladder, and the figures on its card; NaN or empty for those that it does not have.

    Attributes
    ----------
    name : str
    family : Family
    sigma : float
        Fixed width of q(z|x); 0 where there is none, or the encoder says it.
    beta : float
        Weight of the KL; 0 for an AE.
    squared : bool
        Trained on the mean squared error J.
    error : float
        Mean squared error of reconstructions of the test images, pixels in [0, 1].
    elbo, kl : float
        Nats, means over the test images.
    kl_per_dimension : tuple of float
    active : int
        Active units; -1 where that is not known.
    share, real_share : float
        Of 2,000 samples of the prior, and of real digits, those that the digit classifier reads with confidence over 0.9.
    digits : float
        Effective number of digits among those samples.
    """

    name: str
    family: Family
    sigma: float
    beta: float
    squared: bool
    error: float
    elbo: float
    kl: float
    kl_per_dimension: tuple[float, ...]
    active: int
    share: float
    real_share: float
    digits: float


@dataclass(frozen=True, slots=True, eq=False)
class LadderListed(Outcome):
    """Answer to ListLadder.

    Attributes
    ----------
    rungs : tuple of Rung
        From the first to the last.
    """

    rungs: tuple[Rung, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RungShown(Outcome):
    """Answer to ShowRung.

    Attributes
    ----------
    rung : str
    codes : ndarray, shape (N, 2), float32
        Means of q(z|x) of the first test images, or the codes of an AE.
    sigmas : ndarray, shape (N, 2), float32
        Standard deviations of q(z|x); empty for an AE.
    labels : ndarray, shape (N,), uint8
    extent : (x0, x1, y0, y1)
        A square with nearly all of the codes and of the prior.
    image, reconstruction : ndarray, shape (H, W, 3), uint8
        The image that is looked at, and the decoding of its code.
    code, sigma : (float, float)
        Of that image; sigma is 0 for an AE.
    label : int
        -1 for a picture of the person's.
    prior : ndarray, shape (M, 2), float32
        Codes z ~ N(0, I), the same for every network.
    samples : ndarray, shape (M, H, W, 3), uint8
        What they decode to.
    digits : ndarray, shape (M,), uint8
        What the digit classifier reads in them.
    confidences : ndarray, shape (M,), float32
        With which probability; empty where there is no classifier.
    """

    rung: str
    codes: np.ndarray
    sigmas: np.ndarray
    labels: np.ndarray
    extent: tuple[float, float, float, float]
    image: np.ndarray
    reconstruction: np.ndarray
    code: tuple[float, float]
    sigma: tuple[float, float]
    label: int
    prior: np.ndarray
    samples: np.ndarray
    digits: np.ndarray
    confidences: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class ProbeShown(Outcome):
    """Answer to ShowProbe.

    Attributes
    ----------
    rung : str
    code : (float, float)
    tile : ndarray, shape (H, W, 3), uint8
    digit : int
        What the digit classifier reads; -1 where there is none.
    confidence : float
        With which probability.
    """

    rung: str
    code: tuple[float, float]
    tile: np.ndarray
    digit: int
    confidence: float
