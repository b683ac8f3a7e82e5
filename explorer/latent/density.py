"""The aggregate posterior q(z) = (1/N) sum_i q(z|x_i): a mixture of as many Gaussians as there are images."""

from __future__ import annotations

import math

import numpy as np

BLOCK = 1_000_000
"""Terms (places times images) held at a time."""

LEAST_BANDWIDTH = 1e-6


def bandwidth(codes: np.ndarray) -> np.ndarray:
    """Scott's rule for a kernel density, sigma_j N^(-1/(d+4)) for each dimension; shape (d,).

    sigma_j is the smaller of the standard deviation and of the interquartile range as a Gaussian's would be, since an
    autoencoder's codes have far outliers (Silverman 1986, eq. 3.30).

    Parameters
    ----------
    codes : ndarray, shape (N, d)
        N at least 1.
    """
    count, d = codes.shape
    low, high = np.quantile(codes, [0.25, 0.75], axis=0)
    spread = np.minimum(codes.std(0), (high - low) / 1.349)
    spread = np.where(spread > 0, spread, codes.std(0))
    return np.maximum(spread * count ** (-1 / (d + 4)), LEAST_BANDWIDTH)


class Mixture:
    """Equal mixture of Gaussians, evaluated as one matrix product over monomials of z."""

    def __init__(self, means: np.ndarray, covariances: np.ndarray) -> None:
        """Mixture with these means (N, d) and covariances: variances (N, d), or whole matrices (N, d, d).

        Raises
        ------
        ValueError
            If there is no mean, one is not finite, or a covariance is not positive.
        """
        self.means = np.asarray(means, np.float64)
        count, d = self.means.shape
        whole = np.asarray(covariances, np.float64)
        self._diagonal = whole.ndim == 2
        if not count or not np.isfinite(self.means).all() or not np.isfinite(whole).all():
            raise ValueError("a mixture has at least one Gaussian, all finite")
        self.centre = self.means.mean(0)
        m = self.means - self.centre  # near the codes, so that the squares below lose no digits
        if self._diagonal:
            if (whole <= 0).any():
                raise ValueError("the variances of a mixture are greater than 0")
            precision: np.ndarray = 1 / whole
            log_det: np.ndarray = np.log(whole).sum(1)
            quadratic: np.ndarray = -0.5 * precision
            linear: np.ndarray = m * precision
        else:
            sign, log_det = np.linalg.slogdet(whole)
            if (sign <= 0).any():
                raise ValueError("the covariances of a mixture are positive definite")
            matrices = np.linalg.inv(whole)
            quadratic = -0.5 * matrices.reshape(count, d * d)
            linear = np.einsum("nij,nj->ni", matrices, m)
        constant = -0.5 * ((linear * m).sum(1) + log_det + d * math.log(2 * math.pi)) - math.log(count)
        self._terms = np.concatenate([quadratic, linear, constant[:, None]], axis=1).T

    @classmethod
    def of(cls, means: np.ndarray, sigmas: np.ndarray | None) -> Mixture:
        """Aggregate posterior of a VAE's means and sigmas (N, d); of an AE's codes a kernel density (`bandwidth`)."""
        if sigmas is None:
            return cls(means, np.broadcast_to(bandwidth(np.asarray(means, np.float64)) ** 2, means.shape))
        return cls(means, np.asarray(sigmas, np.float64) ** 2)

    def log_density(self, z: np.ndarray) -> np.ndarray:
        """log q(z), nats, shape (M,), of places (M, d); computed in blocks, exact in float64."""
        places = np.asarray(z, np.float64) - self.centre
        rows = max(1, BLOCK // self._terms.shape[1])
        parts = [self._block(places[i : i + rows]) for i in range(0, len(places), rows)]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _block(self, z: np.ndarray) -> np.ndarray:
        squares = z**2 if self._diagonal else (z[:, :, None] * z[:, None, :]).reshape(len(z), -1)
        logs = np.concatenate([squares, z, np.ones((len(z), 1))], axis=1) @ self._terms
        top = logs.max(1)
        return np.asarray(top + np.log(np.exp(logs - top[:, None]).sum(1)))
