"""x_t both ways: at once by Property 1, and by the steps of a walk with the same noise."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
import torch
from torch import Tensor

from explorer.diffusion.walk import noise_weights, step_noises, total_noise, walk
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
        self._walk: tuple[tuple[ForwardImage, tuple[str, int, int], ForwardSchedule, int], Tensor] | None = None
        self._noises: tuple[tuple[int, int, tuple[int, ...]], Tensor] | None = None

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """None walked yet."""
        return cls()

    def states(self, request: ShowNoised | ShowNoisedFilm | ShowStepBack) -> Tensor:
        """x_0 .. x_T by steps, (T + 1, C, H, W), float64."""
        key = (request.image, stamp(request.image.dataset), request.schedule, request.seed)
        if self._walk is None or self._walk[0] != key:
            x0 = values_of(request.image).double()
            noises = self.noises(request.seed, request.schedule.T, tuple(x0.shape))
            self._walk = key, walk(schedule_of(request.schedule), x0, noises)
        return self._walk[1]

    def noises(self, seed: int, T: int, shape: tuple[int, ...]) -> Tensor:
        """eps_1 .. eps_T of the steps, (T, C, H, W)."""
        key = (seed, T, shape)
        if self._noises is None or self._noises[0] != key:
            self._noises = key, step_noises(seed, T, shape)
        return self._noises[1]


def show_noised(request: ShowNoised, desk: Desk) -> Steps:
    """Answer a ShowNoised (BadInput if there is no such timestep, schedule or image)."""
    yield from read_aside(request.image.dataset)
    walks = desk.of(Walks)
    schedule, t = schedule_of(request.schedule), request.t
    if not 0 <= t <= schedule.T:
        raise BadInput(f"there is no timestep {t}: this schedule's are 0..{schedule.T}")
    states = walks.states(request)
    yield None
    x0 = states[0]
    noises = walks.noises(request.seed, schedule.T, tuple(x0.shape))
    alpha_bar = float(schedule.alpha_bar[t])
    eps = total_noise(schedule, noises, t)
    image_part, noise_part = math.sqrt(alpha_bar) * x0, math.sqrt(1 - alpha_bar) * eps
    x_t = image_part + noise_part
    tiles = {
        "x_t": grey_tile(x_t), "x_0": grey_tile(x0), "image part": grey_tile(image_part),
        "eps": _noise(eps, request), "noise part": _noise(noise_part, request), "walked": grey_tile(states[t]),
    }  # fmt: skip
    beta = float(schedule.betas[t - 1]) if t else 0.0
    if t:
        tiles["x_prev"] = grey_tile(states[t - 1])
        tiles["step image"] = grey_tile(math.sqrt(1 - beta) * states[t - 1])
        tiles["step noise"] = _noise(math.sqrt(beta) * noises[t - 1].double(), request)
    weights = noise_weights(schedule, t) if t else torch.zeros(0)
    apart = float((x_t - states[t]).abs().max())
    yield NoisedShown(t, schedule.T, alpha_bar, beta, tiles, read_only(x_t.float().numpy()), read_only(weights.numpy()), apart)


def show_film(request: ShowNoisedFilm, desk: Desk) -> Steps:
    """Answer a ShowNoisedFilm (BadInput if there are no such timesteps)."""
    yield from read_aside(request.image.dataset)
    states = desk.of(Walks).states(request)
    if not all(0 <= t < len(states) for t in request.timesteps):
        raise BadInput(f"timesteps of the film strip are in 0..{len(states) - 1}")
    chosen = states[list(request.timesteps)]
    yield NoisedFilmShown(read_only(np.array(request.timesteps, np.int64)), read_only(grey_tiles(chosen.float().numpy())))


def _noise(values: Tensor, request: ShowNoised) -> np.ndarray:
    return read_only(diverging_tiles(values[None].float().numpy(), NOISE_SCALE, request.palette)[0])
