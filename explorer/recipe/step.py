"""One training step laid open: of which network, on which image, at which t, with which noise, after how many updates."""

from __future__ import annotations

import math

import msgspec

from explorer.recipe.chain import MAX_SEED
from explorer.recipe.forward import ForwardImage
from explorer.recipe.sampler import MAX_STEPS
from explorer.recipe.told import NOTHING, Told

MOST_UPDATES = 200
LEAST_RATE, MOST_RATE = 1e-8, 1e6


class StepRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """Algorithm 1 on one image. Every update is made on a copy of the network, with the same t and the same noise.

    Attributes
    ----------
    checkpoint, source : str
        A DDPM, as in `Lane`; empty for the shipped one of Option C.
    told : Told
        What the file does not say.
    image : ForwardImage
        x_0: a test image of the network's own data set, or a picture.
    t : int
        In 1..T; beyond a network's own T, its T.
    seed : int
        The noise is that of (seed, sample 0, t).
    learning_rate : float
        eta of theta <- theta - eta grad, for a loss that is a mean over pixels; 0 for a fiftieth of Polyak's first step,
        0.02 loss / |grad|^2: to first order such an update takes 2 % of the loss away. Where the first one raises the loss
        instead, it is the lowest point of the parabola through both losses and the slope, again until it does not.
    updates : int
        How many were made before this step.
    all_timesteps : bool
        The lecture's first form: the loss of every t in one update.
    """

    checkpoint: str = ""
    source: str = ""
    told: Told = NOTHING
    image: ForwardImage = ForwardImage()
    t: int = 300
    seed: int = 0
    learning_rate: float = 0.0
    updates: int = 0
    all_timesteps: bool = False

    def __post_init__(self) -> None:
        """Refuse what is no step (ValueError)."""
        if not 1 <= self.t <= MAX_STEPS:
            raise ValueError(f"t is in 1..{MAX_STEPS}, not {self.t}")
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        rate = self.learning_rate
        if rate != 0 and not (math.isfinite(rate) and LEAST_RATE <= rate <= MOST_RATE):
            raise ValueError(f"a learning rate is in [{LEAST_RATE:g}, {MOST_RATE:g}], or 0 for a fiftieth of Polyak's, not {rate:g}")
        if not 0 <= self.updates <= MOST_UPDATES:
            raise ValueError(f"at most {MOST_UPDATES} updates are made, not {self.updates}")
