"""Two densities and a fit: the KL page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.thread.requests import Steps
from explorer.engine.variational.messages import FitShown, ShowFit
from explorer.recipe.variational import MOST_STEPS, Bump, FitRecipe
from explorer.variational.densities import Gaussian, Grid, Mixture, gaussian, grid, mixture
from explorer.variational.divergence import between_gaussians, of_logs
from explorer.variational.fitting import step

GRID_REACH = 9.0
"""What lies beyond does not count: means are within 5 of 0, and 4 standard deviations of an ordinary density."""
CELLS = {1: 900, 2: 120}
RATE = 0.1


@dataclass
class _Course:
    """The steps of a fit, as far as they are computed.

    Attributes
    ----------
    log_p, log_q : ndarray, shape (N,)
        At the places; log q of the last of `qs`.
    """

    p: Mixture
    places: Grid
    qs: list[Gaussian]
    log_p: np.ndarray
    log_q: np.ndarray
    curve: list[tuple[float, float]] = field(default_factory=list)


@lru_cache(maxsize=8)
def _course(fit: FitRecipe) -> _Course:
    p = mixture([_gaussian(part) for part in fit.p], [part.weight for part in fit.p])
    d = len(fit.q.mean)
    places, q = grid(GRID_REACH, CELLS[d], d), _gaussian(fit.q)
    return _Course(p, places, [q], p.log_density(places.points), q.log_density(places.points))


def _gaussian(bump: Bump) -> Gaussian:
    return gaussian(bump.mean, bump.sd, bump.correlation)


def show_fit(request: ShowFit, desk: Desk) -> Steps:
    """Answer a ShowFit; a None for each step that is new."""
    course = _course(request.fit)
    last = min(max(request.step, 0), MOST_STEPS)
    while len(course.curve) <= last:
        yield from _walked(course, request)
    yield _shown(course, last, partial=len(course.curve) <= MOST_STEPS)
    if len(course.curve) <= MOST_STEPS:  # the rest of the curve, for who has patience
        while len(course.curve) <= MOST_STEPS:
            yield from _walked(course, request)
        yield _shown(course, last)


def _walked(course: _Course, request: ShowFit) -> Steps:
    """One step more."""
    places, log_p = course.places, course.log_p
    if len(course.curve) == len(course.qs):
        q = step(course.qs[-1], course.p, request.fit.direction, RATE, places, (course.log_q, log_p))
        course.qs.append(q)
        course.log_q = q.log_density(places.points)
    course.curve.append((of_logs(course.log_q, log_p, places).value, of_logs(log_p, course.log_q, places).value))
    yield None


def _shown(course: _Course, at: int, partial: bool = False) -> FitShown:
    p, q, places = course.p, course.qs[at], course.places
    shape = tuple(len(axis) for axis in places.axes)
    log_p, log_q = course.log_p, q.log_density(places.points)
    first, second = of_logs(log_q, log_p, places), of_logs(log_p, log_q, places)
    alone = p.parts[0] if len(p.parts) == 1 else None
    covariance = q.covariance
    sd = np.sqrt(np.diag(covariance))
    p_there, q_there = np.exp(log_p), np.exp(log_q)
    drawn = [read_only(each.reshape(shape).astype(np.float32)) for each in (p_there, q_there, first.integrand, second.integrand)]
    return FitShown(
        at, read_only(places.axes[0]), drawn[0], drawn[1], drawn[2], drawn[3], first.value, second.value,
        math.nan if alone is None else between_gaussians(q, alone), math.nan if alone is None else between_gaussians(alone, q),
        read_only(q.mean), read_only(sd), float(covariance[1, 0] / (sd[0] * sd[1])) if len(sd) == 2 else 0.0,
        read_only(np.array(course.curve)), read_only(np.stack([each.mean for each in course.qs[: len(course.curve)]])), partial,
    )  # fmt: skip
