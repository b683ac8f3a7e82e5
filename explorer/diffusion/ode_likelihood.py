"""log p(x) of a predictor, by the probability-flow ODE (Song et al. 2021, section 4.3; Chen et al. 2018).

In y = x / sqrt(alpha_bar) and s = sqrt((1 - alpha_bar) / alpha_bar) the ODE is dy/ds = eps_hat(x, t). Along a solution the density
changes by the divergence of the field, so with u = ln s

    log p_1(y_1) = log p_T(y_T) + integral of  sqrt(1 - alpha_bar) tr( d eps_hat / d x )  du,      p_T: x_T ~ N(0, I)

The integrand is how many of an image's d directions are noise at this level: it lies between 0 and d and is smooth in u, so the levels
are taken evenly in u and it is summed by trapezia. The state is stepped in s, by Euler or Heun. The flow ends at t = 1, the cleanest
state that a network knows; nothing is extrapolated below.

8-bit images have no density. What stands for one:

    gaussian    x_1 = sqrt(alpha_bar_1) x_0 + sqrt(1 - alpha_bar_1) eps, and -log P(x_0) <= L_0 + E[ log q(x_1 | x_0) - log p_1(x_1) ]:
                L_0 as in the bound L, and the ODE in the place of its other terms
    uniform     a value anywhere in each pixel's bin of width 2/255: -log P(x_0) <= -E[ log p_1(x_0 + u) ] - d log(2/255)
    none        the density of x_0 itself at s_1, in units of x_0: of data that is continuous
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import torch
from torch import Tensor

from explorer.diffusion.divergence import STREAM, Means, as_field, means_of, probe_noise, slope, traced
from explorer.diffusion.flow_settings import MAX_PROBES, MIN_STEPS, STEPS, Dequantise, Probe, Solver
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.objective import HALF_BIN, read
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.samplers.steps import NO_SIGNAL, half_log_snr
from explorer.diffusion.schedule import Schedule

DEQUANTISING = STREAM + MAX_PROBES
"""Stream of the shared noise that takes an 8-bit image to a state."""


@dataclass(frozen=True, slots=True)
class Flow:
    """How the ODE is followed.

    Attributes
    ----------
    steps : int
        Between t = 1 and T.
    solver : Solver
        "heun" (second order, the predictor asked twice a step) or "euler".
    probes : int
        Vectors of Hutchinson's estimate at each level, other ones at each level; 0 takes the trace exactly.
    probe : Probe
    dequantise : Dequantise
    seed : int
        Of the probes, and of what dequantises.
    """

    steps: int = STEPS
    solver: Solver = "heun"
    probes: int = 1
    probe: Probe = "rademacher"
    dequantise: Dequantise = "gaussian"
    seed: int = 0

    @property
    def halved(self) -> Flow:
        """The same in half as many steps: what changes tells the error of discretisation."""
        return replace(self, steps=max(MIN_STEPS // 2, self.steps // 2))


@dataclass(frozen=True, eq=False)
class Likelihood:
    """What is found of N images.

    Attributes
    ----------
    log_p : Tensor, shape (N, M), float64
        log p_1 of the states that were followed, in nats, by each probe; one column where the trace is exact.
    cost : Tensor, shape (N,), float64
        What dequantising adds to -log p_1: -log P(x_0) <= cost - log p_1.
    noise : Tensor, shape (N, C, H, W)
        x_T, the noise to which the ODE takes the images.
    """

    log_p: Tensor
    cost: Tensor
    noise: Tensor

    @cached_property
    def nats(self) -> Tensor:
        """-log P(x_0), or where nothing dequantises -log p(x_0), of each image; shape (N,), float64."""
        return self.cost - self.log_p.mean(1)

    @cached_property
    def probe_error(self) -> Tensor:
        """Standard error of that by the probes alone, shape (N,), float64: NaN of a single one, 0 where the trace is exact."""
        count = self.log_p.shape[1]
        return self.log_p.std(1) / math.sqrt(count) if count > 1 else torch.full_like(self.cost, math.nan)


def levels_between(schedule: Schedule, steps: int) -> tuple[int, ...]:
    """Timesteps 1 = t_0 < ... < t_K, as evenly as they can be in ln s; fewer than `steps` where the schedule has no more.

    t_K is T, or the last timestep that has any signal.
    """
    last = int((schedule.alpha_bar[1:] > NO_SIGNAL).sum())
    logs = [-half_log_snr(float(schedule.alpha_bar[t])) for t in range(1, last + 1)]
    wanted = torch.linspace(logs[0], logs[-1], steps + 1, dtype=torch.float64)
    own = torch.tensor(logs, dtype=torch.float64)
    return tuple(sorted({1 + int((own - level).abs().argmin()) for level in wanted} | {1, last}))


def standard_log_density(x: Tensor) -> Tensor:
    """log N(x; 0, I) of each sample, nats, shape (N,), float64."""
    rows = x.detach().cpu().double().flatten(1)
    return -0.5 * (rows.square().sum(1) + rows.shape[1] * math.log(2 * math.pi))


def rise(x: Tensor, eps: Tensor, alpha_bar: float, noisier: float) -> Tensor:
    """Euler's step up: y_s = y_t + (s_s - s_t) eps, in x."""
    ratio = math.sqrt(noisier / alpha_bar)
    return ratio * x + (math.sqrt(1 - noisier) - ratio * math.sqrt(1 - alpha_bar)) * eps


def log_density(predictor: Predictor, x: Tensor, flow: Flow, indices: Sequence[int]) -> Generator[None, None, tuple[Tensor, Tensor]]:
    """log p_1 of states at t = 1, returned; a None for each cancel point, a few of them at every level.

    Parameters
    ----------
    predictor : Predictor
        Told the labels of these samples, where it takes any.
    x : Tensor, shape (N, C, H, W)
        At t = 1, in float32 or, where the predictor computes in it, float64.
    indices : sequence of int
        Which samples they are: the key of their probes.

    Returns
    -------
    log_p : Tensor, shape (N, M), float64
    x_T : Tensor, x's shape

    Raises
    ------
    ValueError
        If the state is no longer finite.
    """
    means = means_of(predictor)
    times = levels_between(predictor.schedule, flow.steps)
    alpha_bar = [float(predictor.schedule.alpha_bar[t]) for t in times]
    noise_directions: list[Tensor] = []
    for j, t in enumerate(times):
        eps, traces = yield from traced(predictor, x, t, _probes(flow, indices, t, x, means), means)
        noise_directions.append(math.sqrt(1 - alpha_bar[j]) * traces.cpu())
        if j + 1 == len(times):
            break
        there = rise(x, eps, alpha_bar[j], alpha_bar[j + 1])
        if flow.solver == "heun":
            ahead = slope(predictor, there, times[j + 1])
            yield
            there = rise(x, (eps + ahead) / 2, alpha_bar[j], alpha_bar[j + 1])
        x = there
    if not bool(torch.isfinite(x).all()):
        raise ValueError("the probability-flow ODE leads to numbers that are not finite: there is no likelihood")
    u = [-half_log_snr(level) for level in alpha_bar]
    integral = sum(((b - a) / 2 * (r + s) for (a, b), (r, s) in zip(pairwise(u), pairwise(noise_directions), strict=True)), 0.0)
    values = x[0].numel()
    volume = values / 2 * (math.log(alpha_bar[-1]) - math.log(alpha_bar[0]))
    return (standard_log_density(x) + volume)[:, None] + integral, x


def likelihood(predictor: Predictor, x0: Tensor, flow: Flow, indices: Sequence[int]) -> Generator[None, None, Likelihood]:
    """What the ODE says of images, returned; a None for each cancel point.

    Parameters
    ----------
    predictor : Predictor
        One that is told labels is told those of these samples.
    x0 : Tensor, shape (N, C, H, W)
        Images in [-1, 1]; of 8-bit values unless nothing dequantises them.
    indices : sequence of int
        Which images they are: the key of all that is drawn.

    Raises
    ------
    ValueError
        As `log_density`.
    """
    told = as_field(told_of(predictor, indices))
    level = float(predictor.schedule.alpha_bar[1])
    values = x0[0].numel()
    inwards = values / 2 * math.log(level)  # from a density of x_1 to one of y = x_1 / sqrt(alpha_bar_1)
    if flow.dequantise == "gaussian":
        eps = shared_noise(flow.seed, indices, 1, x0.shape[1:], x0.device, DEQUANTISING).to(x0)
        x = math.sqrt(level) * x0 + math.sqrt(1 - level) * eps
        decoder = read(told, x0, 1, eps).nats
        yield
        cost = decoder + standard_log_density(eps) - values / 2 * math.log(1 - level)
    elif flow.dequantise == "uniform":
        drawn = torch.special.ndtr(shared_noise(flow.seed, indices, 1, x0.shape[1:], x0.device, DEQUANTISING).double())
        x = math.sqrt(level) * (x0 + ((drawn - 0.5) * 2 * HALF_BIN).to(x0))
        cost = torch.full((len(x0),), -values * math.log(2 * HALF_BIN) - inwards, dtype=torch.float64)
    else:
        x, cost = math.sqrt(level) * x0, torch.full((len(x0),), -inwards, dtype=torch.float64)
    log_p, noise = yield from log_density(told, x, flow, indices)
    return Likelihood(log_p, cost, noise)


def _probes(flow: Flow, indices: Sequence[int], t: int, x: Tensor, means: Means) -> list[Tensor] | None:
    if flow.probes == 0 or means == "closed form":
        return None
    return [probe_noise(flow.probe, flow.seed, indices, t, number, x) for number in range(flow.probes)]
