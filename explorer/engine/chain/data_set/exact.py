"""The exact process beside the lanes: the engine's part of the panel "Data set"."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from typing import Self
from weakref import WeakKeyDictionary

import numpy as np
import torch

from explorer.engine.arrays import read_only
from explorer.engine.aside import aside
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.curve_messages import LaneCurves
from explorer.engine.chain.curves import mean_over
from explorer.engine.chain.data_set.ideal import Beside, beside
from explorer.engine.chain.data_set.messages import (
    DataSetOpened,
    ExactAbsent,
    FindNearest,
    IdealMeasured,
    MeasureIdeal,
    NearestShown,
    OpenDataSet,
    ShowWeights,
    WeightsShown,
)
from explorer.engine.chain.exact_draws import drawn_index
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.lost_lane import LostLane
from explorer.engine.chain.messages import LaneKey
from explorer.engine.chain.shown_lane import ShownLane
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe import ExactProcess
from explorer.recipe.quantities import QUANTITIES

STRETCH_SECONDS = 0.25
"""Work after which distances are shown, and more is asked for."""
STRETCH = 64
"""States weighed at once."""
COARSEST = 64
"""Distances are measured at every 64th state first, then at every 32nd, and so on."""
SCALE = QUANTITIES["to_ideal"].scale


def open_data_set(request: OpenDataSet, desk: Desk) -> Steps:
    """Answer an OpenDataSet (BadInput if it cannot be read or holds no images)."""
    exact, found = yield from aside(partial(desk.of(Models).data_sets.opened, ExactProcess(request.source, read=request.read)))
    yield DataSetOpened(exact, found.name, found.data.n, found.data.image_shape, found.taken)


def show_weights(request: ShowWeights, desk: Desk) -> Steps:
    """Answer a ShowWeights; a cancel point at each block of images.

    Raises
    ------
    BadInput
        If the lane has not been sampled, or has no such sample.
    """
    chains = desk.of(Chains)
    lane = _lane(chains, request.key, request.sample)
    found = _fitting(chains, lane, request.exact)
    if isinstance(found, ExactAbsent):
        yield found
        return
    k = min(lane.nearest(request.t, "mean", chains.levels(request.timeline)), lane.course.K - 1)
    values = []
    for quantity in ("x_t", "x0_hat"):
        for tensor in lane.show(k, quantity):
            if tensor is None:
                yield None
            else:
                values.append(tensor[request.sample : request.sample + 1])
    x_t, x0_hat = values
    weighed = found.of_sample(request.sample)
    posterior = yield from weighed.data.posterior_work(x_t, lane.course.steps[k].alpha_bar, k=request.count)
    top, ideal = posterior.top[0], posterior.mean
    difference = (x0_hat - ideal).numpy()
    drawn = drawn_index(lane, k, request.sample) if isinstance(lane, ChainLane) else None
    labels = None if weighed.labels is None else tuple(int(weighed.labels[i]) for i in top.tolist())
    yield WeightsShown(
        key=request.key, exact=request.exact, sample=request.sample, k=k, t=int(lane.timesteps[k]),
        tiles=read_only(grey_tiles(weighed.data.images(top).cpu().numpy())), weights=read_only(posterior.top_weights[0].cpu().numpy()),
        labels=labels, indices=read_only(top.cpu().numpy()), entropy=float(posterior.entropy[0]), total=weighed.data.n,
        x0_hat=read_only(grey_tiles(x0_hat.numpy())[0]), ideal=read_only(grey_tiles(ideal.numpy())[0]),
        difference=read_only(diverging_tiles(difference, SCALE, request.palette)[0]), scale=SCALE,
        distance=float(np.linalg.norm(difference.astype(np.float64))), drawn=drawn,
        of_class=weighed is not found.whole,
    )  # fmt: skip


def find_nearest(request: FindNearest, desk: Desk) -> Steps:
    """Answer a FindNearest; raises as `show_weights`."""
    chains = desk.of(Chains)
    lane = _lane(chains, request.key, request.sample)
    found = _fitting(chains, lane, request.exact)
    if isinstance(found, ExactAbsent):
        yield found
        return
    if not lane.finished:
        yield ExactAbsent(request.key, "The nearest image is looked for once the chain has reached x₀.", later=True)
        return
    for frame in lane.frame(lane.course.K):
        if frame is None:
            yield None
    assert frame is not None
    made = frame.x[request.sample : request.sample + 1]
    indices, distances = yield from found.whole.data.nearest_work(made, k=2)
    index, lengths = int(indices[0, 0]), distances[0].tolist()
    nearest = found.whole.data.images(indices[0, :1]).cpu().numpy()
    yield NearestShown(
        request.key, request.exact, request.sample, read_only(grey_tiles(made.numpy())[0]), read_only(grey_tiles(nearest)[0]),
        index, found.whole.label(index), lengths[0], lengths[1] if len(lengths) > 1 else None,
    )  # fmt: skip


def _lane(chains: Chains, key: LaneKey, sample: int) -> ChainLane | LostLane:
    lane = chains.shown(key)
    if lane is None:
        raise BadInput("this lane has not been sampled yet")
    if not 0 <= sample < lane.key.samples:
        raise BadInput(f"there is no sample {sample}: this lane has {lane.key.samples}")
    return lane


def _fitting(chains: Chains, lane: ShownLane, exact: ExactProcess) -> Beside | ExactAbsent:
    """The data set, or why there is none to weigh."""
    try:
        return beside(chains.models.data_sets, exact, lane)
    except BadInput as error:
        return ExactAbsent(lane.key, str(error))


def measure_ideal(request: MeasureIdeal, desk: Desk) -> Steps:
    """Answer a MeasureIdeal: a stretch of work."""
    return desk.of(IdealBook).measure(request, desk.of(Chains))


class IdealBook:
    """Distances to the ideal x0_hat: measured once for each kept frame and sample, forgotten with their lane."""

    def __init__(self) -> None:
        self._measured: WeakKeyDictionary[ShownLane, dict[ExactProcess, np.ndarray]] = WeakKeyDictionary()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Nothing measured yet."""
        return cls()

    def measure(self, request: MeasureIdeal, chains: Chains) -> Steps:
        """Answer a MeasureIdeal: at most `STRETCH_SECONDS` of work, the lanes in turns."""
        lanes = [lane for key in dict.fromkeys(request.keys) if (lane := chains.shown(key)) is not None]
        pairs = [(lane, _fitting(chains, lane, request.exact)) for lane in lanes]
        fitting = [(lane, found) for lane, found in pairs if isinstance(found, Beside)]
        work = [self._fill(lane, found, request) for lane, found in fitting]
        started = time.perf_counter()
        while work and time.perf_counter() - started < STRETCH_SECONDS:
            going = []
            for steps in work:
                for done in steps:
                    yield None
                    if done:
                        going.append(steps)
                        break
            work = going
        curves = tuple(self._curve(lane, request) for lane, _ in fitting)
        yield IdealMeasured(request.exact, request.sample, curves, complete=not work)

    def _book(self, lane: ShownLane, exact: ExactProcess) -> np.ndarray:
        books = self._measured.setdefault(lane, {})
        return books.setdefault(exact, np.full((lane.course.K + 1, lane.key.samples), np.nan))

    def _fill(self, lane: ShownLane, found: Beside, request: MeasureIdeal) -> Iterator[bool]:
        """False at each block of images, True when a stretch of states is measured."""
        book, kept = self._book(lane, request.exact), lane.kept_frames
        samples = range(lane.key.samples) if request.sample is None else np.atleast_1d(request.sample).tolist()
        states = sorted((k for k, frame in kept.items() if k < lane.course.K and frame.x0_hat is not None), key=_coarse_first)
        missing = [(k, n) for k in states for n in samples if np.isnan(book[k, n])]
        for start in range(0, len(missing), STRETCH):
            some = [(k, n) for k, n in missing[start : start + STRETCH] if k in kept]
            frames = [kept[k] for k, _ in some]
            if not frames:
                continue
            x_t = torch.stack([frame.x[n] for frame, (_, n) in zip(frames, some, strict=True)])
            said = torch.stack([frame.x0_hat[n] for frame, (_, n) in zip(frames, some, strict=True) if frame.x0_hat is not None])
            levels = torch.tensor([lane.course.steps[k].alpha_bar for k, _ in some], dtype=torch.float64)
            work = found.ideal_work(x_t, levels, [n for _, n in some])
            while True:
                try:
                    next(work)
                except StopIteration as done:
                    ideal = done.value
                    break
                yield False
            distances = (said - ideal).flatten(1).double().norm(dim=1).numpy()
            for (k, n), distance in zip(some, distances, strict=True):
                book[k, n] = distance
            yield True

    def _curve(self, lane: ShownLane, request: MeasureIdeal) -> LaneCurves:
        known = lane.done + 1
        book = self._book(lane, request.exact)[:known]
        return LaneCurves(
            lane.key, read_only(lane.timesteps[:known].astype(np.int64)), {"ideal": read_only(mean_over(book, request.sample))}
        )


def _coarse_first(k: int) -> tuple[int, int]:
    stride = COARSEST
    while stride > 1 and k % stride:
        stride //= 2
    return -stride, k
