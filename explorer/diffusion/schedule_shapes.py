"""Schedules as curves that can be bent: log SNR through control points, and what x_T is then. Numpy alone, for the window too.

Between the control points (`knots.py`) runs the monotone cubic of Fritsch and Carlson
(1980), with the slopes of Fritsch and Butland (1984): it never rises where the points fall, so alpha_bar falls with t and every
beta_t is in (0, 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.diffusion.knots import HIGHEST, LEAST_APART, LEAST_FALL, LOWEST, Knot, check_knots
from explorer.diffusion.levels import log_snr

KNOTS_AT = (0.0, 0.04, 0.15, 0.35, 0.6, 0.82, 0.96, 1.0)
"""u of the first control points: denser at the ends, where the log SNR of the usual schedules falls fast."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """A schedule against t.

    Attributes
    ----------
    betas : ndarray, shape (T,), float64
        beta_t at index t - 1.
    alpha_bar : ndarray, shape (T + 1,), float64
        alpha_bar_t; alpha_bar[0] = 1.
    """

    betas: np.ndarray
    alpha_bar: np.ndarray

    @property
    def T(self) -> int:
        """Number of timesteps."""
        return len(self.betas)

    @property
    def log_snr(self) -> np.ndarray:
        """ln( alpha_bar / (1 - alpha_bar) ), shape (T + 1,); infinite at t = 0."""
        return log_snr(self.alpha_bar)


def monotone_cubic(knots: Sequence[Knot], at: np.ndarray) -> np.ndarray:
    """Value of the monotone cubic through knots (u rising) at `at`, which lies within them; float64.

    Its slope at an inner knot is the weighted harmonic mean of the slopes beside it, 0 where they differ in sign; at the ends
    the one-sided three-point slope, limited so that nothing turns.
    """
    u, y = np.array(knots, np.float64).T
    if len(u) == 1:
        return np.full_like(np.asarray(at, np.float64), y[0])
    h, d = np.diff(u), np.diff(y) / np.diff(u)
    m = _slopes(h, d)
    i = np.clip(np.searchsorted(u, at, side="right") - 1, 0, len(h) - 1)
    s = (at - u[i]) / h[i]
    basis = ((1 + 2 * s) * (1 - s) ** 2, s * (1 - s) ** 2, s * s * (3 - 2 * s), s * s * (s - 1))
    return basis[0] * y[i] + basis[1] * h[i] * m[i] + basis[2] * y[i + 1] + basis[3] * h[i] * m[i + 1]


def _slopes(h: np.ndarray, d: np.ndarray) -> np.ndarray:
    """Slopes at the knots of intervals of length h with secants d."""
    if len(d) == 1:
        return np.array([d[0], d[0]])
    before, after = d[:-1], d[1:]
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    same = before * after > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        inner = np.where(same, (w1 + w2) / (w1 / before + w2 / after), 0.0)
    return np.concatenate([[_end(h[0], h[1], d[0], d[1])], inner, [_end(h[-1], h[-2], d[-1], d[-2])]])


def _end(h0: float, h1: float, d0: float, d1: float) -> float:
    slope = ((2 * h0 + h1) * d0 - h0 * d1) / (h0 + h1)
    if slope * d0 <= 0:
        return 0.0
    return 3 * d0 if d0 * d1 <= 0 and abs(slope) > abs(3 * d0) else float(slope)


def bent(knots: Sequence[Knot], T: int) -> Levels:
    """Schedule whose log SNR runs through control points.

    Parameters
    ----------
    knots : sequence of (float, float)
        At least two; u rising from 0 to 1, log SNR falling.
    T : int

    Raises
    ------
    ValueError
        If they are not so.
    """
    check_knots(knots)
    curve = monotone_cubic(knots, np.linspace(0, 1, T)) if T > 1 else np.array([knots[-1][1]])
    log_alpha_bar = -np.logaddexp(0, -curve)
    betas = -np.expm1(np.diff(log_alpha_bar, prepend=0.0))
    return Levels(betas, np.concatenate([[1.0], np.exp(log_alpha_bar)]))


def knots_on(levels: Levels) -> tuple[Knot, ...]:
    """Control points on a schedule, from which it can be bent."""
    curve = np.clip(levels.log_snr[1:], LOWEST, HIGHEST)
    u = np.array(KNOTS_AT)
    values = np.interp(u, np.linspace(0, 1, levels.T), curve) if levels.T > 1 else np.linspace(curve[0] + 1, curve[0], len(u))
    return tuple((float(a), float(b)) for a, b in zip(u, values, strict=True))


def added(knots: Sequence[Knot], u: float) -> tuple[Knot, ...]:
    """The control points with one more at u, on the curve; as they are where there is no room."""
    if not all(abs(u - other) >= LEAST_APART for other, _ in knots) or not 0 < u < 1:
        return tuple(knots)
    point = (float(u), float(monotone_cubic(knots, np.array([u]))[0]))
    grown = tuple(sorted((*knots, point)))
    falls = np.diff([level for _, level in grown])
    return grown if (falls < -LEAST_FALL).all() else tuple(knots)


def kl_to_standard(mean_square: float, alpha_bar: float) -> float:
    """KL( N(sqrt(alpha_bar) x_0, (1 - alpha_bar) I) || N(0, I) ) for each number of x_0, nats: L_T over the number of pixels.

    1/2 ( alpha_bar x_0^2 + (1 - alpha_bar) - 1 - ln(1 - alpha_bar) ), with the mean of x_0^2 over pixels (and images).

    Parameters
    ----------
    mean_square : float
        Mean of x_0^2.
    alpha_bar : float
        In (0, 1).
    """
    return 0.5 * (alpha_bar * mean_square - alpha_bar - float(np.log1p(-alpha_bar)))
