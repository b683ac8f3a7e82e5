"""A schedule against t, and what x_T is under it."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import torch

from explorer.datasets.images import ImageSet, to_unit_range
from explorer.diffusion.noise import noise_array
from explorer.diffusion.schedule import ScheduleError, named
from explorer.diffusion.schedule_shapes import Levels, kl_to_standard, knots_on
from explorer.diffusion.walk import STEPS
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.forward.messages import EndOf, ScheduleShown, ShowSchedule
from explorer.engine.forward.sources import read_aside, schedule_of, values_of
from explorer.engine.forward.tiles import grey_tile
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps

SHOWN = 12
EXAMPLES = STEPS + 2
MOMENTS = 10_000
"""Stream of noise of the test images at T."""


def show_schedule(request: ShowSchedule, desk: Desk) -> Steps:
    """Answer a ShowSchedule (BadInput if there is no such schedule or image)."""
    data = yield from read_aside(request.image.dataset, request.image.read)
    schedule, x0 = schedule_of(request.schedule), values_of(request.image)
    levels = Levels(schedule.betas.numpy(), schedule.alpha_bar.numpy())
    T, end = schedule.T, float(schedule.alpha_bar[-1])
    square, mean = data_moments(data)
    yield None
    shown = data.images[:SHOWN]
    noise = np.stack([noise_array(request.seed, i, 0, x0.shape, EXAMPLES) for i in range(max(1, len(shown)))])
    x_T = math.sqrt(end) * x0 + math.sqrt(1 - end) * torch.from_numpy(noise[0])
    others = {name: read_only(alpha_bar) for name, alpha_bar in _named_levels(T).items()}
    image = _end_of(float(x0.double().square().mean()), float(x0.double().var(correction=0)), end, x0.numel())
    of_data = _end_of(square, square - mean**2, end, math.prod(data.image_shape))
    if tuple(x0.shape) == data.image_shape:
        noised = math.sqrt(end) * to_unit_range(shown) + math.sqrt(1 - end) * noise
    else:
        noised = np.zeros((0, *data.image_shape), np.float32)
    yield ScheduleShown(
        request.schedule, read_only(levels.betas.copy()), read_only(levels.alpha_bar.copy()), read_only(levels.log_snr), others,
        request.schedule.knots if request.schedule.shape == "bent" else knots_on(levels),
        image, of_data, min(len(data.images), MOMENTS), grey_tile(x_T), grey_tile(math.sqrt(end) * x0),
        read_only(grey_tiles(noised.astype(np.float32))),
    )  # fmt: skip


def _end_of(mean_square: float, variance: float, alpha_bar: float, size: int) -> EndOf:
    """`variance` is that of x_0's values."""
    kl = size * kl_to_standard(mean_square, alpha_bar)
    return EndOf(math.sqrt(alpha_bar * mean_square), 1 - alpha_bar, alpha_bar * variance + 1 - alpha_bar, kl)


@lru_cache(maxsize=2)
def data_moments(data: ImageSet) -> tuple[float, float]:
    """Mean square and mean of all values of the test images, of many of them the first 10,000."""
    counts = np.bincount(data.images[:MOMENTS].reshape(-1), minlength=256)
    values = np.arange(256) / 127.5 - 1
    total = counts.sum()
    return float(counts @ values**2 / total), float(counts @ values / total)


@lru_cache(maxsize=4)
def _named_levels(T: int) -> dict[str, np.ndarray]:
    found = {}
    for name in ("linear", "cosine"):
        try:
            found[name] = named(name, T).alpha_bar.numpy()
        except ScheduleError:
            continue  # too few timesteps for it
    return found
