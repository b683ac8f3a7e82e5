"""How well a picture comes back from the noise that a lane's network takes it to: what is asked and answered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.engine.chain.messages import LaneKey
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Lane
from explorer.recipe.start import Inverted, NoiseOf


@dataclass(frozen=True, slots=True)
class MeasureInversion(Payload):
    """Take a picture up to noise and down again, in several numbers of steps.

    Answers: InversionShown, the first at once with an estimate of the time, then one for each number of steps, the last complete.

    Attributes
    ----------
    lane : Lane
        Its network, schedule, labels and guidance count.
    end : Inverted
        The picture, how steps are taken up, and its own number of steps, which is among those tried.
    counts : tuple of int
    """

    answered_by = "explorer.engine.chain.inversions:measure_inversion"
    background = True

    lane: Lane
    end: Inverted
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TripShown:
    """One number of steps.

    Attributes
    ----------
    steps : int
    error, psnr : float
        Root mean square over pixels of images in [-1, 1], and in dB.
    norm, expected, kurtosis, neighbours : float
        Of the noise: its norm and sqrt(d), the fourth moment (3 of noise) and the correlation of neighbours (0).
    norm_score, kurtosis_score, neighbours_score : float
        Standard errors that each is off.
    noise, back : ndarray, shape (H, W, 3), uint8
    """

    steps: int
    error: float
    psnr: float
    norm: float
    expected: float
    kurtosis: float
    neighbours: float
    norm_score: float
    kurtosis_score: float
    neighbours_score: float
    noise: np.ndarray
    back: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class InversionShown(Outcome):
    """How far it is.

    Attributes
    ----------
    end : Inverted
    trips : tuple of TripShown
        Rising in steps.
    total : int
        How many there will be.
    seconds : float
        About how long all take together, as estimated before; 0 where that is not known.
    partial : bool
    """

    end: Inverted
    trips: tuple[TripShown, ...]
    total: int
    seconds: float
    partial: bool


@dataclass(frozen=True, slots=True)
class ShowNoise(Payload):
    """x_T of a sample, as a start says it, in the shape of a lane's images. Answer: NoiseShown."""

    answered_by = "explorer.engine.chain.inversions:show_noise"

    key: LaneKey
    of: NoiseOf


@dataclass(frozen=True, slots=True, eq=False)
class NoiseShown(Outcome):
    """Noise as a picture, shape (H, W, 3), uint8."""

    of: NoiseOf
    tile: np.ndarray
