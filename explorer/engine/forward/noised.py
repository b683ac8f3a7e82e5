"""x_t both ways: at once by Property 1, and by the steps of a walk with the same noise."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Self

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.walk import StepNoises, Walk, noise_weights
from explorer.engine.arrays import read_only
from explorer.engine.desk import Desk
from explorer.engine.forward.messages import NoisedFilmShown, NoisedShown, ShowNoised, ShowNoisedFilm, ShowStepBack
from explorer.engine.forward.sources import read_aside, schedule_of, values_of
from explorer.engine.forward.tiles import grey_tile
from explorer.engine.models.data_sets import stamp
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage, ForwardSchedule

NOISE_SCALE = 3.0


class Walks:
    """The walk from x_0 to x_T that was asked for last: scrubbing then costs one product."""

    def __init__(self) -> None:
        self._walk: tuple[tuple[ForwardImage, tuple[str, int, int], ForwardSchedule, int], Walk] | None = None
        self._noises: tuple[tuple[int, int, tuple[int, ...]], StepNoises] | None = None

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """None walked yet."""
        return cls()

    def walked(self, request: ShowNoised | ShowNoisedFilm | ShowStepBack) -> Generator[None, None, Walk]:
        """The walk of a request, returned; None for each cancel point (BadInput as of `values_of`)."""
        key = (request.image, stamp(request.image.dataset), request.schedule, request.seed)
        if self._walk is None or self._walk[0] != key:
            x0 = values_of(request.image).double()
            noises = self._noises_of(request.seed, request.schedule.T, tuple(x0.shape))
            made = Walk(schedule_of(request.schedule), x0, noises)
            yield from made.walk()
            self._walk = key, made
        return self._walk[1]

    def _noises_of(self, seed: int, T: int, shape: tuple[int, ...]) -> StepNoises:
        """Those of the walk before, where only its schedule or its image is another."""
        key = (seed, T, shape)
        if self._noises is None or self._noises[0] != key:
            self._noises = key, StepNoises(seed, T, shape)
        return self._noises[1]


def show_noised(request: ShowNoised, desk: Desk) -> Steps:
    """Answer a ShowNoised (BadInput if there is no such timestep, schedule or image)."""
    yield from read_aside(request.image.dataset, request.image.read)
    schedule, t = schedule_of(request.schedule), request.t
    if not 0 <= t <= schedule.T:
        raise BadInput(f"there is no timestep {t}: this schedule's are 0..{schedule.T}")
    walk = yield from desk.of(Walks).walked(request)
    yield None
    x0, x_walked, eps = walk.state(0), walk.state(t), walk.total_noise(t)
    alpha_bar = float(schedule.alpha_bar[t])
    image_part, noise_part = math.sqrt(alpha_bar) * x0, math.sqrt(1 - alpha_bar) * eps
    x_t = image_part + noise_part
    tiles = {
        "x_t": grey_tile(x_t), "x_0": grey_tile(x0), "image part": grey_tile(image_part),
        "eps": _noise(eps, request), "noise part": _noise(noise_part, request), "walked": grey_tile(x_walked),
    }  # fmt: skip
    beta = float(schedule.betas[t - 1]) if t else 0.0
    if t:
        before = walk.state(t - 1)
        tiles["x_prev"] = grey_tile(before)
        tiles["step image"] = grey_tile(math.sqrt(1 - beta) * before)
        tiles["step noise"] = _noise(math.sqrt(beta) * walk.noises.at(t).double(), request)
    weights = noise_weights(schedule, t) if t else torch.zeros(0)
    apart = float((x_t - x_walked).abs().max())
    yield NoisedShown(t, schedule.T, alpha_bar, beta, tiles, read_only(x_t.float().numpy()), read_only(weights.numpy()), apart)


def show_film(request: ShowNoisedFilm, desk: Desk) -> Steps:
    """Answer a ShowNoisedFilm (BadInput if there are no such timesteps)."""
    yield from read_aside(request.image.dataset, request.image.read)
    T = schedule_of(request.schedule).T
    if not all(0 <= t <= T for t in request.timesteps):
        raise BadInput(f"timesteps of the film strip are in 0..{T}")
    walk = yield from desk.of(Walks).walked(request)
    chosen = []
    for t in request.timesteps:
        chosen.append(walk.state(t).float())
        yield None
    tiles = grey_tiles(torch.stack(chosen).numpy()) if chosen else np.zeros((0, *walk.state(0).shape[1:], 3), np.uint8)
    yield NoisedFilmShown(read_only(np.array(request.timesteps, np.int64)), read_only(tiles))


def _noise(values: Tensor, request: ShowNoised) -> np.ndarray:
    return read_only(diverging_tiles(values[None].float().numpy(), NOISE_SCALE, request.palette)[0])
