"""Planes through latent spaces of any dimension: an origin and two orthonormal axes. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True, eq=False)
class PlaneSlice:
    """A plane z = origin + x axes[0] + y axes[1] in a latent space of d dimensions.

    Attributes
    ----------
    origin : ndarray, shape (d,), float64
        The code at (0, 0).
    axes : ndarray, shape (2, d)
        Orthonormal, so that distances on the plane are distances between codes.
    rest : ndarray, shape (d - 2, d)
        Orthonormal, at right angles to `axes`: the directions in which the plane can be moved.
    """

    origin: np.ndarray
    axes: np.ndarray
    rest: np.ndarray

    def lift(self, places: np.ndarray) -> np.ndarray:
        """Codes (N, d) of plane coordinates (N, 2)."""
        return self.origin + np.asarray(places, np.float64).reshape(-1, 2) @ self.axes

    def project(self, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Plane coordinates (N, 2) of the nearest places to codes (N, d), and the codes' distances (N,) from the plane."""
        away = np.asarray(codes, np.float64).reshape(-1, len(self.origin)) - self.origin
        return away @ self.axes.T, np.linalg.norm(away @ self.rest.T, axis=1)

    def off(self, code: np.ndarray) -> np.ndarray:
        """How far the plane must be moved along each remaining direction, shape (d - 2,), to go through a code (d,)."""
        return self.rest @ (np.asarray(code, np.float64) - self.origin)

    def project_covariances(self, sigmas: np.ndarray) -> np.ndarray:
        """Covariances (N, 2, 2), on the plane, of Gaussians with standard deviations `sigmas` (N, d): their marginals."""
        return np.einsum("ad,nd,bd->nab", self.axes, np.asarray(sigmas, np.float64) ** 2, self.axes)

    def moved(self, offsets: tuple[float, ...]) -> PlaneSlice:
        """The plane moved along the remaining directions; those left out stay.

        Raises
        ------
        ValueError
            If there are more offsets than directions, or one is not finite.
        """
        shift = np.asarray(offsets, np.float64)
        if len(shift) > len(self.rest) or not np.isfinite(shift).all():
            raise ValueError(f"a plane in {len(self.origin)} dimensions moves along {len(self.rest)} more, by finite distances")
        return replace(self, origin=self.origin + shift @ self.rest[: len(shift)])


def along_axes(dimensions: int, first: int = 0, second: int = 1, origin: np.ndarray | None = None) -> PlaneSlice:
    """Plane through `origin` (that of the space if left out) along two axes of the code; the rest are the others, in order.

    Raises
    ------
    ValueError
        If the axes are not two of the code's.
    """
    return _chosen(np.eye(dimensions), first, second, np.zeros(dimensions) if origin is None else origin, "axes")


def principal(codes: np.ndarray, first: int = 0, second: int = 1) -> PlaneSlice:
    """Plane through the codes' mean along two of their principal components, numbered from 0, largest first.

    Components point to where their largest loading is positive; the rest are the other components, largest first.

    Parameters
    ----------
    codes : ndarray, shape (N, d)
        N at least 2.

    Raises
    ------
    ValueError
        If there are fewer than two codes, one is not finite, or a component is not one of d.
    """
    table = np.asarray(codes, np.float64)
    if len(table) < 2 or not np.isfinite(table).all():
        raise ValueError("principal components need at least two codes, all finite")
    mean = table.mean(0)
    _, vectors = np.linalg.eigh(np.cov(table, rowvar=False).reshape(table.shape[1], -1))
    components = vectors[:, ::-1].T
    largest = np.abs(components).argmax(1)
    signs = np.sign(components[np.arange(len(components)), largest])
    return _chosen(components * signs[:, None], first, second, mean, "components")


def through(codes: np.ndarray) -> PlaneSlice:
    """Plane through three codes: the first at (0, 0), the second on the x axis, the third above it.

    Parameters
    ----------
    codes : ndarray, shape (3, d)

    Raises
    ------
    ValueError
        If they are not three, not finite, or on one line.
    """
    table = np.asarray(codes, np.float64)
    if table.shape[0] != 3 or not np.isfinite(table).all():
        raise ValueError("a plane goes through three codes, all finite")
    right, up = table[1] - table[0], table[2] - table[0]
    x = right / max(np.linalg.norm(right), np.finfo(float).tiny)
    across = up - (up @ x) * x
    if np.linalg.norm(right) == 0 or np.linalg.norm(across) <= 1e-9 * max(np.linalg.norm(up), np.linalg.norm(right)):
        raise ValueError("three codes on one line have no plane of their own: choose another")
    axes = np.stack([x, across / np.linalg.norm(across)])
    return PlaneSlice(table[0], axes, _completion(axes))


def random_plane(dimensions: int, seed: int = 0) -> PlaneSlice:
    """Plane through the origin along two directions, uniform over all planes; the same for the same seed."""
    if dimensions < 2:
        raise ValueError(f"a plane needs at least 2 dimensions, not {dimensions}")
    q, r = np.linalg.qr(np.random.default_rng(seed).standard_normal((dimensions, 2)))
    axes = (q * np.sign(np.diag(r))).T
    return PlaneSlice(np.zeros(dimensions), axes, _completion(axes))


def _chosen(directions: np.ndarray, first: int, second: int, origin: np.ndarray, what: str) -> PlaneSlice:
    count = len(directions)
    if not (0 <= first < count and 0 <= second < count) or first == second:
        raise ValueError(f"a plane runs along two of the {what} 0..{count - 1}, not along {first} and {second}")
    rest = [i for i in range(count) if i not in (first, second)]
    return PlaneSlice(np.asarray(origin, np.float64), directions[[first, second]], directions[rest])


def _completion(axes: np.ndarray) -> np.ndarray:
    """Orthonormal directions at right angles to `axes`, each as near an axis of the code as can be, in their order."""
    dimensions = axes.shape[1]
    basis = [*axes]
    for axis in np.eye(dimensions):
        if len(basis) == dimensions:
            break
        left = axis
        for _ in range(2):  # twice: once loses digits where the axis nearly lies among the others
            left = left - np.stack(basis).T @ (np.stack(basis) @ left)
        if np.linalg.norm(left) > 1e-6:
            basis.append(left / np.linalg.norm(left))
    return np.stack(basis)[2:] if dimensions > 2 else np.zeros((0, dimensions))
