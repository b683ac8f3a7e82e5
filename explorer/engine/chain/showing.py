"""Answers about lanes that have states: at a step, as terms, as a film, as curves. No torch, whatever the lanes are."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np

from explorer.diffusion.samplers.steps import told_of
from explorer.engine.arrays import read_only
from explorer.engine.chain.curve_messages import CurvesShown, ShowCurves
from explorer.engine.chain.curves import CurveBook
from explorer.engine.chain.looks import look
from explorer.engine.chain.messages import FilmShown, LaneBlank, LaneFrame, ShowFilm, ShowStep, ShowTerms, StepShown, TermsShown
from explorer.engine.chain.quantities import Around, made_for
from explorer.engine.chain.shown_lane import NeedsNetwork, ShownLane
from explorer.engine.pictures.tiles import tiles_of
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe.quantities import own


def show_step(around: Around, request: ShowStep) -> Steps:
    """Tiles of lanes at the cursor."""
    frames, blank = [], []
    for key in request.keys:
        lane = around.shown(key)
        if lane is None:
            continue
        try:
            for found in made_for(around, lane, request):
                if found is None:
                    yield None
                elif isinstance(found, LaneBlank):
                    blank.append(found)
                else:
                    k, values = found
                    for frame in _frame(lane, k, values, request):
                        if frame is None:
                            yield None
                        else:
                            frames.append(frame)
        except NeedsNetwork as lost:
            k = lane.nearest(request.t, request.quantity, around.levels(request.timeline))
            blank.append(LaneBlank(lane.key, int(lane.timesteps[k]), "network", str(lost)))
    yield StepShown(request.t, request.quantity, tuple(frames), tuple(blank))


def _frame(lane: ShownLane, k: int, made: Any, request: ShowStep) -> Iterator[LaneFrame | None]:
    for seen in look(lane, k, request.quantity, made, request.palette, range(lane.key.samples), request.decoded, request.by_mean):
        if seen is None:
            yield None
        else:
            tiles, values = read_only(seen.tiles), read_only(seen.values.view())
            yield LaneFrame(lane.key, k, int(lane.timesteps[k]), tiles, values, seen.scale, seen.diverging)


def show_terms(around: Around, request: ShowTerms) -> Steps:
    """All quantities of one sample at the cursor: the terms of the equation."""
    lane = around.shown(request.key)
    if lane is None:
        raise BadInput("this lane has not been sampled yet")
    k = min(lane.nearest(request.t, "mean", around.levels(request.timeline)), lane.course.K)
    tiles, values, norms = {}, {}, {}
    wanted = [(name, k, name) for name in own()]
    wanted.append(("x_prev", min(k + 1, lane.course.K, max(lane.done, k)), "x_t"))
    for name, index, quantity in wanted:
        try:
            for made in lane.show(index, quantity):
                if made is None:
                    yield None
                    continue
                one = np.asarray(made)[request.sample : request.sample + 1]
                norms[name] = float(np.linalg.norm(one.astype(np.float64)))
                for seen in look(lane, index, quantity, one, request.palette, (request.sample,), request.decoded):
                    if seen is None:
                        yield None
                    else:
                        tiles[name], values[name] = read_only(seen.tiles[0]), read_only(seen.values[0])
        except NeedsNetwork:  # the equation goes without its picture
            continue
    for name, made in (yield from _further(lane, k)).items():
        one = np.asarray(made)[request.sample : request.sample + 1]
        like = "eps_hat" if name in ("slope", "eps_next") else "x0_hat"
        for seen in look(lane, k, like, one, request.palette, (request.sample,), request.decoded, of=name):
            if seen is None:
                yield None
            else:
                tiles[name], values[name] = read_only(seen.tiles[0]), read_only(seen.values[0])
    drawn = around.drawn_image(lane, k, request.sample)
    if drawn is not None:
        step = lane.course.steps[k]
        component = step.a0 * drawn[0] + step.at * values["x_t"]
        for name, image in (("drawn", drawn[0]), ("component", component.astype(np.float32))):
            tiles[name], values[name] = read_only(tiles_of(image[None], "mean", request.palette)[0][0]), read_only(image)
    yield TermsShown(request.key, k, int(lane.timesteps[k]), request.sample, tiles, values if request.values else {}, norms)


def _further(lane: ShownLane, k: int) -> Generator[None, None, dict[str, Any]]:
    """What the sampler made the step of beside the quantities that every lane has; a None for each cancel point."""
    found: dict[str, Any] = {}
    for frame in lane.frame(k) if k < lane.course.K else ():
        if frame is None:
            yield None
        elif frame.x0_hat is not None:
            found = told_of(lane.course.method, lane.course, k, frame.x, frame.x0_hat, frame.towards)
    return found


def show_film(around: Around, request: ShowFilm) -> Steps:
    """One sample at evenly spaced states."""
    lane = around.shown(request.key)
    if lane is None:
        raise BadInput("this lane has not been sampled yet")
    wanted = np.unique(np.linspace(0, lane.course.K, max(2, request.count)).round().astype(int))
    available = lane.nearest(0, request.quantity)
    indices = [int(k) for k in wanted if k <= available]
    pictures = []
    for k in indices:
        for made in lane.show(k, request.quantity):
            if made is None:
                yield None
                continue
            one = np.asarray(made)[request.sample : request.sample + 1]
            decoded = request.decoded or k == lane.course.K
            for seen in look(lane, k, request.quantity, one, request.palette, (request.sample,), decoded, request.by_mean):
                if seen is None:
                    yield None
                else:
                    pictures.append(seen.tiles[0])
    tiles = _of_one_size(pictures)
    yield FilmShown(request.key, request.sample, request.quantity, read_only(lane.timesteps[indices]), read_only(tiles))


def _of_one_size(pictures: Sequence[np.ndarray]) -> np.ndarray:
    """Pictures (H, W, 3) of a film, (M, H, W, 3): of codes whose last one is decoded, all as large as the largest, pixels repeated."""
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    rows, columns = np.arange(height), np.arange(width)
    return np.stack([p[rows * p.shape[0] // height][:, columns * p.shape[1] // width] for p in pictures])


def show_curves(around: Around, book: CurveBook, request: ShowCurves) -> Steps:
    """Norms of lanes, and their distances to the reference, against t."""
    reference = around.shown(request.reference) if request.reference is not None else None
    shown = []
    for key in request.keys:
        lane = around.shown(key)
        if lane is not None:
            shown.append(book.of(lane, reference, request.sample))
            yield None
    yield CurvesShown(request.sample, request.reference, tuple(shown))
