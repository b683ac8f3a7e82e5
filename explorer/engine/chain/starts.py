"""x_T of lanes that do not start from noise of their own."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import to_unit_range
from explorer.diffusion.inversion import Risen, inverting, slerp
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.pixel_range import meant
from explorer.diffusion.plan import Plan
from explorer.diffusion.predictor import Predictor, told_of
from explorer.diffusion.reverse import INITIAL
from explorer.diffusion.schedule import Schedule, ScheduleError
from explorer.engine.models.predictors import condition_in, course_of, range_of
from explorer.errors import BadInput
from explorer.recipe import Lane, Sampler
from explorer.recipe.start import End, Given, Inverted, NoiseOf, Start

AT_ONCE = 32
"""Pictures that are taken back to noise abreast."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One end, and the sample whose label the network is told on the way up."""

    end: End
    told: int


def upward(schedule: Schedule, lane: Lane, end: Inverted) -> Plan:
    """Timesteps of the way up: those of a deterministic chain of as many steps (ScheduleError if there is none)."""
    sampler = lane.sampler
    return course_of(schedule, Sampler(end.steps, 0.0, method="euler", spacing=sampler.spacing, offset=sampler.offset))


def check_start(lane: Lane, shape: tuple[int, int, int], schedule: Schedule, of_codes: bool = False) -> None:
    """Refuse a start that the lane cannot have.

    Raises
    ------
    BadInput
        If a picture or a given x_T is of another shape, a picture shall lead to codes, there are not so many steps, or a given x_T is
        not finite.
    """
    for end in lane.start.ends if lane.start is not None else ():
        if isinstance(end, Given):
            if end.shape != shape:
                raise BadInput(f"{lane.source}: its states are {shape}; the x_T that its chain starts from is {end.shape}")
            if not bool(np.isfinite(end.array()).all()):
                raise BadInput(f"{lane.source}: the x_T that its chain starts from is not finite")
        if not isinstance(end, Inverted):
            continue
        if of_codes:
            raise BadInput(f"{lane.source}: its chain is of codes, so that no picture can be taken back to its noise")
        if end.picture.shape != shape:
            raise BadInput(f"{lane.source}: makes images of {shape}; the picture that its chain starts from is {end.picture.shape}")
        try:
            upward(schedule, lane, end)
        except ScheduleError as error:
            raise BadInput(f"{lane.source}: on the way up from a picture {error}") from None


def rises(lane: Lane, predictor: Predictor, samples: int) -> int:
    """States that are made on the way up, of all pictures: what is to be prepared."""
    if lane.start is None:
        return 0
    conditional = condition_in(predictor) is not None
    wanted = {each for index in range(samples) for each in _place(lane.start, index, conditional)[:2]}
    climbing: dict[tuple[int, str, int], int] = {}
    for each in wanted:
        if isinstance(each.end, Inverted):
            key = each.end.steps, each.end.solver, each.end.rounds
            climbing[key] = climbing.get(key, 0) + 1
    return sum(steps * -(-count // AT_ONCE) for (steps, _, _), count in climbing.items())


def initial_states(
    lane: Lane, predictor: Predictor, seed: int, indices: Sequence[int], shape: Sequence[int], device: torch.device
) -> Generator[int, None, Tensor]:
    """x_T of samples of a lane that has a start, shape (N, C, H, W), returned.

    Yields
    ------
    int
        States just made on the way up of a picture; 0 at other cancel points.

    Raises
    ------
    BadInput
        If a picture does not fit, or the network puts out numbers that are not finite.
    """
    start = lane.start
    assert start is not None
    check_start(lane, (int(shape[0]), int(shape[1]), int(shape[2])), predictor.schedule)
    conditional = condition_in(predictor) is not None
    places = [_place(start, index, conditional) for index in indices]
    wanted = list(dict.fromkeys(each for first, second, _ in places for each in (first, second)))
    found: dict[_Wanted, Tensor] = {}
    for each in wanted:
        if isinstance(each.end, NoiseOf):
            own = seed if each.end.seed is None else each.end.seed
            found[each] = shared_noise(own, [each.end.sample], INITIAL, shape, device)
        elif isinstance(each.end, Given):
            found[each] = torch.from_numpy(each.end.array().astype(np.float32))[None].to(device)
    climbing: dict[tuple[int, str, int], list[_Wanted]] = {}
    for each in wanted:
        if isinstance(each.end, Inverted):
            climbing.setdefault((each.end.steps, each.end.solver, each.end.rounds), []).append(each)
    for alike in climbing.values():
        for first in range(0, len(alike), AT_ONCE):
            yield from _climb(lane, predictor, alike[first : first + AT_ONCE], found, device)
    return torch.cat([found[a] if share == 0 else slerp(found[a], found[b], share) for a, b, share in places])


def _place(start: Start, index: int, conditional: bool) -> tuple[_Wanted, _Wanted, float]:
    """Both ends of a sample, and how far it is from the first to the second."""
    if not start.stations:
        end = _Wanted(start.ends[index % len(start.ends)], index if conditional else 0)
        return end, end, 0.0
    station, last = index % start.stations, start.stations - 1
    ends = [_Wanted(end, told if conditional else 0) for end, told in zip(start.ends, (0, last), strict=True)]
    return (ends[1], ends[1], 0.0) if station == last else (ends[0], ends[1], station / last)


def _climb(
    lane: Lane, predictor: Predictor, alike: Sequence[_Wanted], found: dict[_Wanted, Tensor], device: torch.device
) -> Generator[int, None, None]:
    """Take pictures back to noise abreast."""
    ends = [each.end for each in alike if isinstance(each.end, Inverted)]
    pixels = torch.stack([torch.from_numpy(to_unit_range(end.picture.array())) for end in ends]).to(device)
    course = upward(predictor.schedule, lane, ends[0])
    told = told_of(predictor, [each.told for each in alike])
    for risen in inverting(told, meant(pixels, range_of(predictor)), course, ends[0].solver, ends[0].rounds):
        yield 1 if isinstance(risen, Risen) else 0
        if risen is not None and risen.last:
            found |= dict(zip(alike, risen.x_t.split(1), strict=True))
