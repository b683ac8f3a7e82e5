"""Sampling and showing chains: the engine's part of Reverse chain and Compare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Self

import numpy as np
from torch import Tensor

from explorer.diffusion.predictor import Predictor
from explorer.engine.arrays import read_only
from explorer.engine.chain.branches import BranchLane, branch_keys, first_of, with_lineage
from explorer.engine.chain.curves import CurveBook
from explorer.engine.chain.exact_draws import drawn_image
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.messages import (
    ChainFinished,
    ChainProgress,
    CurvesShown,
    FilmShown,
    LaneBlank,
    LaneFailed,
    LaneFrame,
    LaneKey,
    MeasureSimilarity,
    SampleChain,
    ShowCurves,
    ShowFilm,
    ShowStep,
    ShowTerms,
    SimilarityMeasured,
    StepShown,
    TermsShown,
    lane_keys,
)
from explorer.engine.chain.quantities import made_for
from explorer.engine.desk import Desk
from explorer.engine.models.data_sets import DataSets
from explorer.engine.models.models import Models
from explorer.engine.pictures.tiles import tiles_of
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.recipe.quantities import own

RATE_WINDOW = 2.0
SIMILARITY_SECONDS = 0.25
"""Work after which similarities are shown, and more is asked for."""
_OVER = object()


class Chains:
    """Every lane that is computed, and the pictures of them."""

    def __init__(self, models: Models, store: FrameStore) -> None:
        self.models, self.store = models, store
        self._lanes: dict[LaneKey, ChainLane] = {}
        self._open: dict[str, frozenset[LaneKey]] = {}
        self._curves = CurveBook()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Lanes of the desk's models, their frames in its store."""
        return cls(desk.of(Models), desk.of(FrameStore))

    def _lane(self, key: LaneKey) -> ChainLane:
        if key not in self._lanes:
            predictor = self.models.predictor(key.lane)
            shape = self.models.image_shape(key.lane)
            self._lanes[key] = self._made(key, predictor, shape)
        return self._lanes[key]

    def _tried(self, key: LaneKey) -> ChainLane | BadInput:
        """The lane, or why it cannot be."""
        try:
            return self._lane(key)
        except BadInput as error:
            return error

    def _made(self, key: LaneKey, predictor: Predictor, shape: tuple[int, int, int]) -> ChainLane:
        device, store = self.models.device, self.store
        if not key.lane.edits:
            return ChainLane(key, predictor, shape, device, store)
        return BranchLane(key, predictor, shape, device, store, self._lane, self.models.predictor)

    @property
    def data_sets(self) -> DataSets:
        """Data sets of exact lanes, and those that lanes are seen beside."""
        return self.models.data_sets

    def shown(self, key: LaneKey) -> ChainLane | None:
        """Lane of a key if it has any state; None if not."""
        lane = self._lanes.get(key)
        return lane if lane is not None and key in self.store else None

    def levels(self, timeline: LaneKey | None) -> np.ndarray | None:
        """Log SNR at 0..T of the schedule that a cursor is on; None where that is each lane's own."""
        lane = self._lanes.get(timeline) if timeline is not None else None
        return lane.levels if lane is not None else None

    def _use(self, channel: str, keys: frozenset[LaneKey]) -> None:
        self._open[channel] = keys
        in_use = frozenset().union(*self._open.values())
        self.store.use(in_use)
        for key in [k for k in self._lanes if k not in in_use and k not in self.store]:
            del self._lanes[key]
            self._curves.forget(key)

    def hold(self, keys: Sequence[LaneKey], channel: str) -> list[ChainLane]:
        """Lanes of these keys, which stay until the channel is released, whatever the window opens meanwhile."""
        self._use(channel, with_lineage(tuple(keys)))
        return [self._lane(key) for key in keys]

    def release(self, channel: str) -> None:
        """The channel needs no lane any more."""
        self._use(channel, frozenset())

    def sample(self, request: SampleChain, channel: str) -> Steps:
        """Sample all lanes of a recipe abreast: the one that is furthest from x_0 steps next.

        Raises
        ------
        BadInput
            If none of them can be sampled; one that cannot does not stop the others.
        """
        keys = lane_keys(request.recipe)
        self._use(channel, with_lineage((*keys, *branch_keys(request.recipe))))
        lanes: list[ChainLane] = []
        refused: list[BadInput] = []
        for key in dict.fromkeys(keys):
            found = self._tried(key)
            if isinstance(found, BadInput):
                refused.append(found)
                yield LaneFailed(key, str(found))
            else:
                lanes.append(found)
                yield found.planned()
        if refused and not lanes:
            raise refused[0]
        speed = _Speed()
        while unfinished := [lane for lane in lanes if not lane.finished]:
            behind = max(unfinished, key=lambda lane: lane.next_t / lane.course.timesteps[0])
            try:
                goes_on = first_of(behind)
                cost = goes_on.next_cost
                goes_on.advance()
            except BadInput as error:  # its network puts out what is no number
                lanes.remove(behind)
                refused.append(error)
                yield LaneFailed(behind.key, str(error))
                continue
            speed.add(behind.key.samples * cost)
            left = sum(lane.left * lane.key.samples for lane in lanes)
            yield ChainProgress(
                tuple(lane.progress for lane in lanes), speed.rate, left / speed.rate, self.store.nbytes, self.store.budget
            )  # fmt: skip
        if refused and not lanes:
            raise refused[0]
        yield ChainFinished(tuple(lane.progress for lane in lanes), self.store.nbytes, self.store.budget)

    def show_step(self, request: ShowStep) -> Steps:
        """Tiles of lanes at the cursor."""
        frames, blank = [], []
        for key in request.keys:
            lane = self.shown(key)
            if lane is None:
                continue
            for found in made_for(self, lane, request):
                if found is None:
                    yield None
                elif isinstance(found, LaneBlank):
                    blank.append(found)
                else:
                    k, tensor = found
                    frames.append(self._frame(lane, k, tensor, request))
        yield StepShown(request.t, request.quantity, tuple(frames), tuple(blank))

    def _frame(self, lane: ChainLane, k: int, tensor: Tensor, request: ShowStep) -> LaneFrame:
        values = tensor.numpy()
        tiles, scale = tiles_of(values, request.quantity, request.palette)
        return LaneFrame(lane.key, k, int(lane.timesteps[k]), read_only(tiles), read_only(values), scale)

    def show_terms(self, request: ShowTerms) -> Steps:
        """All quantities of one sample at the cursor: the terms of the equation."""
        lane = self.shown(request.key)
        if lane is None:
            raise BadInput("this lane has not been sampled yet")
        k = min(lane.nearest(request.t, "mean", self.levels(request.timeline)), lane.course.K)
        tiles, values, norms = {}, {}, {}
        wanted = [(name, k, name) for name in own()]
        wanted.append(("x_prev", min(k + 1, lane.course.K, max(lane.done, k)), "x_t"))
        for name, index, quantity in wanted:
            for tensor in lane.show(index, quantity):
                if tensor is None:
                    yield None
                    continue
                one = tensor[request.sample : request.sample + 1].numpy()
                tiles[name] = read_only(tiles_of(one, quantity, request.palette)[0][0])
                values[name] = read_only(one[0])
                norms[name] = float(np.linalg.norm(one.astype(np.float64)))
        drawn = drawn_image(self.models, lane, k, request.sample)
        if drawn is not None:
            step = lane.course.steps[k]
            component = step.a0 * drawn[0] + step.at * values["x_t"]
            for name, image in (("drawn", drawn[0]), ("component", component.astype(np.float32))):
                tiles[name], values[name] = read_only(tiles_of(image[None], "mean", request.palette)[0][0]), read_only(image)
        yield TermsShown(request.key, k, int(lane.timesteps[k]), request.sample, tiles, values, norms)

    def show_film(self, request: ShowFilm) -> Steps:
        """One sample at evenly spaced states."""
        lane = self.shown(request.key)
        if lane is None:
            raise BadInput("this lane has not been sampled yet")
        wanted = np.unique(np.linspace(0, lane.course.K, max(2, request.count)).round().astype(int))
        available = lane.nearest(0, request.quantity)
        indices = [int(k) for k in wanted if k <= available]
        pictures = []
        for k in indices:
            for tensor in lane.show(k, request.quantity):
                if tensor is None:
                    yield None
                else:
                    pictures.append(tensor[request.sample].numpy())
        tiles, _ = tiles_of(np.stack(pictures), request.quantity, request.palette)
        yield FilmShown(request.key, request.sample, request.quantity, read_only(lane.timesteps[indices]), read_only(tiles))

    def show_curves(self, request: ShowCurves) -> Steps:
        """Norms of lanes, and their distances to the reference, against t."""
        reference = self.shown(request.reference) if request.reference is not None else None
        shown = []
        for key in request.keys:
            lane = self.shown(key)
            if lane is not None:
                shown.append(self._curves.of(lane, reference, request.sample))
                yield None
        yield CurvesShown(request.sample, request.reference, tuple(shown))

    def measure_similarity(self, request: MeasureSimilarity) -> Steps:
        """SSIM of lanes with the reference: a stretch of work, the lanes in turns."""
        reference = self.shown(request.reference)
        lanes = [lane for key in dict.fromkeys(request.keys) if (lane := self.shown(key)) is not None]
        work = [self._curves.measure(lane, reference, request.quantity) for lane in lanes if reference is not None]
        spent = 0.0
        while work and spent < SIMILARITY_SECONDS:
            started = time.perf_counter()
            work = [steps for steps in work if next(steps, _OVER) is not _OVER]
            spent += time.perf_counter() - started
            yield None
        yield SimilarityMeasured(complete=not work)


class _Speed:
    """Image-steps a second over about the last two seconds."""

    def __init__(self) -> None:
        self._since = time.perf_counter()
        self._count = 0.0
        self.rate = 1.0

    def add(self, images: int) -> None:
        self._count += images
        elapsed = time.perf_counter() - self._since
        self.rate = max(self._count / max(elapsed, 1e-6), 1e-6)
        if elapsed > RATE_WINDOW:
            self._count /= 2
            self._since += elapsed / 2
