"""The Forward workspace's requests, synchronous and without Qt: the image, x_t both ways, schedules, pixels."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from explorer.datasets.images import ImageSet, load_images, read_picture, to_unit_range
from explorer.diffusion.forward import q_sample
from explorer.diffusion.noise import noise_array
from explorer.diffusion.schedule import Schedule, ScheduleError, named
from explorer.diffusion.schedule_shapes import Levels, kl_to_standard, knots_on
from explorer.diffusion.walk import STEPS, noise_weights, step_noises, total_noise, walk
from explorer.engine.arrays import read_only
from explorer.engine.forward import asides
from explorer.engine.forward.asides_messages import ShowAsides
from explorer.engine.forward.chain1d_messages import ShowChain1D
from explorer.engine.forward.messages import (
    EndOf,
    ForwardPayload,
    JointShown,
    NoisedFilmShown,
    NoisedShown,
    PictureTaken,
    ScheduleShown,
    ShowJoint,
    ShowNoised,
    ShowNoisedFilm,
    ShowSchedule,
    ShowStepBack,
    ShowTestImages,
    TakePicture,
    TestImagesShown,
)
from explorer.engine.forward.posterior import DATA_SHAPE, Posteriors
from explorer.engine.messages import Outcome
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import chosen_schedule
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from explorer.errors import BadInput
from explorer.latent.picture import fit_picture
from explorer.recipe.dabs import picture_of
from explorer.recipe.drawing import drawn
from explorer.recipe.forward import ForwardImage, ForwardSchedule

Steps = Iterator[Outcome | None]
MOST_SIDE = 64
"""Of a picture that keeps its shape: the walk has T + 1 states of it."""
NOISE_SCALE = 3.0
JOINT, DIGITS = STEPS + 1, STEPS + 2
"""Streams of noise of the pixels over a batch, and of the digits at T."""
SHOWN_DIGITS = 12


class Forward:
    """Answers requests; keeps the last walk, so that scrubbing costs one product."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._walk: tuple[tuple[ForwardImage, ForwardSchedule, int], Tensor] | None = None
        self._noises: tuple[tuple[int, int, tuple[int, ...]], Tensor] | None = None
        self._posteriors = Posteriors(models)

    def handle(self, payload: ForwardPayload) -> Steps:
        """Answer one of the requests; None is a cancel point.

        Raises
        ------
        BadInput
            If there is no such test image, schedule or checkpoint, or a picture cannot be read.
        """
        match payload:
            case ShowTestImages():
                yield _test_images(payload)
            case TakePicture():
                yield _take(payload)
            case ShowNoised():
                yield from self._noised(payload)
            case ShowNoisedFilm():
                yield from self._film(payload)
            case ShowSchedule():
                yield from _schedule(payload)
            case ShowJoint():
                yield _joint(payload)
            case ShowStepBack():
                schedule, x0 = schedule_of(payload.schedule), values_of(payload.image)
                yield from self._posteriors.show(payload, schedule, x0, self._states(payload)[min(payload.t, schedule.T)])
            case ShowAsides():
                yield asides.asides(payload.asides)
            case ShowChain1D():
                yield from asides.chain(payload, schedule_of(payload.schedule))

    def _states(self, request: ShowNoised | ShowNoisedFilm | ShowStepBack) -> Tensor:
        """x_0 .. x_T by steps, (T + 1, C, H, W), float64."""
        key = (request.image, request.schedule, request.seed)
        if self._walk is None or self._walk[0] != key:
            x0 = values_of(request.image).double()
            noises = self._noises_of(request.seed, request.schedule.T, tuple(x0.shape))
            self._walk = key, walk(schedule_of(request.schedule), x0, noises)
        return self._walk[1]

    def _noises_of(self, seed: int, T: int, shape: tuple[int, ...]) -> Tensor:
        key = (seed, T, shape)
        if self._noises is None or self._noises[0] != key:
            self._noises = key, step_noises(seed, T, shape)
        return self._noises[1]

    def _noised(self, request: ShowNoised) -> Steps:
        schedule, t = schedule_of(request.schedule), request.t
        if not 0 <= t <= schedule.T:
            raise BadInput(f"there is no timestep {t}: this schedule's are 0..{schedule.T}")
        states = self._states(request)
        yield None
        x0 = states[0]
        noises = self._noises_of(request.seed, schedule.T, tuple(x0.shape))
        alpha_bar = float(schedule.alpha_bar[t])
        eps = total_noise(schedule, noises, t)
        image_part, noise_part = math.sqrt(alpha_bar) * x0, math.sqrt(1 - alpha_bar) * eps
        x_t = image_part + noise_part
        tiles = {
            "x_t": _grey(x_t), "x_0": _grey(x0), "image part": _grey(image_part),
            "eps": _noise(eps, request), "noise part": _noise(noise_part, request), "walked": _grey(states[t]),
        }  # fmt: skip
        beta = float(schedule.betas[t - 1]) if t else 0.0
        if t:
            tiles["x_prev"] = _grey(states[t - 1])
            tiles["step image"] = _grey(math.sqrt(1 - beta) * states[t - 1])
            tiles["step noise"] = _noise(math.sqrt(beta) * noises[t - 1].double(), request)
        weights = noise_weights(schedule, t) if t else torch.zeros(0)
        apart = float((x_t - states[t]).abs().max())
        yield NoisedShown(t, schedule.T, alpha_bar, beta, tiles, read_only(x_t.float().numpy()), read_only(weights.numpy()), apart)

    def _film(self, request: ShowNoisedFilm) -> Steps:
        states = self._states(request)
        if not all(0 <= t < len(states) for t in request.timesteps):
            raise BadInput(f"timesteps of the film strip are in 0..{len(states) - 1}")
        chosen = states[list(request.timesteps)]
        yield NoisedFilmShown(read_only(np.array(request.timesteps, np.int64)), read_only(grey_tiles(chosen.float().numpy())))


def schedule_of(choice: ForwardSchedule) -> Schedule:
    """Schedule of a recipe (BadInput if there is none such)."""
    return _cached_schedule(choice)


@lru_cache(maxsize=8)
def _cached_schedule(choice: ForwardSchedule) -> Schedule:
    return chosen_schedule(choice.choice)


def values_of(image: ForwardImage) -> Tensor:
    """x_0, (C, H, W) float32 in [-1, 1].

    Raises
    ------
    BadInput
        If there is no such test image, or the picture is too large to be noised.
    """
    if image.picture is None:
        data = load_images("mnist", "test")
        if image.index >= len(data.images):
            raise BadInput(f"there is no test image {image.index}: they are 0..{len(data.images) - 1}")
        return torch.from_numpy(to_unit_range(data.images[image.index]))
    array = image.picture.array()
    if max(array.shape[1:]) > MOST_SIDE:
        raise BadInput(f"{image.picture.name or 'the picture'}: its sides are at most {MOST_SIDE} pixels here; resize it")
    return torch.from_numpy(to_unit_range(array))


def _test_images(request: ShowTestImages) -> TestImagesShown:
    data = load_images("mnist", "test")
    total = len(data.images)
    start = max(0, min(request.start, total - 1))
    part = slice(start, start + max(1, min(request.count, 256)))
    tiles = grey_tiles(to_unit_range(data.images[part]))
    return TestImagesShown(start, read_only(tiles), read_only(_labels(data)[part].copy()), total)


def _labels(data: ImageSet) -> np.ndarray:
    return data.labels if data.labels is not None else np.zeros(len(data.images), np.uint8)


# --- pictures ---


def _take(request: TakePicture) -> PictureTaken:
    if request.drawing:
        name, raw = "drawing", drawn(request.drawing, *DATA_SHAPE[1:])[None]
    elif request.pixels is not None:
        name, raw = "pasted picture", np.ascontiguousarray(request.pixels.transpose(2, 0, 1))
    else:
        name, raw = Path(request.path).name, read_picture(Path(request.path))
    try:
        fitted = picture_of(raw if raw.shape == DATA_SHAPE else fit_picture(raw, DATA_SHAPE), name)
    except ValueError as error:
        raise BadInput(f"{request.path or name}: {error}") from None
    return PictureTaken(name, (raw.shape[1], raw.shape[2]), fitted, picture_of(_smaller(raw), name), raw.shape[1:] == DATA_SHAPE[1:])


def _smaller(raw: np.ndarray) -> np.ndarray:
    """The picture in its own shape, its longer side at most MOST_SIDE; grey if it has no colours."""
    if len(raw) == 3 and (raw == raw[:1]).all():
        raw = raw[:1]
    _, height, width = raw.shape
    scale = min(1.0, MOST_SIDE / max(height, width))
    if scale == 1.0:
        return raw
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.stack([np.asarray(Image.fromarray(plane).resize(size, Image.Resampling.BOX)) for plane in raw])


# --- schedules ---


def _schedule(request: ShowSchedule) -> Steps:
    schedule, x0 = schedule_of(request.schedule), values_of(request.image)
    levels = Levels(schedule.betas.numpy(), schedule.alpha_bar.numpy())
    T, end = schedule.T, float(schedule.alpha_bar[-1])
    square, mean, digits = data_moments()
    yield None
    shown = load_images("mnist", "test").images[:SHOWN_DIGITS]
    noise = np.stack([noise_array(request.seed, i, 0, x0.shape, DIGITS) for i in range(max(1, SHOWN_DIGITS))])
    x_T = math.sqrt(end) * x0 + math.sqrt(1 - end) * torch.from_numpy(noise[0])
    others = {name: read_only(alpha_bar) for name, alpha_bar in _named_levels(T).items()}
    image = _end_of(float(x0.double().square().mean()), float(x0.double().var(correction=0)), end, x0.numel())
    of_data = _end_of(square, square - mean**2, end, math.prod(DATA_SHAPE))
    if x0.shape == DATA_SHAPE:
        digits = digits[:SHOWN_DIGITS]
        noised = math.sqrt(end) * to_unit_range(shown) + math.sqrt(1 - end) * noise
    else:
        noised = np.zeros((0, *DATA_SHAPE), np.float32)
    yield ScheduleShown(
        request.schedule, read_only(levels.betas.copy()), read_only(levels.alpha_bar.copy()), read_only(levels.log_snr), others,
        request.schedule.knots if request.schedule.shape == "bent" else knots_on(levels),
        image, of_data, _grey(x_T), _grey(math.sqrt(end) * x0), read_only(grey_tiles(noised.astype(np.float32))),
    )  # fmt: skip


def _end_of(mean_square: float, variance: float, alpha_bar: float, size: int) -> EndOf:
    """`variance` is that of x_0's values."""
    kl = size * kl_to_standard(mean_square, alpha_bar)
    return EndOf(math.sqrt(alpha_bar * mean_square), 1 - alpha_bar, alpha_bar * variance + 1 - alpha_bar, kl)


@lru_cache(maxsize=1)
def data_moments() -> tuple[float, float, np.ndarray]:
    """Mean square and mean of all values of the test images, and their labels."""
    data = load_images("mnist", "test")
    counts = np.bincount(data.images.reshape(-1), minlength=256)
    values = np.arange(256) / 127.5 - 1
    total = counts.sum()
    return float(counts @ values**2 / total), float(counts @ values / total), _labels(data)


@lru_cache(maxsize=4)
def _named_levels(T: int) -> dict[str, np.ndarray]:
    found = {}
    for name in ("linear", "cosine"):
        try:
            found[name] = named(name, T).alpha_bar.numpy()
        except ScheduleError:
            continue  # too few timesteps for it
    return found


# --- pixels ---


def _joint(request: ShowJoint) -> JointShown:
    data = load_images("mnist", "test")
    schedule = schedule_of(request.schedule)
    _, height, width = data.image_shape
    if not all(row < height and column < width for row, column in request.pixels):
        raise BadInput(f"the pixels of the data are in 0..{height - 1} x 0..{width - 1}")
    batch = data.images[: request.batch]
    x0 = torch.from_numpy(to_unit_range(np.stack([batch[:, 0, row, column] for row, column in request.pixels], axis=1)))
    eps = torch.from_numpy(noise_array(request.seed, 0, 0, (len(x0), 2), JOINT))
    t = min(max(request.t, 0), schedule.T)
    points = q_sample(schedule, x0.double(), torch.full((len(x0),), t), eps.double())
    mean, covariance = points.mean(0), points.T.cov(correction=0)
    sd = covariance.diagonal().sqrt()
    spread, determinant = float(sd.prod()), float(torch.linalg.det(covariance))
    correlation = float(covariance[0, 1]) / spread if spread > 1e-12 else math.nan
    kl = math.inf
    if determinant > 1e-12:
        kl = max(0.0, 0.5 * (float(covariance.trace() + mean.square().sum()) - 2 - math.log(determinant)))
    labels = read_only(_labels(data)[: request.batch].copy())
    return JointShown(
        t, read_only(points.float().numpy()), labels, (float(mean[0]), float(mean[1])), (float(sd[0]), float(sd[1])), correlation, kl
    )


# --- tiles ---


def _grey(values: Tensor) -> np.ndarray:
    return read_only(grey_tiles(values[None].float().numpy())[0])


def _noise(values: Tensor, request: ShowNoised) -> np.ndarray:
    return read_only(diverging_tiles(values[None].float().numpy(), NOISE_SCALE, request.palette)[0])
