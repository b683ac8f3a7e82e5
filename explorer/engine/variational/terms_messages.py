"""What the ELBO page asks of the engine, and what it gets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import ElboRecipe


@dataclass(frozen=True, slots=True)
class ShowTerms(Payload):
    """The terms of the ELBO of one image. Answer: TermsShown."""

    answered_by = "explorer.engine.variational.terms:show_terms"

    recipe: ElboRecipe
    image: ForwardImage


@dataclass(frozen=True, slots=True)
class ShowUnit(Payload):
    """What one number of the code does to an image's decoding. Answer: UnitShown.

    Attributes
    ----------
    unit : int
        From 0; the last one if there are fewer.
    """

    answered_by = "explorer.engine.variational.terms:show_unit"

    recipe: ElboRecipe
    image: ForwardImage
    unit: int


@dataclass(frozen=True, slots=True)
class ShowTestTerms(Payload):
    """The terms over all test images. Answer: TestTermsShown, several while they are measured."""

    answered_by = "explorer.engine.variational.terms:show_test_terms"

    recipe: ElboRecipe


@dataclass(frozen=True, slots=True, eq=False)
class TermsShown(Outcome):
    """Answer to ShowTerms.

    Attributes
    ----------
    name : str
        Of the model.
    image, reconstruction : ndarray, shape (H, W, 3), uint8
        x, and the decoding of q's mean.
    nats : ndarray, shape (H, W, 3), uint8
        -log p(x|z) of each pixel at q's mean as brightness; empty where nothing is said of p(x|z).
    most_nats : float
        Of the brightest.
    label : int
        Of a test image; -1 where there is none.
    log_likelihood, error : float
        E_q[log p(x|z)], nats, and its standard error: 0 where it is by quadrature, NaN where nothing is said of p(x|z).
    kl : ndarray, shape (d,)
        KL of each number of the code, nats; of a code that is an image, of each of its channels.
    mean, sd : ndarray, shape (d,)
        Of q(z|x); of channels the mean over their pixels.
    """

    name: str
    image: np.ndarray
    reconstruction: np.ndarray
    nats: np.ndarray
    most_nats: float
    label: int
    log_likelihood: float
    error: float
    kl: np.ndarray
    mean: np.ndarray
    sd: np.ndarray

    @property
    def elbo(self) -> float:
        """The bound, nats."""
        return self.log_likelihood - float(self.kl.sum())


@dataclass(frozen=True, slots=True, eq=False)
class UnitShown(Outcome):
    """Answer to ShowUnit.

    Attributes
    ----------
    unit : int
    values : ndarray, shape (K,)
        What the number is set to; the others are those of the image's mean.
    tiles : ndarray, shape (K, H, W, 3), uint8
        Decodings.
    change : float
        Root mean square difference of the first and the last, pixels in [0, 1].
    """

    unit: int
    values: np.ndarray
    tiles: np.ndarray
    change: float


@dataclass(frozen=True, slots=True, eq=False)
class TestTermsShown(Outcome):
    """Answer to ShowTestTerms: means over the test images so far.

    Attributes
    ----------
    images, total : int
        How many are measured, and how many there are.
    log_likelihood : float
        Mean of E_q[log p(x|z)] by one draw of each image, the draws of `evaluate --metric elbo --seed 0`; nats.
    error : float
        Standard error of the ELBO over the images.
    kl : ndarray, shape (d,)
        Mean KL of each number of the code, or channel.
    spread : ndarray, shape (d,)
        Variance of its mean over the images: active are those above 0.01.
    elbos : ndarray, shape (images,), float32
        The bound of each image.
    """

    __test__ = False  # not a test, whatever pytest makes of its name

    images: int
    total: int
    log_likelihood: float
    error: float
    kl: np.ndarray
    spread: np.ndarray
    elbos: np.ndarray
    partial: bool = False

    @property
    def elbo(self) -> float:
        """Mean of the bound, nats."""
        return self.log_likelihood - float(self.kl.sum())
