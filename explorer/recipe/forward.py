"""The forward process of one image: the image, the schedule, and what else the Forward workspace makes pictures of."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

from explorer.datasets.reading import AS_FOUND, Reading
from explorer.diffusion.knots import Knot, check_knots
from explorer.recipe.chain import MAX_SEED, ScheduleChoice
from explorer.recipe.chain2d import Chain2D
from explorer.recipe.dabs import Picture

ShapeName = Literal["linear", "cosine", "bent"]
BowName = Literal["tanh", "square", "sine", "step"]
LEAST_T, MOST_T = 25, 2000
"""Below 21 timesteps the linear schedule's betas would be above 1."""
MAX_KNOTS = 24
MAX_BATCH = 10_000
MAX_MODES = 6
MODE_REACH = 3.0
"""Largest distance of a mode from 0."""


class ForwardImage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is noised.

    Attributes
    ----------
    index : int
        A test image of the data set, from 0.
    picture : Picture or None
        A picture of the person's, in its place.
    dataset : str
        What it is seen beside: "mnist", "emoji", or the path of an IDX file, an array or a folder.
    read : Reading
        How the images of that are taken.
    """

    index: int = 0
    picture: Picture | None = None
    dataset: str = "mnist"
    read: Reading = AS_FOUND

    def __post_init__(self) -> None:
        """Refuse an index that cannot be (ValueError)."""
        if not 0 <= self.index < 2**31:
            raise ValueError(f"the index of an image is at least 0, not {self.index}")


class ForwardSchedule(msgspec.Struct, frozen=True, omit_defaults=True):
    """A schedule by its name, or bent by control points.

    Attributes
    ----------
    shape : ShapeName
    T : int
        In 25..2000.
    knots : tuple of (float, float)
        Control points (u, log SNR) of a bent one, u = (t - 1) / (T - 1).
    """

    shape: ShapeName = "linear"
    T: int = 1000
    knots: tuple[Knot, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a schedule that cannot be (ValueError)."""
        if not LEAST_T <= self.T <= MOST_T:
            raise ValueError(f"T must be in {LEAST_T}..{MOST_T}, not {self.T}")
        if len(self.knots) > MAX_KNOTS:
            raise ValueError(f"a schedule has at most {MAX_KNOTS} control points, not {len(self.knots)}")
        if self.shape == "bent":
            check_knots(self.knots)

    @property
    def choice(self) -> ScheduleChoice:
        """The schedule as lanes have it."""
        if self.shape != "bent":
            return ScheduleChoice(self.shape, self.T)
        from explorer.diffusion.schedule_shapes import bent  # numpy: reading a recipe does not wait for it

        return ScheduleChoice("betas", self.T, tuple(bent(self.knots, self.T).betas.tolist()))


class Asides(msgspec.Struct, frozen=True, omit_defaults=True):
    """The Gaussian asides: X ~ N(x_mean, x_sd^2), Y ~ N(y_mean, y_sd^2), Z | X ~ N(scale X, z_sd^2), W | X ~ N(f(X), w_sd^2).

    Attributes
    ----------
    x_mean, x_sd, y_mean, y_sd, scale, z_sd, w_sd : float
    z, w : float
        What is seen of Z and of W.
    bow : BowName
        f; `strength` in [0, 1] is how far it is from the line f(x) = x.
    strength : float
    """

    x_mean: float = 0.5
    x_sd: float = 1.0
    y_mean: float = -1.0
    y_sd: float = 0.6
    scale: float = 0.8
    z_sd: float = 0.6
    z: float = 1.0
    bow: BowName = "square"
    strength: float = 1.0
    w_sd: float = 0.5
    w: float = 1.2

    def __post_init__(self) -> None:
        """Refuse Gaussians that cannot be (ValueError)."""
        means = (self.x_mean, self.y_mean, self.scale, self.z, self.w)
        if not all(math.isfinite(value) and abs(value) <= 10 for value in means):
            raise ValueError("means, factors and values of the Gaussians are in [-10, 10]")
        if not all(0.01 <= sd <= 10 for sd in (self.x_sd, self.y_sd, self.z_sd, self.w_sd)):
            raise ValueError("standard deviations of the Gaussians are in [0.01, 10]")
        if not 0 <= self.strength <= 1:
            raise ValueError(f"the strength of the bow is in [0, 1], not {self.strength}")


class Chain1D(msgspec.Struct, frozen=True, omit_defaults=True):
    """The one-dimensional chain.

    Attributes
    ----------
    modes : tuple of float
        Means of q(x_0)'s Gaussians, evenly weighted.
    sd : float
        Their standard deviation.
    x : float
        The x_t at which q(x_{t-1} | x_t) is drawn.
    leap : int
        Timesteps of the large step, from t to t - leap.
    """

    modes: tuple[float, ...] = (-1.2, 0.2, 1.4)
    sd: float = 0.12
    x: float = 0.3
    leap: int = 300

    def __post_init__(self) -> None:
        """Refuse a mixture that cannot be (ValueError)."""
        if not 1 <= len(self.modes) <= MAX_MODES or not all(abs(mode) <= MODE_REACH for mode in self.modes):
            raise ValueError(f"the chain has 1 to {MAX_MODES} modes, each in [-{MODE_REACH:g}, {MODE_REACH:g}]")
        if not (0.02 <= self.sd <= 2 and abs(self.x) <= 10 and 1 <= self.leap <= MOST_T):
            raise ValueError("the modes' sd is in [0.02, 2], x_t in [-10, 10], the large step at least 1")


class ForwardRecipe(msgspec.Struct, frozen=True, omit_defaults=True):
    """All that the Forward workspace makes pictures of.

    Attributes
    ----------
    image : ForwardImage
    schedule : ForwardSchedule
    seed : int
        In [0, 2**63).
    pixels : pair of (row, column)
        Whose joint distribution is shown.
    channel : int
        Which of their three colours, 0 red to 2 blue; of grey images there is one.
    batch : int
        Over how many test images.
    checkpoint, source : str
        The network of p_theta, as in `Lane`; empty before one is chosen.
    asides : Asides
    chain : Chain1D
    """

    image: ForwardImage = ForwardImage()
    schedule: ForwardSchedule = ForwardSchedule()
    seed: int = 0
    pixels: tuple[tuple[int, int], tuple[int, int]] = ((10, 14), (14, 14))
    channel: int = 0
    batch: int = 2000
    checkpoint: str = ""
    source: str = ""
    asides: Asides = Asides()
    chain: Chain1D = Chain1D()
    plane: Chain2D = Chain2D()

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")
        if not all(0 <= side < 512 for pixel in self.pixels for side in pixel):
            raise ValueError("the rows and columns of pixels are in 0..511")
        if not 0 <= self.channel <= 2:
            raise ValueError(f"the channel is 0 (red), 1 (green) or 2 (blue), not {self.channel}")
        if not 2 <= self.batch <= MAX_BATCH:
            raise ValueError(f"the batch has 2 to {MAX_BATCH} images, not {self.batch}")
