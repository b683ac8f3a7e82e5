"""The two-dimensional chain: exact densities and scores, a network that learns them, and particles by either."""

from __future__ import annotations

import time
from functools import lru_cache

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.point_shapes import points_along
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.points import DRAWN, PointMixture, PointsPredictor
from explorer.diffusion.posterior import posterior
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.reverse import initial_state, noise_source, plan, reverse_steps
from explorer.diffusion.schedule import Schedule
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.forward.chain2d_learning import Learning, Learnings, one_thread
from explorer.engine.forward.chain2d_messages import (
    Chain2DShown,
    Chain2DWalked,
    Learn2D,
    Learning2D,
    Learnt2DShown,
    ShowChain2D,
    ShowLearnt2D,
    WalkChain2D,
)
from explorer.engine.forward.sources import schedule_of
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe.chain2d import Points2D

LIMIT = 3.0
"""Ends of both axes."""
CELLS, ARROWS = 120, 17
MANY, COARSE = 400, 80
"""Of more points than this, the density has so many cells a side: scrubbing shall not wait for it."""
REPORT_SECONDS, ERRORS_SECONDS = 0.25, 1.5
ERRORS_SHARE = 10
"""So many times longer the network learns than its errors are looked at."""
AT_A_TIME_SECONDS = 0.02
"""Of a walk between two cancel points."""
REFERENCE, REFERENCE_STREAM = 2000, 2**33 + 2
"""Draws from q(x_0) that particles are compared with."""


def mixture_of(points: Points2D) -> PointMixture:
    """q(x_0) (BadInput if there is no point)."""
    placed = np.array(points.placed, np.float64).reshape(-1, 2) if points.shape == "own" else _along(points)
    if not len(placed):
        raise BadInput("there is no point yet: draw some with the mouse, choose a shape, or open a file of points")
    return PointMixture(torch.from_numpy(placed), points.sd)


@lru_cache(maxsize=16)
def _along(points: Points2D) -> np.ndarray:
    return points_along(points.shape, points.count, points.letters)


def show_chain(request: ShowChain2D, desk: Desk) -> Steps:
    """Answer a ShowChain2D (BadInput if there is no such schedule, or no point)."""
    schedule, data = schedule_of(request.schedule), mixture_of(request.points)
    t = min(max(request.t, 0), schedule.T)
    level = float(schedule.alpha_bar[t])
    yield None
    density, peak = np.zeros((0, 0), np.float32), 0.0
    if data.variance(level) > 0:
        cells = CELLS if data.n <= MANY else COARSE
        logs = data.log_density(_grid(cells), level).reshape(cells, cells)
        highest = float(logs.max())
        density, peak = (logs - highest).exp().float().numpy(), float(np.exp(highest))
    yield None
    places = _grid(ARROWS)
    arrows = -data.eps(places, level) if t else torch.zeros_like(places)
    yield Chain2DShown(
        t, schedule.T, level, read_only(data.points.float().numpy()), read_only(density), peak,
        read_only(places.float().numpy()), read_only(arrows.float().numpy()),
    )  # fmt: skip


@lru_cache(maxsize=3)
def _grid(cells: int) -> Tensor:
    """Middles of so many cells a side of the square that is seen, shape (cells^2, 2), float64, x first, upwards in y."""
    middles = LIMIT * (2 * (torch.arange(cells, dtype=torch.float64) + 0.5) / cells - 1)
    y, x = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack([x, y], -1).reshape(-1, 2)


def learn(request: Learn2D, desk: Desk) -> Steps:
    """Answer a Learn2D (BadInput if there is no such schedule, or no point); a None after every few updates."""
    learning = _learning_of(request, desk)
    reported = time.monotonic()
    look = reported + ERRORS_SECONDS
    errors = np.zeros((0, 2))
    while not learning.done:
        learning.advance()
        now = time.monotonic()
        if now >= look:
            errors = learning.errors(request.seed)
            took = time.monotonic() - now
            look = now + took + max(ERRORS_SECONDS, ERRORS_SHARE * took)
        if now - reported >= REPORT_SECONDS and not learning.done:
            reported = now
            yield _told(learning, errors, partial=True)
        yield None
    yield _told(learning, learning.errors(request.seed), partial=False)


def _told(learning: Learning, errors: np.ndarray, partial: bool) -> Learning2D:
    losses = np.array(learning.losses, np.float32).reshape(-1, 3)
    return Learning2D(learning.updates, learning.total, read_only(losses), read_only(errors.astype(np.float32)), partial)


def _learning_of(request: Learn2D, desk: Desk) -> Learning:
    return desk.of(Learnings).of(request, mixture_of(request.points), schedule_of(request.schedule))


def show_learnt(request: ShowLearnt2D, desk: Desk) -> Steps:
    """Answer a ShowLearnt2D."""
    learning = _learning_of(request.learning, desk)
    t, places = request.t, _grid(ARROWS).float()
    arrows = torch.zeros_like(places)
    if 1 <= t <= learning.schedule.T:
        levels = learning.schedule.alpha_bar
        step = posterior(float(levels[t]), float(levels[t - 1]))
        with one_thread():
            arrows = -learning.predictor.predict(places, t, step, False).eps_hat
    yield Learnt2DShown(t, learning.updates, read_only(arrows.numpy()))


def walk_chain(request: WalkChain2D, desk: Desk) -> Steps:
    """Answer a WalkChain2D (BadInput if there is no such schedule, or no point); a None at cancel points."""
    schedule, data = schedule_of(request.schedule), mixture_of(request.points)
    if request.learning is not None:
        learning = _learning_of(request.learning, desk)
        while not learning.done:
            learning.advance()
            yield None
        network: Predictor | None = learning.predictor
    else:
        network = None
    walk = request.walk
    found: dict[str, Tensor] = {}
    names = ("ddpm", "ode") if walk.sampler == "both" else (walk.sampler,)
    timesteps: tuple[int, ...] = ()
    for name in names:
        method = "ancestral" if name == "ddpm" else walk.solver
        course = plan(schedule, min(walk.steps, schedule.T), method=method)
        predictor = network or exact_of(data, schedule, request.seed, walk.particles, draws=name == "ddpm")
        noise = noise_source(request.seed, range(walk.particles), (2,))
        states = [initial_state(noise)]
        walking, paused = reverse_steps(predictor, course, states[0], noise), time.monotonic()
        for _ in range(course.K):
            with one_thread():
                states.append(next(walking).x_prev)
            if time.monotonic() - paused >= AT_A_TIME_SECONDS:  # a step is short beside what a network that learns has done meanwhile
                yield None
                paused = time.monotonic()
        found[name], timesteps = torch.stack(states).float(), course.timesteps
    reference = data.sample(shared_noise(request.seed, range(REFERENCE), 0, (3,), stream=REFERENCE_STREAM))
    apart = {name: energy_distance(paths[-1], reference) for name, paths in found.items()}
    yield Chain2DWalked(
        read_only(np.array(timesteps, np.int64)), {name: read_only(paths.numpy()) for name, paths in found.items()}, apart
    )  # fmt: skip


def exact_of(data: PointMixture, schedule: Schedule, seed: int, particles: int, draws: bool) -> PointsPredictor:
    """The exact process of particles: drawing from q(x_{t-1} | x_t), or following its mean as the ODE does."""

    def numbers(t: int) -> Tensor:
        return shared_noise(seed, range(particles), t, (3,), stream=DRAWN)

    return PointsPredictor(data, schedule, numbers if draws else None)


def energy_distance(x: Tensor, y: Tensor) -> float:
    """2 E|X - Y| - E|X - X'| - E|Y - Y'| of two clouds (N, D) and (M, D): at least 0, and 0 in the mean for draws of one distribution.

    The unbiased form (Szekely and Rizzo 2013), each point beside the others of its cloud; of one point alone the middle term is 0.
    """
    x, y = x.double(), y.double()
    within = [float(torch.pdist(cloud).mean()) if len(cloud) > 1 else 0.0 for cloud in (x, y)]
    return 2 * float(torch.cdist(x, y).mean()) - sum(within)
