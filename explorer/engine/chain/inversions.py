"""Answers how well a picture comes back from its noise."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import to_unit_range
from explorer.diffusion.divergence import as_field, slope
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.pixel_range import meant, seen
from explorer.diffusion.predictor import told_of
from explorer.diffusion.reverse import INITIAL
from explorer.engine.arrays import read_only
from explorer.engine.aside import Pace, paced
from explorer.engine.chain.inversion_messages import InversionShown, MeasureInversion, NoiseShown, ShowNoise, TripShown
from explorer.engine.chain.starts import check_start, upward
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import can_be_apart, range_of
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.evaluation.inversion import RoundTrip, counts_within, round_trip
from explorer.recipe.start import Start

replace = msgspec.structs.replace


def measure_inversion(request: MeasureInversion, desk: Desk) -> Steps:
    """Answer a MeasureInversion.

    Raises
    ------
    BadInput
        If the lane's file cannot be opened, or the picture does not fit it.
    """
    models, lane, end = desk.of(Models), replace(request.lane, edits=(), start=None), request.end
    yield from models.ready([lane])
    predictor, shape = models.predictor(lane), models.image_shape(lane)
    checkpoint = models.lane_checkpoint(lane) if lane.checkpoint else None
    of_codes = checkpoint is not None and checkpoint.card.latent is not None
    check_start(replace(lane, start=Start((end,))), shape, predictor.schedule, of_codes)
    own = range_of(predictor)
    x0 = meant(torch.from_numpy(to_unit_range(end.picture.array()))[None].to(models.device), own)
    told = told_of(predictor, [0])
    counts = counts_within((*request.counts, end.steps), predictor.schedule.T)
    pace: Pace[Any] = Pace(can_be_apart(models.device, predictor))
    for _ in range(2):  # the first one makes things ready
        yield from pace.step(lambda: slope(as_field(told), x0, predictor.schedule.T // 2 + 1))
        yield None
    seconds = pace.took * sum(counts) * (2 + end.rounds) * (1 + (lane.guidance != 0))
    trips: list[TripShown] = []
    yield InversionShown(end, (), len(counts), seconds, True)
    for count in counts:
        course = upward(predictor.schedule, lane, replace(end, steps=count))
        trip = yield from paced(round_trip(told, x0, course, end.solver, end.rounds), pace)
        trips.append(_shown(trip, seen(trip.back, own)))
        yield InversionShown(end, tuple(trips), len(counts), seconds, len(trips) < len(counts))


def show_noise(request: ShowNoise, desk: Desk) -> Steps:
    """Answer a ShowNoise (BadInput if the lane's file cannot be opened)."""
    models, of = desk.of(Models), request.of
    yield from models.opened([request.key.lane])
    shape = models.image_shape(request.key.lane)
    noise = shared_noise(request.key.seed if of.seed is None else of.seed, [of.sample], INITIAL, shape)
    yield NoiseShown(of, _tile(noise))


def _shown(trip: RoundTrip, back: Tensor) -> TripShown:
    found = trip.figures
    return TripShown(
        steps=trip.steps, error=trip.error, psnr=trip.psnr, norm=found.norm, expected=found.expected, kurtosis=found.kurtosis,
        neighbours=found.along, norm_score=found.norm_score, kurtosis_score=found.kurtosis_score, neighbours_score=found.along_score,
        noise=_tile(trip.noise), back=_tile(back),
    )  # fmt: skip


def _tile(x: Tensor) -> np.ndarray:
    return read_only(grey_tiles(x.float().cpu().numpy())[0])
