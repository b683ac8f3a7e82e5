"""Geodesics of a decoder: the curve between two codes along which decodings change least.

The discrete energy (M - 1) sum_k ||g(z_{k+1}) - g(z_k)||^2 of a path of M codes is made smaller over the inner codes,
from the straight line, by damped Gauss-Newton steps; a step that would raise it is not taken. At the minimum all
steps are equally long in image space. Source: Shao, Kumar, Fletcher 2018, algorithm 1, with a second-order step.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.latent.geometry import Decode, jacobian

CODES = 65
"""Codes of a geodesic. Between too few, the straight chord from image to image is a short cut that no code decodes to:
through a decoder of digits 17 are, 65 are not."""

ITERATIONS = 200
TOLERANCE = 1e-4
DAMPING = 1e-3
MOST_DAMPED = 1e8


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A path on its way to a geodesic.

    Attributes
    ----------
    path : Tensor, shape (M, d)
        The ends are those that were given.
    energy : float
        Never larger than before.
    length : float
        Of the decodings, corner to corner.
    iteration, iterations : int
        Steps done, 0 for the path at the start, and at most.
    done : bool
        Whether it is the last: no step makes the energy smaller by a share of `TOLERANCE`, or all were done.
    """

    path: Tensor
    energy: float
    length: float
    iteration: int
    iterations: int
    done: bool = False


def relax(decode: Decode, path: Tensor, iterations: int = ITERATIONS, tolerance: float = TOLERANCE) -> Iterator[Relaxation]:
    """Make a path into a geodesic, a step at a time, so that it can be shown on its way and stopped.

    Parameters
    ----------
    decode : callable
        Codes (N, d) to images; for a plane's geodesic, decoding of plane coordinates.
    path : Tensor, shape (M, d)
        At least 2 codes, `CODES` for a decoder of images; the straight line (explorer.latent.interpolation.line) to begin with.
    iterations : int
        At least 1.
    tolerance : float
        The end is reached when the energy falls by less than this share.

    Yields
    ------
    Relaxation
        The path as given first; the last has `done`.

    Raises
    ------
    ValueError
        If the path has fewer than 2 codes, or it or its decodings are not finite.
    """
    if path.ndim != 2 or len(path) < 2 or not torch.isfinite(path).all():
        raise ValueError("a path has at least 2 codes, all finite")
    if len(path) == 2:
        yield _report(path, jacobian(decode, path)[0], 0, iterations, True)
        return
    images, slopes = jacobian(decode, path)
    if not torch.isfinite(images).all():
        raise ValueError("the decodings along the path are not finite")
    energy = _energy(images)
    yield _report(path, images, 0, iterations, energy == 0)
    damping, done = DAMPING, energy == 0
    for iteration in range(1, iterations + 1):
        if done:
            return
        before = energy
        gradient, hessian = _normal_equations(images, slopes)
        while True:
            trial = path.clone()
            trial[1:-1] += _step(gradient, hessian, damping).reshape(-1, path.shape[1]).to(path)
            its_images = decode(trial).flatten(1)
            its_energy = _energy(its_images)
            if its_energy < energy or damping >= MOST_DAMPED:
                break
            damping *= 8
        if its_energy < energy:  # false too for a trial that is not finite
            path, energy = trial, its_energy
            damping = max(damping / 8, 1e-9)
            images, slopes = jacobian(decode, path)
        done = before - energy <= tolerance * before or iteration == iterations
        yield _report(path, images, iteration, iterations, done)


def _report(path: Tensor, images: Tensor, iteration: int, iterations: int, done: bool) -> Relaxation:
    length = float((images[1:] - images[:-1]).norm(dim=1).sum())
    return Relaxation(path, _energy(images), length, iteration, iterations, done)


def _energy(images: Tensor) -> float:
    return (len(images) - 1) * float((images[1:] - images[:-1]).double().square().sum())


def _normal_equations(images: Tensor, slopes: Tensor) -> tuple[Tensor, Tensor]:
    """Gradient (m d,) and Gauss-Newton Hessian (m d, m d) of half the sum of squares over the m inner codes, float64.

    With residuals r_k = g_{k+1} - g_k and derivatives J_k (d, P): block k of the gradient is J_k (r_{k-1} - r_k),
    the diagonal blocks are 2 J_k J_k^T, those beside it -J_k J_{k+1}^T.
    """
    steps = images[1:] - images[:-1]
    inner = slopes[1:-1]
    gradient = torch.einsum("kdp,kp->kd", inner, steps[:-1] - steps[1:]).double()
    squares = (inner @ inner.mT).double()
    beside = (inner[:-1] @ inner[1:].mT).double()
    count, d = gradient.shape
    hessian = gradient.new_zeros(count, d, count, d)
    k = torch.arange(count, device=gradient.device)
    hessian[k, :, k, :] = 2 * squares
    hessian[k[:-1], :, k[1:], :] = -beside
    hessian[k[1:], :, k[:-1], :] = -beside.mT
    return gradient.reshape(-1), hessian.reshape(count * d, count * d)


def _step(gradient: Tensor, hessian: Tensor, damping: float) -> Tensor:
    """Levenberg and Marquardt's step; the damping is in units of each code's own curvature."""
    diagonal = hessian.diagonal()
    floor = 1e-9 * diagonal.max() + torch.finfo(diagonal.dtype).tiny
    damped = hessian + torch.diag(damping * diagonal.clamp_min(0) + floor)
    return -torch.linalg.solve(damped, gradient)
