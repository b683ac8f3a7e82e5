"""Asking whether a network denoises as was told of it, and what came of it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe.told import NOTHING, Told


@dataclass(frozen=True, slots=True)
class CheckNoise(Payload):
    """Put noise into known pictures, and see how much of it a network finds. Answer: NoiseChecked, in parts.

    Attributes
    ----------
    path : str
        Of the checkpoint.
    told : Told or None
        What its file does not say; None is what was told of it before.
    pictures : tuple of str
        Data sets of the person's that may have the shape of its images: "mnist", paths.
    """

    answered_by = "explorer.engine.models.checking.answers:check_noise"
    background = True

    path: ReadFile
    told: Told | None = None
    pictures: tuple[ReadFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """How much of the noise a network finds under some answers.

    Attributes
    ----------
    told : Told
    tenth, half : float
        At t = T/10 and T/2, mean (eps_hat - eps)^2 over mean eps^2: 0 is all found, 1 as if nothing were said; NaN if it fails.
    early : float
        The same at t = 3, where one timestep more or less tells most.
    linear_tenth, linear_half : float
        What the best multiple of x_t alone would leave: little where x_t is nearly noise.
    same : float
        The error of the same noisy pictures, whatever the schedule: the network is told the timesteps of the given noise levels
        (geometric mean over `noise_error.LEVELS`). NaN where nobody was asked for the schedule.
    """

    told: Told
    tenth: float = math.nan
    half: float = math.nan
    early: float = math.nan
    linear_tenth: float = 1.0
    linear_half: float = 1.0
    same: float = math.nan

    @property
    def is_more(self) -> bool:
        """Whether it says more of the noise than x_t alone does, at both; at T/10, where that is least, by far."""
        return self.tenth < self.linear_tenth / 2 and self.half < self.linear_half

    @property
    def error(self) -> float:
        """Of T/10 and T/2 together; infinite if it fails."""
        both = (self.tenth + self.half) / 2
        return both if both >= 0 else math.inf  # NaN is not

    @property
    def share(self) -> float:
        """Of the noise that is found, in [0, 1]."""
        return min(1.0, max(0.0, 1 - self.error))


@dataclass(frozen=True, slots=True)
class NoiseChecked(Outcome):
    """What came of it, so far or in the end.

    Attributes
    ----------
    given : Found
        Under the answers that were given.
    best : Found
        Under those of all that were tried that find most; `given` where none is clearly better.
    tried, left : int
        Ways that were tried beside it, and that were left out since it took too long.
    alike : tuple of Told
        Of those that were tried, other schedules under which the best finds neither clearly more nor less of the same noise.
    pictures : str
        Where the pictures are from: "MNIST", "Emoji, made 64 × 64".
    problem : str
        Why nothing can be said, for people; empty if something can.
    """

    given: Found = Found(NOTHING)
    best: Found = Found(NOTHING)
    tried: int = 0
    left: int = 0
    alike: tuple[Told, ...] = ()
    pictures: str = ""
    problem: str = ""
    partial: bool = False
