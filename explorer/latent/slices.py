"""Planes through latent spaces of any dimension: an origin and two orthonormal axes. Pure numpy."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

MOST_REST = 62
"""Further directions that a plane knows at most: in a space of thousands of dimensions nobody moves it along each."""


@dataclass(frozen=True, eq=False)
class PlaneSlice:
    """A plane z = origin + x axes[0] + y axes[1] in a latent space of d dimensions.

    Attributes
    ----------
    origin : ndarray, shape (d,), float64
        The code at (0, 0).
    axes : ndarray, shape (2, d)
        Orthonormal, so that distances on the plane are distances between codes.
    rest : ndarray, shape (r, d)
        Orthonormal, at right angles to `axes`: the directions in which the plane can be moved. All d - 2 of them up to 64 dimensions,
        else r is at most `MOST_REST`.
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
        places = away @ self.axes.T
        return places, np.linalg.norm(away - places @ self.axes, axis=1)

    def off(self, code: np.ndarray) -> np.ndarray:
        """How far the plane must be moved along each remaining direction, shape (r,), to come nearest to a code (d,).

        With all d - 2 directions it then goes through it.
        """
        return self.rest @ (np.asarray(code, np.float64) - self.origin)

    def project_covariances(self, sigmas: np.ndarray) -> np.ndarray:
        """Covariances (N, 2, 2), on the plane, of Gaussians with standard deviations `sigmas` (N, d): their marginals."""
        return np.einsum("ad,nd,bd->nab", self.axes, np.asarray(sigmas, np.float64) ** 2, self.axes)

    def going_through(self, code: np.ndarray) -> PlaneSlice:
        """The plane moved the shortest way to go through a code (d,), whatever directions it knows; its axes stay."""
        away = np.asarray(code, np.float64) - self.origin
        return replace(self, origin=self.origin + away - (away @ self.axes.T) @ self.axes)

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
    _check_two(dimensions, first, second, "axes")
    rest = [i for i in range(min(dimensions, MOST_REST + 2)) if i not in (first, second)][:MOST_REST]
    directions = np.zeros((2 + len(rest), dimensions))
    directions[range(2 + len(rest)), [first, second, *rest]] = 1
    return PlaneSlice(np.zeros(dimensions) if origin is None else np.asarray(origin, np.float64), directions[:2], directions[2:])


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
    components = _components(table - mean)
    largest = np.abs(components).argmax(1)
    signs = np.sign(components[np.arange(len(components)), largest])
    _check_two(len(components), first, second, "components")
    rest = [i for i in range(len(components)) if i not in (first, second)][:MOST_REST]
    directions = components * signs[:, None]
    return PlaneSlice(mean, directions[[first, second]], directions[rest])


def _components(centred: np.ndarray) -> np.ndarray:
    """Principal components, largest first, as rows: d of them, or as many as N codes of more dimensions determine.

    Then it is done among the codes: N x N numbers, not d x d.
    """
    count, dimensions = centred.shape
    if dimensions <= max(count, MOST_REST + 2):
        _, vectors = np.linalg.eigh((centred.T @ centred) / (count - 1))
        return vectors[:, ::-1].T
    values, vectors = np.linalg.eigh(centred @ centred.T)
    kept = values > 1e-10 * max(values[-1], np.finfo(float).tiny)
    found = (centred.T @ (vectors[:, kept] / np.sqrt(values[kept]))).T[::-1]
    return found if len(found) >= 2 else np.concatenate([found, _completion(found, 2 - len(found), dimensions)])


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
    return PlaneSlice(table[0], axes, _completion(axes, MOST_REST, axes.shape[1]))


def random_plane(dimensions: int, seed: int = 0) -> PlaneSlice:
    """Plane through the origin along two directions, uniform over all planes; the same for the same seed."""
    if dimensions < 2:
        raise ValueError(f"a plane needs at least 2 dimensions, not {dimensions}")
    q, r = np.linalg.qr(np.random.default_rng(seed).standard_normal((dimensions, 2)))
    axes = (q * np.sign(np.diag(r))).T
    return PlaneSlice(np.zeros(dimensions), axes, _completion(axes, MOST_REST, dimensions))


def _check_two(count: int, first: int, second: int, what: str) -> None:
    if not (0 <= first < count and 0 <= second < count) or first == second:
        raise ValueError(f"a plane runs along two of the {what} 0..{count - 1}, not along {first} and {second}")


def _completion(axes: np.ndarray, most: int, dimensions: int) -> np.ndarray:
    """At most `most` orthonormal directions at right angles to `axes`, each as near an axis of the code as can be, in their order."""
    basis = [*axes]
    for number in range(dimensions):
        if len(basis) == min(dimensions, len(axes) + most):
            break
        left = np.zeros(dimensions)
        left[number] = 1
        for _ in range(2 if basis else 0):  # twice: once loses digits where the axis nearly lies among the others
            left = left - np.stack(basis).T @ (np.stack(basis) @ left)
        if np.linalg.norm(left) > 1e-6:
            basis.append(left / np.linalg.norm(left))
    found = basis[len(axes) :]
    return np.stack(found) if found else np.zeros((0, dimensions))
