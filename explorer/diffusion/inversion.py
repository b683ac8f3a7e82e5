"""The noise that an image comes from, by the probability-flow ODE upwards (DDIM inversion), and ways between noises.

Song et al. 2021 (DDIM), section 4.3. From a level to a noisier one, in y = x / sqrt(alpha_bar), s = sqrt((1 - alpha_bar) / alpha_bar):

    y_s = y_t + (s_s - s_t) ( (1 - theta) eps_hat(x_t, t) + theta eps_hat(x_s, s) )

theta = 1 undoes the step of DDIM with eta = 0, theta = 1/2 is the trapezium rule. Both have x_s on the right: the first guess takes
eps_hat(x_t, t) alone, which is what is called DDIM inversion, and each round puts in what was found (a fixed point, as Pan et al. 2023).
From t = 0 no step can be undone, since the last step of a chain keeps x0_hat and forgets the noise: eps_hat of the image itself, as if
it were a state at the next timestep, is what is put in there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from explorer.diffusion.divergence import as_field, slope
from explorer.diffusion.ode_likelihood import rise
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import check_finite

Upwards = Literal["ddim", "trapezium"]


@dataclass(frozen=True, slots=True)
class Risen:
    """One step up.

    Attributes
    ----------
    t : int
        Timestep that it ends at.
    x_t : Tensor, shape (N, C, H, W)
    last : bool
        It ends at the chain's first timestep.
    """

    t: int
    x_t: Tensor
    last: bool


def inverting(predictor: Predictor, x0: Tensor, course: Plan, solver: Upwards = "ddim", rounds: int = 0) -> Iterator[Risen | None]:
    """The states that a deterministic chain over these timesteps would come down from to x0, from the cleanest up.

    Parameters
    ----------
    predictor : Predictor
        Told the labels of these samples, where it takes any.
    x0 : Tensor, shape (N, C, H, W)
        Images in the range of the predictor's own.
    course : Plan
        Of the chain: its timesteps and levels, from x_T down.
    solver : "ddim" or "trapezium"
        theta = 1, or 1/2.
    rounds : int
        How often what was found is put in again; the predictor is asked so many times more in each step.

    Yields
    ------
    Risen or None
        None is a cancel point between two evaluations.

    Raises
    ------
    BadInput
        If the predictor puts out numbers that are not finite.
    """
    field, share = as_field(predictor), 0.5 if solver == "trapezium" else 1.0
    x, t = x0, 0
    for k in reversed(range(course.K)):
        step, to = course.steps[k], course.timesteps[k]
        here = slope(field, x, max(t, 1) if k + 1 < course.K else to)
        found = rise(x, here, step.alpha_bar_prev, step.alpha_bar)
        for _ in range(rounds if t else 0):
            yield None
            there = slope(field, found, to)
            found = rise(x, (1 - share) * here + share * there, step.alpha_bar_prev, step.alpha_bar)
        check_finite(found, predictor, to)
        x, t = found, to
        yield Risen(t, x, k == 0)


def slerp(one: Tensor, other: Tensor, share: float) -> Tensor:
    """Spherical interpolation of each sample (Shoemake 1985).

    sin((1 - a) w) / sin(w) one + sin(a w) / sin(w) other, w the angle between them. Of noise N(0, I) in many dimensions all of the way
    has about the same norm, as a straight line has not. Where the two point alike, or against each other, it is the straight line.

    Parameters
    ----------
    one, other : Tensor, shape (N, ...)
    share : float
        a in [0, 1]: 0 is `one`.
    """
    rows = [part.double().flatten(1) for part in (one, other)]
    cosine = (rows[0] * rows[1]).sum(1) / (rows[0].norm(dim=1) * rows[1].norm(dim=1)).clamp(min=1e-30)
    angle = cosine.clamp(-1, 1).arccos()
    sine = angle.sin()
    straight = sine < 1e-6
    safe = torch.where(straight, torch.ones_like(sine), sine)
    weights = [torch.where(straight, torch.full_like(sine, part), (part * angle).sin() / safe) for part in (1 - share, share)]
    shape = (-1, *[1] * (one.ndim - 1))
    return (weights[0].view(shape) * one.double() + weights[1].view(shape) * other.double()).to(one)


@dataclass(frozen=True, slots=True)
class NoiseFigures:
    """What is known of a state that should be N(0, I), of d numbers; of noise every score is a standard normal number, or nearly.

    Attributes
    ----------
    norm, expected : float
        ||x||, and sqrt(d).
    mean, deviation, kurtosis : float
        Of its numbers; 0, 1 and 3 of noise.
    along : float
        Correlation of neighbours, beside and below each other: 0 of noise.
    norm_score, mean_score, kurtosis_score, along_score : float
        How many standard errors each is off: (||x||^2 - d) / sqrt(2 d), and so on.
    """

    norm: float
    expected: float
    mean: float
    deviation: float
    kurtosis: float
    along: float
    norm_score: float
    mean_score: float
    kurtosis_score: float
    along_score: float

    @property
    def furthest(self) -> float:
        """The largest of the scores."""
        return max(abs(score) for score in (self.norm_score, self.mean_score, self.kurtosis_score, self.along_score))


def noise_figures(x: Tensor) -> NoiseFigures:
    """Figures of one state (C, H, W)."""
    values = x.detach().cpu().double()
    d = values.numel()
    mean, deviation = float(values.mean()), float(values.std(correction=0))
    around = (values - mean) / max(deviation, 1e-30)
    kurtosis = float(around.pow(4).mean())
    products = torch.cat([(around[:, :, 1:] * around[:, :, :-1]).flatten(), (around[:, 1:] * around[:, :-1]).flatten()])
    along = float(products.mean()) if len(products) else 0.0
    return NoiseFigures(
        float(values.norm()), math.sqrt(d), mean, deviation, kurtosis, along,
        (float(values.square().sum()) - d) / math.sqrt(2 * d), mean * math.sqrt(d), (kurtosis - 3) / math.sqrt(24 / d),
        along * math.sqrt(max(1, len(products))),
    )  # fmt: skip
