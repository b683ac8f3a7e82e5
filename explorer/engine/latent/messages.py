"""The latent plane: codes, decodings, the manifold.

Places are plane coordinates: the code itself where it has two numbers, else coordinates in `slice` (None: the plane
of the first two principal components of the test images' codes).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from explorer.datasets.reading import AS_FOUND, Background, Reading
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Dab, Slice, Stroke
from explorer.recipe.told import Told

CONFIDENT = 0.9
"""Probability above which a decoding counts as read with confidence."""


@dataclass(frozen=True, slots=True)
class ImagesAt:
    """Where a run's images are: a checkpoint says what its data set is called, and not where.

    Attributes
    ----------
    path : str
        As `train --dataset` takes it, absolute.
    fit : "resize" or "crop"
        How a folder's pictures are made as large as the model's.
    read : Reading
        How the file's images are taken.
    """

    path: ReadFile
    fit: Literal["resize", "crop"] = "resize"
    read: Reading = AS_FOUND


@dataclass(frozen=True, slots=True)
class EncodeImages(Payload):
    """Codes of the test images of the checkpoint's data set, or of the images named. Answer: CodesShown; `told` as of DrawCodes."""

    answered_by = "explorer.engine.latent.encoding:encode_images"
    answered_early = "explorer.engine.latent.kept:encode_images"
    background = True

    path: ReadFile
    limit: int = 10_000
    slice: Slice | None = None
    images: ImagesAt | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class DecodeCodes(Payload):
    """Decodings of codes. Answer: CodesDecoded.

    Attributes
    ----------
    path : str
        The checkpoint.
    codes : tuple of (float, float)
    judge : bool
        Also say how the digit classifier reads them.
    """

    answered_by = "explorer.engine.latent.decoding:decode_codes"

    path: ReadFile
    codes: tuple[tuple[float, float], ...]
    judge: bool = False
    slice: Slice | None = None


@dataclass(frozen=True, slots=True)
class DecodeGrid(Payload):
    """The manifold: decodings of a grid over a rectangle. Answers: GridDecoded, coarse first.

    `extent` is (x_min, x_max, y_min, y_max); the grid has `columns` x `rows` cells, decoded at their centres.
    """

    answered_by = "explorer.engine.latent.decoding:decode_grid"
    background = True

    path: ReadFile
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    slice: Slice | None = None


@dataclass(frozen=True, slots=True)
class EncodePicture(Payload):
    """Code of one picture. Answer: PictureEncoded, or PictureOffered if it is of another size.

    Attributes
    ----------
    path : str
        The checkpoint.
    picture : str
        A file; empty for one of the others.
    drawing : tuple of Dab
        Marks of a brush on black, in pixels of the model's images.
    index : int or None
        A test image of the model's data set, or one of `images`.
    images : ImagesAt or None
    resize : bool
        Fit a file of another size; else it is offered.
    centre : bool
        Bring the picture to MNIST's size and place: its digit in 20 x 20 pixels, its centre of mass in the middle.
    pixels : ndarray, shape (H, W), uint8, or None
    paper : "white" or "black"
        What is seen where the file's picture is transparent.
    """

    answered_by = "explorer.engine.latent.encoding:encode_picture"

    path: ReadFile
    picture: ReadFile = ""
    drawing: tuple[Dab, ...] = ()
    index: int | None = None
    resize: bool = True
    centre: bool = False
    pixels: np.ndarray | None = field(default=None, compare=False)
    slice: Slice | None = None
    images: ImagesAt | None = None
    paper: Background = "white"


@dataclass(frozen=True, slots=True)
class ShowImage(Payload):
    """One test image of the checkpoint's data set. Answer: ImageShown."""

    answered_by = "explorer.engine.latent.encoding:show_image"

    path: ReadFile
    index: int


@dataclass(frozen=True, slots=True)
class DrawCodes(Payload):
    """Codes drawn at random, decoded and read. Answer: CodesDrawn.

    Attributes
    ----------
    path : str
        The checkpoint.
    count : int
    seed : int
        Determines the draws: draw i is the same for any model and any count.
    encoded : EncodePicture or None
        Draw from its posterior q(z|x); without it from the prior N(0, I).
    told : Told or None
        What the checkpoint's file does not say; None is what was told of it before.
    """

    answered_by = "explorer.engine.latent.draws:draw_codes"
    background = True

    path: ReadFile
    count: int
    seed: int
    encoded: EncodePicture | None = None
    slice: Slice | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class ShowStroke(Payload):
    """The decodings along a stroke. Answer: StrokeShown; `told` as of DrawCodes."""

    answered_by = "explorer.engine.latent.strokes:show_stroke"

    path: ReadFile
    stroke: Stroke
    slice: Slice | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class ShowGeodesic(ShowStroke):
    """A geodesic stroke, which takes its time: it is shown on its way. Answers: StrokeShown."""

    background = True


@dataclass(frozen=True, slots=True, eq=False)
class CodesShown(Outcome):
    """Codes of test images.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (N, 2), float32
        Means of q(z|x), or the codes of an AE; where codes have more numbers, their nearest places on the plane.
    sigmas : ndarray, shape (N, 2), float32, or None
        s(x) of two-dimensional codes; None for an AE and on slices.
    labels : ndarray, shape (N,), uint8, or None
    distances : ndarray, shape (N,), float32, or None
        Of the codes from the plane; None where the plane is the whole latent space.
    spread : float
        Root mean square of the distances: what counts as far.
    dimensions : int
        Of the latent space.
    origin : (float, float)
        The place nearest to the latent space's origin: where the prior's density on the plane is greatest.
    origin_distance : float
        Of the origin from the plane.
    name : str
        Of the images' data set; empty without any.
    marks : tuple of (str, (float, float))
        Names and places of the images or pictures through whose codes the plane was laid.
    """

    path: str
    codes: np.ndarray
    sigmas: np.ndarray | None
    labels: np.ndarray | None
    distances: np.ndarray | None = None
    spread: float = 0.0
    dimensions: int = 2
    origin: tuple[float, float] = (0.0, 0.0)
    origin_distance: float = 0.0
    name: str = ""
    marks: tuple[tuple[str, tuple[float, float]], ...] = ()

    @property
    def rest(self) -> int:
        """Directions in which the plane can be moved."""
        return self.dimensions - 2


@dataclass(frozen=True, slots=True, eq=False)
class StrokeShown(Outcome):
    """A stroke through a model.

    Attributes
    ----------
    path : str
    stroke : Stroke
    places : ndarray, shape (frames, 2), float64
        Where it is decoded.
    outline : ndarray, shape (M, 2), float64
        The curve itself.
    tiles : ndarray, shape (frames, H, W, 3), uint8
    plane_length, image_length : float
        Of the outline on the plane, and of its decodings (between 257 of them): Euclidean over pixels in [0, 1].
    iteration : int
        Of a geodesic; 0 for other shapes.
    partial : bool
        A geodesic on its way.
    """

    path: str
    stroke: Stroke
    places: np.ndarray
    outline: np.ndarray
    tiles: np.ndarray
    plane_length: float
    image_length: float
    iteration: int = 0
    partial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CodesDecoded(Outcome):
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
    latent : ndarray, shape (C, h, w), float32, or None
        Of a single code that is an image of latent pixels: itself, in raw units.
    """

    path: str
    codes: np.ndarray
    tiles: np.ndarray
    values: np.ndarray
    readings: tuple[tuple[tuple[int, float], ...], ...]
    milliseconds: float
    latent: np.ndarray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class GridDecoded(Outcome):
    """The manifold as one picture (rows * H, columns * W, 3) uint8; its top row is at y_max.

    `columns` and `rows` are of this answer; a finer one follows if `partial`.
    """

    path: str
    extent: tuple[float, float, float, float]
    columns: int
    rows: int
    picture: np.ndarray
    partial: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class PictureEncoded(Outcome):
    """Code of one picture.

    Attributes
    ----------
    path : str
    name : str
    mean : (float, float)
        The place of its code.
    sigma : (float, float) or None
        s(x) along the plane's two axes; None for an AE.
    covariance : ((float, float), (float, float)) or None
        Of q(z|x) on the plane; None for an AE.
    distance : float
        Of the code from the plane.
    off : tuple of float
        How far the plane must be moved along each remaining direction to go through the code.
    tile, reconstruction : ndarray, shape (H, W, 3), uint8
    log_likelihood, kl : float
        Reconstruction term and KL of the ELBO in nats; KL is NaN for an AE.
    error : float
        Mean squared error of the reconstruction's pixels in [0, 1].
    latent : ndarray, shape (C, h, w), float32, or None
        Mean of a code that is an image of latent pixels.
    reading, reading_again : tuple of (int, float)
        Classes with their probabilities, best first, that the digit classifier sees in the picture and in its
        reconstruction; empty where it cannot.
    """

    path: str
    name: str
    mean: tuple[float, float]
    sigma: tuple[float, float] | None
    tile: np.ndarray
    reconstruction: np.ndarray
    log_likelihood: float
    kl: float
    error: float
    covariance: tuple[tuple[float, float], tuple[float, float]] | None = None
    distance: float = 0.0
    off: tuple[float, ...] = ()
    latent: np.ndarray | None = None
    reading: tuple[tuple[int, float], ...] = ()
    reading_again: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True)
class PictureOffered(Outcome):
    """A picture of another size than the model's images, (height, width) both; it can be resized."""

    path: str
    name: str
    size: tuple[int, int]
    wanted: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class ImageShown(Outcome):
    """A test image: (H, W, 3) uint8, and what its class is called; empty without one."""

    path: str
    index: int
    tile: np.ndarray
    called: str


@dataclass(frozen=True, slots=True, eq=False)
class CodesDrawn(Outcome):
    """Random codes.

    Attributes
    ----------
    path : str
    codes : ndarray, shape (N, 2), float32
        Their nearest places.
    distances : ndarray, shape (N,), float32
        From the plane.
    tiles : ndarray, shape (N, H, W, 3), uint8
        Decodings of the codes themselves.
    digits : ndarray, shape (N,), uint8, and confidence : ndarray, shape (N,), float32
        The likeliest digit of each decoding and its probability; empty without the classifier.
    confident : float
        Share of them read with confidence over 0.9; NaN without the classifier.
    kinds : float
        Effective number of digits that they are read as, exp(entropy) of the digits' shares: 1 if all are one digit,
        10 if all ten come alike; NaN without the classifier.
    partial : bool
        How they are read follows.
    """

    path: str
    codes: np.ndarray
    distances: np.ndarray
    tiles: np.ndarray
    digits: np.ndarray
    confidence: np.ndarray
    confident: float
    kinds: float = float("nan")
    partial: bool = False
