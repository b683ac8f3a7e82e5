"""The forward process: an image noised, schedules, pixels, the posterior; all that the Forward workspace asks for."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from explorer.datasets.reading import AS_FOUND, Background, Reading
from explorer.engine.pictures.tiles import Palette
from explorer.engine.thread.files import ReadFile
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import Lane
from explorer.recipe.dabs import Dab, Picture
from explorer.recipe.forward import ForwardImage, ForwardSchedule

# --- the image ---


@dataclass(frozen=True, slots=True)
class ShowTestImages(Payload):
    """Test images of a data set from `start` on. Answer: TestImagesShown."""

    answered_by = "explorer.engine.forward.pictures:show_test_images"

    start: int
    count: int
    dataset: ReadFile = "mnist"
    read: Reading = AS_FOUND


@dataclass(frozen=True, slots=True, eq=False)
class TestImagesShown(Outcome):
    """Tiles (N, H, W, 3) uint8, their classes (N,), how many test images there are, their shape (C, H, W), and how they were taken."""

    __test__ = False
    start: int
    tiles: np.ndarray
    labels: np.ndarray
    total: int
    shape: tuple[int, int, int]
    taken: str = ""


@dataclass(frozen=True, slots=True)
class TakePicture(Payload):
    """A picture of the person's. Answer: PictureTaken.

    Attributes
    ----------
    path : str
        A file; empty for one of the others.
    pixels : ndarray, shape (H, W, 3), uint8, or None
        What was pasted.
    drawing : tuple of Dab
        Marks of a brush on the data's ground, in pixels of its images.
    dataset : str
        Whose shape it is fitted to.
    read : Reading
        How the images of that are taken.
    paper : "white" or "black"
        What is seen where the file's picture is transparent.
    """

    answered_by = "explorer.engine.forward.pictures:take_picture"

    path: ReadFile = ""
    pixels: np.ndarray | None = field(default=None, compare=False)
    drawing: tuple[Dab, ...] = ()
    dataset: ReadFile = "mnist"
    read: Reading = AS_FOUND
    paper: Background = "white"


@dataclass(frozen=True, slots=True)
class PictureTaken(Outcome):
    """Answer to TakePicture.

    Attributes
    ----------
    name : str
    size : (height, width)
        As it was.
    fitted : Picture
        Resized to the data's shape.
    kept : Picture
        In its own shape and colours, made smaller where it is larger than is noised.
    same : bool
        It is of the data's size: there is nothing to choose.
    """

    name: str
    size: tuple[int, int]
    fitted: Picture
    kept: Picture
    same: bool


# --- x_t ---


@dataclass(frozen=True, slots=True)
class ShowNoised(Payload):
    """The image at timestep t, both ways. Answer: NoisedShown."""

    answered_by = "explorer.engine.forward.noised:show_noised"

    image: ForwardImage
    schedule: ForwardSchedule
    seed: int
    t: int
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True, eq=False)
class NoisedShown(Outcome):
    """x_t by Property 1 and by steps.

    Attributes
    ----------
    t, T : int
    alpha_bar, beta : float
        beta is that of the step to t; 0 at t = 0.
    tiles : dict of ndarray, (H, W, 3) uint8
        "x_t", "x_0", "image part", "eps", "noise part" of Property 1; "walked", "x_prev", "step image", "step noise" of the
        last step. At t = 0 there is no step.
    values : ndarray, shape (C, H, W), float32
        x_t.
    weights : ndarray, shape (t,)
        Weight of eps_1 .. eps_t in the eps of Property 1; their squares add up to 1.
    apart : float
        Largest difference between the two x_t, in float64.
    """

    t: int
    T: int
    alpha_bar: float
    beta: float
    tiles: dict[str, np.ndarray]
    values: np.ndarray
    weights: np.ndarray
    apart: float


@dataclass(frozen=True, slots=True)
class ShowNoisedFilm(Payload):
    """The image at several timesteps. Answer: NoisedFilmShown."""

    answered_by = "explorer.engine.forward.noised:show_film"

    image: ForwardImage
    schedule: ForwardSchedule
    seed: int
    timesteps: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class NoisedFilmShown(Outcome):
    """Timesteps (M,) and tiles (M, H, W, 3) uint8."""

    timesteps: np.ndarray
    tiles: np.ndarray


# --- schedules ---


@dataclass(frozen=True, slots=True)
class ShowSchedule(Payload):
    """A schedule, and what x_T is then. Answer: ScheduleShown."""

    answered_by = "explorer.engine.forward.schedules:show_schedule"

    schedule: ForwardSchedule
    image: ForwardImage
    seed: int


@dataclass(frozen=True, slots=True)
class EndOf:
    """q(x_T | x_0), or its mean over a data set, against N(0, I).

    Attributes
    ----------
    mean : float
        Root mean square over the pixels of the mean sqrt(alpha_bar_T) x_0; 0 in N(0, I).
    variance : float
        Of every pixel given x_0.
    total_variance : float
        Variance of a pixel's value with x_0 drawn as well: of the image's pixels, or of the data set's.
    kl : float
        L_T in nats for one image.
    """

    mean: float
    variance: float
    total_variance: float
    kl: float


@dataclass(frozen=True, slots=True, eq=False)
class ScheduleShown(Outcome):
    """A schedule against t.

    Attributes
    ----------
    schedule : ForwardSchedule
    betas : ndarray, shape (T,)
    alpha_bar, log_snr : ndarray, shape (T + 1,)
        log_snr[0] is infinite.
    others : dict of ndarray, shape (T + 1,)
        alpha_bar of the named schedules with this T, to compare with.
    knots : tuple of (float, float)
        Its control points; of a named schedule those from which it can be bent.
    image, data : EndOf
        Of this image, and of the test images on average.
    count : int
        How many test images those are.
    end, end_mean : ndarray, shape (H, W, 3), uint8
        The image at T, and its mean sqrt(alpha_bar_T) x_0.
    examples : ndarray, shape (N, H, W, 3), uint8
        Some test images at T; none beside a picture of another shape.
    """

    schedule: ForwardSchedule
    betas: np.ndarray
    alpha_bar: np.ndarray
    log_snr: np.ndarray
    others: dict[str, np.ndarray]
    knots: tuple[tuple[float, float], ...]
    image: EndOf
    data: EndOf
    count: int
    end: np.ndarray
    end_mean: np.ndarray
    examples: np.ndarray


# --- pixels ---


@dataclass(frozen=True, slots=True)
class ShowJoint(Payload):
    """Two pixels of x_t over a batch of test images, in one of their channels. Answer: JointShown."""

    answered_by = "explorer.engine.forward.pixels:show_joint"

    pixels: tuple[tuple[int, int], tuple[int, int]]
    batch: int
    schedule: ForwardSchedule
    seed: int
    t: int
    dataset: ReadFile = "mnist"
    channel: int = 0
    read: Reading = AS_FOUND


@dataclass(frozen=True, slots=True, eq=False)
class JointShown(Outcome):
    """Two pixels of x_t.

    Attributes
    ----------
    t : int
    points : ndarray, shape (N, 2), float32
    labels : ndarray, shape (N,), uint8
    mean, sd : (float, float)
    correlation : float
        NaN where a pixel does not vary.
    kl : float
        Of the Gaussian of the same mean and covariance to N(0, I), nats; infinite where the pixels lie on a line.
    """

    t: int
    points: np.ndarray
    labels: np.ndarray
    mean: tuple[float, float]
    sd: tuple[float, float]
    correlation: float
    kl: float


# --- the posterior ---


@dataclass(frozen=True, slots=True)
class ShowStepBack(Payload):
    """One step back from x_t, as it is with x_0 known, with the data set known, and learnt. Answer: StepBackShown.

    Attributes
    ----------
    lane : Lane or None
        The network of p_theta.
    """

    answered_by = "explorer.engine.forward.posterior:show_step_back"
    background = True

    image: ForwardImage
    schedule: ForwardSchedule
    seed: int
    t: int
    lane: Lane | None = None
    palette: Palette = "dark"


@dataclass(frozen=True, slots=True, eq=False)
class Belief:
    """One of the three.

    Attributes
    ----------
    tiles : dict of ndarray, (H, W, 3) uint8
        "x0": x_0, E[x_0 | x_t] or x0_hat; "off": its difference to the x_0 that is noised, diverging over [-1, 1];
        "mean" of x_{t-1}; "draw": an x_{t-1} with the same z.
    apart : float
        || mean - mu_tilde || / sigma_t; NaN where sigma_t = 0.
    nats : float
        apart^2 / 2: the term L_{t-1} of this image for a Gaussian with that mean.
    """

    tiles: dict[str, np.ndarray]
    apart: float
    nats: float


@dataclass(frozen=True, slots=True, eq=False)
class StepBackShown(Outcome):
    """Answer to ShowStepBack.

    Attributes
    ----------
    t : int
    a0, at, sigma : float
        Of mu_tilde = a0 x_0 + at x_t.
    x_t : ndarray, (H, W, 3) uint8
    known : Belief
        q(x_{t-1} | x_t, x_0).
    exact, network : Belief or None
        q(x_{t-1} | x_t) of the training images, and p_theta; None where the image is of another shape than they are, or there
        is no network.
    likely : ndarray, shape (K, H, W, 3), uint8
        Training images with the largest weights w_i(x_t), and those weights in `weights`, shape (K,).
    weights : ndarray
    perplexity : float
        exp of the entropy of w: as many images as x_0 may still be.
    known_images : int
        How many training images are weighed; 0 where none are.
    note : str
        Why something is missing; empty if nothing is.
    """

    t: int
    a0: float
    at: float
    sigma: float
    x_t: np.ndarray
    known: Belief
    exact: Belief | None
    network: Belief | None
    likely: np.ndarray
    weights: np.ndarray
    perplexity: float
    known_images: int = 0
    note: str = ""
