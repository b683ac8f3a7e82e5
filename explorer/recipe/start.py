"""What a chain starts from where that is not noise of its own: other noise, pictures taken back to noise, a way between two."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import msgspec

from explorer.recipe.dabs import Picture
from explorer.recipe.sampler import MAX_STEPS

if TYPE_CHECKING:  # reading a recipe does not wait for numpy
    import numpy as np

MAX_ENDS = 64
MAX_STATIONS = 256
MAX_ROUNDS = 20
MAX_SAMPLE = 2**31 - 1
INVERSION_STEPS = 50
MAX_GIVEN = 2**20
"""Numbers of one x_T that is given: recipes hold it whole."""

Upwards = Literal["ddim", "trapezium"]


class NoiseOf(msgspec.Struct, frozen=True, omit_defaults=True, tag="noise", tag_field="from"):
    """x_T of a sample.

    Attributes
    ----------
    sample : int
    seed : int or None
        In [0, 2**63); None is the chain's own.
    """

    sample: int = 0
    seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be (ValueError)."""
        if not 0 <= self.sample <= MAX_SAMPLE:
            raise ValueError(f"a sample's number is in 0..{MAX_SAMPLE}, not {self.sample}")
        if self.seed is not None and not 0 <= self.seed < 2**63:
            raise ValueError(f"the seed must be in [0, 2**63), not {self.seed}")

    @property
    def words(self) -> str:
        """For a label: "seed 3, sample 5"."""
        return f"sample {self.sample}" if self.seed is None else f"seed {self.seed}, sample {self.sample}"


class Inverted(msgspec.Struct, frozen=True, omit_defaults=True, tag="inverted", tag_field="from"):
    """The noise that a picture comes from, by the lane's own network (see explorer.diffusion.inversion).

    Attributes
    ----------
    picture : Picture
        Of the shape of the lane's images.
    steps : int
        Of the way up.
    solver : "ddim" or "trapezium"
    rounds : int
        How often each step is taken again with what it led to.
    """

    picture: Picture
    steps: int = INVERSION_STEPS
    solver: Upwards = "ddim"
    rounds: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be (ValueError)."""
        if not 1 <= self.steps <= MAX_STEPS:
            raise ValueError(f"steps must be in 1..{MAX_STEPS}, not {self.steps}")
        if not 0 <= self.rounds <= MAX_ROUNDS:
            raise ValueError(f"a step is taken again 0..{MAX_ROUNDS} times, not {self.rounds}")

    @property
    def words(self) -> str:
        """For a label: the picture's name."""
        return self.picture.name or "a picture"


class Given(msgspec.Struct, frozen=True, omit_defaults=True, tag="given", tag_field="from"):
    """x_T itself, as a program gave it.

    Attributes
    ----------
    shape : (C, H, W)
        Of the lane's states.
    values : bytes
        float32, little endian, channel by channel, row by row; finite.
    """

    shape: tuple[int, int, int]
    values: bytes

    def __post_init__(self) -> None:
        """Refuse what is no state (ValueError)."""
        if min(self.shape) < 1 or math.prod(self.shape) > MAX_GIVEN:
            raise ValueError(f"a given x_T has 1 to {MAX_GIVEN:,} numbers, not the shape {self.shape}")
        if len(self.values) != 4 * math.prod(self.shape):
            raise ValueError(f"a given x_T of shape {self.shape} does not have {len(self.values)} bytes")

    def array(self) -> np.ndarray:
        """Shape (C, H, W), float32, read-only."""
        import numpy as np

        return np.frombuffer(self.values, "<f4").reshape(self.shape)

    @property
    def words(self) -> str:
        """For a label."""
        return "a given x_T"


def given_of(x_T: np.ndarray) -> Given:
    """End of an array (C, H, W) (ValueError if it cannot be one, or is not finite)."""
    import numpy as np

    if not np.isfinite(x_T).all():
        raise ValueError("a given x_T is finite")
    channels, height, width = x_T.shape
    return Given((channels, height, width), np.ascontiguousarray(x_T, "<f4").tobytes())


End = NoiseOf | Inverted | Given


class Start(msgspec.Struct, frozen=True, omit_defaults=True):
    """x_T of each sample.

    Attributes
    ----------
    ends : tuple of End
        Sample i starts from ends[i % len(ends)]; between two, where there are stations.
    stations : int
        0, or at least 2: sample i is station i % stations of as many on the great circle from the first end to the second (slerp).
    """

    ends: tuple[End, ...]
    stations: int = 0

    def __post_init__(self) -> None:
        """Refuse what is no start (ValueError)."""
        if not 1 <= len(self.ends) <= MAX_ENDS:
            raise ValueError(f"a chain starts from 1..{MAX_ENDS} noises or pictures, not {len(self.ends)}")
        if self.stations and (len(self.ends) != 2 or not 2 <= self.stations <= MAX_STATIONS):
            raise ValueError(f"there are 2..{MAX_STATIONS} stations between two ends, not {self.stations} between {len(self.ends)}")

    @property
    def inverts(self) -> bool:
        """Whether a picture is taken back to noise."""
        return any(isinstance(end, Inverted) for end in self.ends)

    @property
    def words(self) -> str:
        """For a label: "inverted 7.png", "9 stations from sample 0 to sample 1"."""
        if self.stations:
            return f"{self.stations} stations from {self.ends[0].words} to {self.ends[1].words}"
        if len(self.ends) > 1:
            return f"from {len(self.ends)} " + ("pictures and noises" if self.inverts else "noises")
        return f"inverted {self.ends[0].words}" if self.inverts else f"from {self.ends[0].words}"
