"""What the objective is measured of: lanes, images, timesteps and noise."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.diffusion.flow_settings import MAX_PROBES, MAX_STEPS, MIN_STEPS, STEPS, Dequantise, Probe, Solver
from explorer.recipe.chain import MAX_LANES, MAX_SEED, Lane

MAX_IMAGES = 10_000
STRATA, MAX_STRATA = 48, 10_000
FLOW_IMAGES = 16


class FlowChoice(msgspec.Struct, frozen=True, omit_defaults=True):
    """How log p(x) is measured by the probability-flow ODE, beside the bound and on the first of its images.

    Attributes
    ----------
    images : int
        Of many, the first so many that the bound's recipe draws.
    steps : int
        Levels of noise between t = 1 and T, evenly in its logarithm.
    solver : "heun" or "euler"
    probes : int
        Vectors of Hutchinson's estimate at each level; 0 takes the trace exactly, of small images.
    probe : "rademacher" or "gaussian"
    dequantise : "gaussian", "uniform" or "none"
        What stands for 8-bit values (see explorer.diffusion.ode_likelihood).
    """

    images: int = FLOW_IMAGES
    steps: int = STEPS
    solver: Solver = "heun"
    probes: int = 2
    probe: Probe = "rademacher"
    dequantise: Dequantise = "gaussian"

    def __post_init__(self) -> None:
        """Refuse what cannot be measured (ValueError)."""
        if not 1 <= self.images <= MAX_IMAGES:
            raise ValueError(f"images must be in 1..{MAX_IMAGES}, not {self.images}")
        if not MIN_STEPS <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps of the ODE must be in {MIN_STEPS}..{MAX_STEPS}, not {self.steps}")
        if not 0 <= self.probes <= MAX_PROBES:
            raise ValueError(f"probes must be in 0..{MAX_PROBES}, not {self.probes}")


class BoundRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """An estimate of the bound for several lanes, over the same images, timesteps and noise.

    Attributes
    ----------
    lanes : tuple of Lane
        Of their samplers only `clip` counts: the bound is about every step of the lane's schedule.
    dataset : str
        "mnist", "emoji", or the path of an IDX file, an array or a folder; empty for the data that the first lane was trained on.
    split : "test" or "train"
    seed : int
        In [0, 2**63).
    images : int
        How many are drawn without replacement; for one image, how many times it is drawn with other timesteps and noise.
    image : int or None
        Index in the data set of the one image that is measured; None measures many.
    strata : int
        Timesteps looked at for each image: one drawn from each stratum. As many as there are timesteps: every one.
    read : Reading
        How the images of `dataset` are taken.
    """

    lanes: tuple[Lane, ...] = ()
    dataset: str = ""
    split: Literal["test", "train"] = "test"
    seed: int = 0
    images: int = 32
    image: int | None = None
    strata: int = STRATA
    read: Reading = AS_FOUND

    def __post_init__(self) -> None:
        """Refuse what cannot be measured (ValueError)."""
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not 1 <= self.images <= MAX_IMAGES:
            raise ValueError(f"images must be in 1..{MAX_IMAGES}, not {self.images}")
        if self.image is not None and not 0 <= self.image < 2**31:
            raise ValueError(f"the index of an image is at least 0, not {self.image}")
        if not 2 <= self.strata <= MAX_STRATA:
            raise ValueError(f"strata must be in 2..{MAX_STRATA}, not {self.strata}")
        if len(self.lanes) > MAX_LANES:
            raise ValueError(f"there can be at most {MAX_LANES} lanes, not {len(self.lanes)}")
