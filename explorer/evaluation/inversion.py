"""How well an image comes back from the noise that it is taken to, against the number of steps."""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass

from torch import Tensor

from explorer.diffusion.divergence import following_mean
from explorer.diffusion.inversion import NoiseFigures, Upwards, inverting, noise_figures
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import reverse_steps

COUNTS = (10, 25, 50, 100)
"""Steps that are tried where nobody says otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class RoundTrip:
    """One image up to noise and down again in as many steps, without noise of its own.

    Attributes
    ----------
    steps : int
    noise, back : Tensor, shape (1, C, H, W)
        x_T, and the image that comes down from it.
    error : float
        Root mean square of back - x_0 over pixels, in the units of the images.
    figures : NoiseFigures
        Of x_T.
    asked : int
        How often the network was asked, both ways.
    """

    steps: int
    noise: Tensor
    back: Tensor
    error: float
    figures: NoiseFigures
    asked: int

    @property
    def psnr(self) -> float:
        """Peak signal-to-noise ratio in dB, of images in [-1, 1]; infinite where the image is the same."""
        return math.inf if self.error == 0 else 20 * math.log10(2 / self.error)


def round_trip(
    predictor: Predictor, x0: Tensor, course: Plan, solver: Upwards = "ddim", rounds: int = 0
) -> Generator[None, None, RoundTrip]:
    """Up and down, returned; a None for each cancel point.

    Parameters
    ----------
    predictor : Predictor
        Told the label of the image, where it takes any.
    x0 : Tensor, shape (1, C, H, W)
        In the range of the predictor's images.
    course : Plan
        Of the way down: Euler's, without noise.

    Raises
    ------
    BadInput
        If the predictor puts out numbers that are not finite.
    """
    x, asked, predictor = x0, 0, following_mean(predictor)
    for risen in inverting(predictor, x0, course, solver, rounds):
        asked += 1
        if risen is not None:
            x = risen.x_t
        yield
    noise = x
    for step in reverse_steps(predictor, course, noise, _no_noise):
        asked += 1
        x = step.x_prev
        yield
    error = float((x - x0).double().square().mean().sqrt())
    return RoundTrip(course.K, noise, x, error, noise_figures(noise[0]), asked)


def _no_noise(_t: int) -> Tensor:
    raise AssertionError("a deterministic chain draws nothing")


def counts_within(counts: Sequence[int], T: int) -> tuple[int, ...]:
    """Those that a schedule of T timesteps has, rising, each once."""
    return tuple(sorted({min(count, T) for count in counts}))
