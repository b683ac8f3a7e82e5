"""Gaussian asides and the one-dimensional chain: draws beside closed forms."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from explorer.diffusion import gaussians
from explorer.diffusion.gaussians import Gaussian
from explorer.diffusion.mixture1d import Mixture, backward_paths, departure, forward_paths, mixture_of, noised, reverse
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.forward.asides_messages import AsidesShown, Densities, ShowAsides
from explorer.engine.forward.chain1d_messages import BackStep1D, Chain1DShown, ShowChain1D
from explorer.engine.forward.sources import schedule_of
from explorer.engine.thread.requests import Steps
from explorer.recipe.forward import Asides

DRAWS = 60_000
BINS, POINTS = 48, 241
NEAR = 0.05
"""Draws of X are taken as given Z = z where Z is so near to z."""
SUM_REACH, X_REACH = 6.0, 4.0
PATHS, COLUMNS, ROWS = 24, 240, 161
CHAIN_REACH = 3.6
SCAN = 40
SHOWN_SDS = 4.5


# --- four plots ---


@lru_cache(maxsize=1)
def _normals() -> np.ndarray:
    """Standard normal draws of X, Y, Z's and W's noise: the same ones for every setting, so that sliders move bars smoothly."""
    return np.random.default_rng(0).standard_normal((4, DRAWS))


def show_asides(request: ShowAsides, desk: Desk) -> Steps:
    """Answer a ShowAsides: draws and densities of every plot."""
    chosen = request.asides
    x, y = Gaussian(chosen.x_mean, chosen.x_sd), Gaussian(chosen.y_mean, chosen.y_sd)
    normals = _normals()
    draws_x, draws_y = x.mean + x.sd * normals[0], y.mean + y.sd * normals[1]
    wide = np.linspace(-SUM_REACH, SUM_REACH, POINTS)
    near = np.linspace(-X_REACH, X_REACH, POINTS)
    total, rest = gaussians.add(x, y), gaussians.subtract(x, y)
    both = {"X": x.density(wide), "Y": y.density(wide)}
    z = gaussians.with_gaussian_mean(x, chosen.scale, chosen.z_sd)
    draws_z = chosen.scale * draws_x + chosen.z_sd * normals[2]
    x_given_z = gaussians.mean_given(x, chosen.scale, chosen.z_sd, chosen.z)
    plots = {
        "sum": _closed(wide, total, draws_x + draws_y, both),
        "difference": _closed(wide, rest, draws_x - draws_y, both),
        "Z": _closed(wide, z, draws_z, {}),
        "X given Z": _closed(near, x_given_z, draws_x[np.abs(draws_z - chosen.z) < NEAR], {"X": x.density(near)}),
        **_through(chosen, x, draws_x, normals[3], wide, near),
    }
    yield AsidesShown(plots)


def _closed(grid: np.ndarray, found: Gaussian, draws: np.ndarray, others: dict[str, np.ndarray]) -> Densities:
    return _densities(grid, found.density(grid), found, draws, others)


def _through(
    chosen: Asides, x: Gaussian, draws_x: np.ndarray, normal: np.ndarray, wide: np.ndarray, near: np.ndarray
) -> dict[str, Densities]:
    """W, and X given W: X through f."""
    bow, strength, sd = chosen.bow, chosen.strength, chosen.w_sd
    draws_w = gaussians.apply(bow, strength, draws_x) + sd * normal
    w = gaussians.marginal(x, bow, strength, sd, wide)
    w_alike = gaussians.moments(x, bow, strength, sd)
    given = gaussians.conditional(x, bow, strength, sd, chosen.w, near)
    width = near[1] - near[0]
    middle = float((near * given).sum() * width)
    alike = Gaussian(middle, max(1e-3, math.sqrt(float(((near - middle) ** 2 * given).sum() * width))))
    kept = draws_x[np.abs(draws_w - chosen.w) < NEAR]
    return {
        "W": _densities(wide, w, w_alike, draws_w, {"Gaussian": w_alike.density(wide)}),
        "X given W": _densities(near, given, alike, kept, {"Gaussian": alike.density(near), "X": x.density(near)}),
    }


def _densities(grid: np.ndarray, density: np.ndarray, alike: Gaussian, draws: np.ndarray, others: dict[str, np.ndarray]) -> Densities:
    edges = np.linspace(grid[0], grid[-1], BINS + 1)
    counts = np.histogram(draws, edges)[0]
    shares = counts / (max(1, len(draws)) * (edges[1] - edges[0]))
    mean, sd = (float(draws.mean()), float(draws.std())) if len(draws) else (math.nan, math.nan)
    distance = gaussians.total_variation(density, alike.density(grid), grid)
    found = Densities(edges, shares, grid, {"closed": density, **others}, alike.mean, alike.sd, mean, sd, distance)
    for array in (edges, shares, grid, *found.curves.values()):
        array.setflags(write=False)
    return found


# --- the chain ---


def show_chain(request: ShowChain1D, desk: Desk) -> Steps:
    """Answer a ShowChain1D (BadInput if there is no such schedule); a None for each part of the work."""
    schedule = schedule_of(request.schedule)
    chosen, T = request.chain, schedule.T
    data = mixture_of(chosen.modes, chosen.sd)
    levels = schedule.alpha_bar.numpy()
    t = min(max(request.t, 0), T)
    x = np.linspace(-CHAIN_REACH, CHAIN_REACH, ROWS)
    times = np.unique(np.rint(np.linspace(0, T, COLUMNS)).astype(np.int64))
    density = np.stack([_at(data, float(levels[s])).density(x) for s in times], axis=1)
    yield None
    forward, backward = _paths(chosen.modes, chosen.sd, request.seed, levels.tobytes())
    yield None
    steps: tuple[BackStep1D, ...] = ()
    scan = np.zeros((0, 2))
    if t > 0:
        leap = min(chosen.leap, t)
        steps = tuple(_step_back(data, levels, t, s, chosen.x) for s in (t - 1, t - leap))
        scan = _scan(data, levels, t, chosen.x)
    yield Chain1DShown(
        t, T, read_only(times), read_only(x), read_only((density / density.max(axis=0)).astype(np.float32)),
        read_only(forward[times].astype(np.float32)), read_only(backward[times].astype(np.float32)),
        read_only(_at(data, float(levels[t])).density(x)), steps, read_only(scan),
    )  # fmt: skip


def _at(data: Mixture, alpha_bar: float) -> Mixture:
    return data if alpha_bar == 1 else noised(data, alpha_bar)


@lru_cache(maxsize=4)
def _paths(modes: tuple[float, ...], sd: float, seed: int, levels: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Paths up, step by step, and other paths down by the exact reverse, (T + 1, PATHS) each."""
    alpha_bar = np.frombuffer(levels, np.float64)
    T = len(alpha_bar) - 1
    data, rng = mixture_of(modes, sd), np.random.default_rng(seed)
    even = (np.arange(PATHS) + 0.5) / PATHS
    x0 = data.sample(even, rng.standard_normal(PATHS))
    forward = forward_paths(x0, 1 - alpha_bar[1:] / alpha_bar[:-1], rng.standard_normal((T, PATHS)))
    end = noised(data, float(alpha_bar[-1])).sample(even, rng.standard_normal(PATHS))
    return forward, backward_paths(data, alpha_bar, end, rng.random((T, PATHS)), rng.standard_normal((T, PATHS)))


def _step_back(data: Mixture, levels: np.ndarray, t: int, s: int, x_t: float) -> BackStep1D:
    mixture = reverse(data, float(levels[t]), float(levels[s]), np.array(x_t))
    away, gaussian = departure(mixture), mixture.gaussian
    x = np.linspace(gaussian.mean - SHOWN_SDS * gaussian.sd, gaussian.mean + SHOWN_SDS * gaussian.sd, 2 * POINTS)
    return BackStep1D(
        s, float(1 - levels[t] / levels[s]), read_only(x), read_only(mixture.density(x)), read_only(gaussian.density(x)),
        away.total_variation, away.kl,
    )  # fmt: skip


def _scan(data: Mixture, levels: np.ndarray, t: int, x_t: float) -> np.ndarray:
    """beta of a step from t down to ever lower s, and its distance from a Gaussian, (S, 2)."""
    leaps = np.unique(np.rint(np.geomspace(1, t, SCAN)).astype(int))
    rows = []
    for leap in leaps.tolist():
        before = float(levels[t - leap])
        mixture = reverse(data, float(levels[t]), before, np.array(x_t))
        rows.append((1 - float(levels[t]) / before, departure(mixture, points=601).total_variation))
    return np.array(rows)
