"""The latent plane: codes, decodings, the manifold."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class EncodeImages:
    """Codes of the test images of the checkpoint's data set. Answer: CodesShown."""

    path: str
    limit: int = 10_000


@dataclass(frozen=True, slots=True)
class DecodeCodes:
    """Decodings of codes. Answer: CodesDecoded.

    Attributes
    ----------
    path : str
        The checkpoint.
    codes : tuple of (float, float)
    judge : bool
        Also say how the digit classifier reads them.
    """

    path: str
    codes: tuple[tuple[float, float], ...]
    judge: bool = False


@dataclass(frozen=True, slots=True)
class DecodeGrid:
    """The manifold: decodings of a grid over a rectangle. Answer: GridDecoded.

    `extent` is (x_min, x_max, y_min, y_max); the grid has `columns` x `rows` cells, decoded at their centres.
    """

    path: str
    extent: tuple[float, float, float, float]
    columns: int
    rows: int


@dataclass(frozen=True, slots=True)
class EncodePicture:
    """Code of one picture file, or of drawn pixels (H, W) uint8. Answer: PictureEncoded."""

    path: str
    picture: str = ""
    pixels: np.ndarray | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, eq=False)
class CodesShown:
    """Codes of test images.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (N, 2), float32
        Means of q(z|x), or the codes of an AE.
    sigmas : ndarray, shape (N, 2), float32, or None
        s(x); None for an AE.
    labels : ndarray, shape (N,), uint8, or None
    """

    path: str
    codes: np.ndarray
    sigmas: np.ndarray | None
    labels: np.ndarray | None


@dataclass(frozen=True, slots=True, eq=False)
class CodesDecoded:
    """Decodings.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (M, 2), float32
    tiles : ndarray, shape (M, H, W, 3), uint8
    values : ndarray, shape (M, C, H, W), float32
    readings : tuple of tuple of (int, float)
        For each code the classifier's classes with their probabilities, best first; empty unless asked for.
    milliseconds : float
        Time of the decoder alone.
    """

    path: str
    codes: np.ndarray
    tiles: np.ndarray
    values: np.ndarray
    readings: tuple[tuple[tuple[int, float], ...], ...]
    milliseconds: float


@dataclass(frozen=True, slots=True, eq=False)
class GridDecoded:
    """The manifold as one picture (rows * H, columns * W, 3) uint8; its top row is at y_max."""

    path: str
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    picture: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class PictureEncoded:
    """Code of one picture.

    Attributes
    ----------
    path : str
    name : str
    mean : (float, float)
    sigma : (float, float) or None
        s(x); None for an AE.
    tile, reconstruction : ndarray, shape (H, W, 3), uint8
    log_likelihood, kl : float
        Reconstruction term and KL of the ELBO in nats; KL is NaN for an AE.
    """

    path: str
    name: str
    mean: tuple[float, float]
    sigma: tuple[float, float] | None
    tile: np.ndarray
    reconstruction: np.ndarray
    log_likelihood: float
    kl: float
