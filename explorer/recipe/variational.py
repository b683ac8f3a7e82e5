"""What the Variational workspace makes pictures of: two densities and a fit, and the posterior of one image."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from explorer.recipe.forward import ForwardImage
from explorer.recipe.told import NOTHING, Told

Direction = Literal["q||p", "p||q"]
MAX_PARTS = 5
REACH = 5.0
"""Largest distance of a mean from 0, along each axis."""
LEAST_SD, MOST_SD = 0.1, 4.0
MOST_CORRELATION = 0.95
MOST_STEPS = 200
MOST_CODE = 8.0
MOST_PROBE = 1000.0
"""An autoencoder's codes lie wherever it likes."""


class Bump(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Gaussian of one or two dimensions, with its weight in a mixture.

    Attributes
    ----------
    mean, sd : tuple of 1 or 2 floats
    correlation : float
        Of the two dimensions.
    weight : float
        Against the others'.
    """

    mean: tuple[float, ...]
    sd: tuple[float, ...]
    correlation: float = 0.0
    weight: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no Gaussian within reach (ValueError)."""
        if len(self.mean) != len(self.sd) or len(self.mean) not in (1, 2):
            raise ValueError("a density has one or two dimensions")
        if not all(abs(value) <= REACH for value in self.mean):
            raise ValueError(f"means are in [-{REACH:g}, {REACH:g}]")
        if not all(LEAST_SD <= value <= MOST_SD for value in self.sd):
            raise ValueError(f"standard deviations are in [{LEAST_SD:g}, {MOST_SD:g}]")
        if not (abs(self.correlation) <= MOST_CORRELATION and 0.01 <= self.weight <= 100):
            raise ValueError(f"a correlation is in [-{MOST_CORRELATION}, {MOST_CORRELATION}], a weight in [0.01, 100]")


class FitRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """p, and the Gaussian q from which a fit begins.

    Attributes
    ----------
    p : tuple of Bump
        1 to 5 parts, of as many dimensions as q.
    q : Bump
    direction : "q||p" or "p||q"
        The divergence whose gradient is followed.
    """

    p: tuple[Bump, ...]
    q: Bump
    direction: Direction = "q||p"

    def __post_init__(self) -> None:
        """Refuse a mixture that cannot be (ValueError)."""
        if not 1 <= len(self.p) <= MAX_PARTS or any(len(part.mean) != len(self.q.mean) for part in self.p):
            raise ValueError(f"p has 1 to {MAX_PARTS} parts of as many dimensions as q")


LINE = FitRecipe((Bump((-2.2,), (0.6,)), Bump((2.4,), (0.8,), weight=1.5)), Bump((0.4,), (0.8,)))
PLANE = FitRecipe(
    (Bump((-2.0, -1.0), (0.6, 0.9), 0.5), Bump((2.0, 1.2), (0.8, 0.6), weight=1.5)), Bump((-0.3, 0.8), (1.1, 0.9), 0.2)
)  # fmt: skip


class CodeGaussian(msgspec.Struct, frozen=True, omit_defaults=True):
    """A q(z) over a plane of codes, as a person drags it.

    Attributes
    ----------
    mean, sd : (float, float)
    correlation : float
    """

    mean: tuple[float, float]
    sd: tuple[float, float]
    correlation: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no Gaussian of codes (ValueError)."""
        if not all(math.isfinite(value) and abs(value) <= MOST_CODE for value in self.mean):
            raise ValueError(f"the mean of q(z) is in [-{MOST_CODE:g}, {MOST_CODE:g}]")
        if not (all(1e-3 <= value <= MOST_CODE for value in self.sd) and abs(self.correlation) < 1):
            raise ValueError(f"the standard deviations of q(z) are in [0.001, {MOST_CODE:g}], its correlation in (-1, 1)")


class InferenceRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """The posterior of one image.

    Attributes
    ----------
    checkpoint, source : str
        A VAE of two-dimensional codes, as in `Lane`; empty for the shipped one.
    told : Told
        What the file does not say.
    image : ForwardImage
    q : CodeGaussian or None
        The person's q; None for the encoder's.
    """

    checkpoint: str = ""
    source: str = ""
    told: Told = NOTHING
    image: ForwardImage = ForwardImage()
    q: CodeGaussian | None = None


class ElboRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of which model the terms of the ELBO are shown; the image is that of the posterior.

    Attributes
    ----------
    checkpoint, source : str
        A VAE with a code of any size, as in `Lane`; empty for the shipped one with two dimensions.
    told : Told
        What the file does not say.
    """

    checkpoint: str = ""
    source: str = ""
    told: Told = NOTHING


class LadderRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where on the ladder from an AE to a VAE one stands.

    Attributes
    ----------
    rung : str
        Name of a network of it: "ladder/vae-beta-4".
    probe : (float, float)
        The code that is decoded.
    seed : int
        Of the samples of the prior, the same codes for every network.
    """

    rung: str = "ladder/vae-beta-1"
    probe: tuple[float, float] = (0.0, 0.0)
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a code that is none (ValueError)."""
        if not all(math.isfinite(value) and abs(value) <= MOST_PROBE for value in self.probe):
            raise ValueError(f"the probe is in [-{MOST_PROBE:g}, {MOST_PROBE:g}]")
        if not (0 <= self.seed < 2**63 and len(self.rung) <= 200):
            raise ValueError("a seed is in [0, 2**63), and the name of a network has at most 200 letters")


class VariationalRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that the workspace makes pictures of."""

    line: FitRecipe = LINE
    plane: FitRecipe = PLANE
    inference: InferenceRecipe = InferenceRecipe()
    elbo: ElboRecipe = ElboRecipe()
    ladder: LadderRecipe = LadderRecipe()
