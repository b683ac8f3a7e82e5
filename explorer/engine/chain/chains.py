"""Sampling and showing chains: the engine's part of Reverse chain and Compare."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Self

import numpy as np

from explorer import backends
from explorer.checkpoints.card import LatentCard
from explorer.diffusion.predictor import Predictor
from explorer.engine.chain import showing
from explorer.engine.chain.branches import BranchLane, branch_keys, first_of, with_lineage
from explorer.engine.chain.curve_messages import MeasureSimilarity, ShowCurves, SimilarityMeasured
from explorer.engine.chain.curves import CurveBook
from explorer.engine.chain.exact_draws import drawn_image
from explorer.engine.chain.frames import FrameStore
from explorer.engine.chain.kept.chains import KeptChains
from explorer.engine.chain.kept.lane import KeptLane
from explorer.engine.chain.kept.writing import Recorder
from explorer.engine.chain.lanes import ChainLane
from explorer.engine.chain.lost_lane import LostLane
from explorer.engine.chain.messages import ChainFinished, ChainProgress, LaneFailed, LaneKey, SampleChain, lane_keys
from explorer.engine.chain.shown_lane import ShownLane
from explorer.engine.chain.through_decoder import Decodings, ThroughDecoder
from explorer.engine.chain.ways import Ways, networks_of
from explorer.engine.desk import Desk
from explorer.engine.models import predictors
from explorer.engine.models.choosing import Choosing
from explorer.engine.models.data_sets import DataSets
from explorer.engine.models.models import Models
from explorer.engine.thread.messages import Done
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.models.roles import SeenThroughDecoder
from explorer.recipe import ChainRecipe, Lane
from explorer.recipe.arithmetic import RunBy, size_class
from explorer.recipe.sample_count import most_samples, size_words

RATE_WINDOW = 2.0
SIMILARITY_SECONDS = 0.25
"""Work after which similarities are shown, and more is asked for."""
_OVER = object()


class Chains:
    """Every lane that is computed, and the pictures of them.

    Parameters
    ----------
    models : Models
    store : FrameStore
    kept : KeptChains, optional
        Where finished chains are found, and put; none without it.
    shipped : bool
        Chains that came with the app do as well.
    book : CurveBook, optional
        What is measured between lanes, also by who shows kept ones.
    decodings : Decodings, optional
        What was decoded of lanes whose states are codes.
    """

    def __init__(
        self,
        models: Models,
        store: FrameStore,
        kept: KeptChains | None = None,
        shipped: bool = True,
        book: CurveBook | None = None,
        decodings: Decodings | None = None,
    ) -> None:
        self.decodings = decodings or Decodings()
        self.models, self.store, self.kept, self._shipped = models, store, kept or KeptChains(), shipped
        self._lanes: dict[LaneKey, ChainLane] = {}
        self._lost: dict[LaneKey, LostLane] = {}
        self._ran: dict[LaneKey, Ways] = {}
        self._settled: dict[str, RunBy] = {}
        self._open: dict[str, frozenset[LaneKey]] = {}
        self._held: set[str] = set()
        self._curves = book or CurveBook()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Lanes of the desk's models, their frames in its store, or on disk."""
        return cls(desk.of(Models), desk.of(FrameStore), desk.of(KeptChains), book=desk.of(CurveBook), decodings=desk.of(Decodings))

    def _lane(self, key: LaneKey) -> ChainLane:
        if key not in self._lanes:
            ways = self._ways(key)
            predictor = ways.predictor(key.lane)
            shape = self.models.image_shape(key.lane)
            _check_count(key, shape)
            self._lanes[key] = self._made(key, predictor, shape, ways)
            self._ran[key] = ways
        lane = self._lanes[key]
        if (kept := self._kept(key)) is not None:
            lane.restore(kept)
        return lane

    def _kept(self, key: LaneKey) -> KeptLane | None:
        """What is kept of a lane that has no frames here."""
        return self.kept.find(key, self._shipped) if key not in self.store else None

    def _ways(self, key: LaneKey) -> Ways:
        """What runs the networks of a lane: of one that leaves another, what runs that."""
        parents = with_lineage((key,)) - {key}
        return Ways(self.models, key.samples, self._settled | self._ran_kept(key) | self.ran(parents))

    def _ran_kept(self, key: LaneKey) -> dict[str, RunBy]:
        """What ran the networks of a lane that is kept, as far as it can be had here still."""
        kept = self._kept(key)
        had = {backend.name for backend in backends.BACKENDS if not backend.missing()}
        return {run.checkpoint: run for run in (kept.networks if kept is not None else ()) if {run.backend, run.rest} <= had}

    def ran(self, keys: Iterable[LaneKey]) -> dict[str, RunBy]:
        """By checkpoint, what runs the networks of lanes, where it was chosen for them."""
        found: dict[str, RunBy] = {}
        for key in keys:
            if key in self._ran:
                found |= self._ran[key].runs
        return found

    def _settle(self, keys: Sequence[LaneKey]) -> Generator[None, None, dict[str, RunBy]]:
        """Choose what runs the networks of lanes that are about to be sampled, by checkpoint, returned: what runs those that are begun.

        A lane that cannot be is left to be told of when it is made.
        """
        every = with_lineage(keys)
        settled = self.ran(every)
        networks = [lane for key in every if key not in self._lanes for lane in networks_of(key.lane)]
        if self.models.choosing is None:
            yield from self.models.ready(networks)
            return settled
        yield from self.models.opened(networks)
        for key in sorted(every, key=lambda key: len(key.lane.edits)):
            if self._kept(key) is not None:  # nothing of it is computed
                settled |= self._ran_kept(key)
                continue
            for lane in networks_of(key.lane):
                if lane.checkpoint and lane.checkpoint not in settled:
                    with suppress(BadInput):
                        settled[lane.checkpoint] = yield from self._chosen(self.models.choosing, lane, key.samples)
        return settled

    def _chosen(self, choosing: Choosing, lane: Lane, samples: int) -> Generator[None, None, RunBy]:
        checkpoint = self.models.lane_checkpoint(lane)
        steps = lane.sampler.steps or predictors.schedule_of(checkpoint).T
        return (yield from choosing.settled(checkpoint, samples, steps))

    def _tried(self, key: LaneKey) -> ChainLane | BadInput:
        """The lane, or why it cannot be."""
        try:
            return self._lane(key)
        except BadInput as error:
            return error

    def _without_network(self, key: LaneKey, why: BadInput) -> LostLane | None:
        """A lane that cannot be, as far as it is kept; None where it is not."""
        kept = self.kept.find(key, self._shipped)
        known = self._lost.get(key)
        if kept is not None and (known is None or known.kept is not kept or known.why != str(why)):
            known = self._lost[key] = LostLane(kept, str(why))
        return known if kept is not None else None

    def _made(self, key: LaneKey, predictor: Predictor, shape: tuple[int, int, int], ways: Ways) -> ChainLane:
        device, store = self.models.device, self.store
        if not key.lane.edits:
            lane = ChainLane(key, predictor, shape, device, store)
        else:
            lane = BranchLane(key, predictor, shape, device, store, self._lane, ways.taking_over)
        lane.latent, lane.decoder = self._seen_through(key.lane)
        lane.value_range = predictors.range_of(predictor)
        lane.record = lambda lane, first: self._recorder(lane, first, tuple(ways.runs.values()))
        return lane

    def _recorder(self, lane: ChainLane, first: int, networks: tuple[RunBy, ...]) -> Recorder | None:
        """What writes a lane down; nothing where the engine has taken another arithmetic than these chains are of."""
        return self.kept.recorder(lane, first, networks) if self.kept.arithmetic == self.models.arithmetic() else None

    def _seen_through(self, lane: Lane) -> tuple[LatentCard | None, ThroughDecoder | None]:
        """What a lane's states are, and the decoder through which they are seen, where they are codes."""
        checkpoint = self.models.lane_checkpoint(lane) if lane.checkpoint else None
        if checkpoint is None or checkpoint.card.latent is None or not isinstance(checkpoint.network, SeenThroughDecoder):
            return None, None
        latent = checkpoint.card.latent
        pixels = latent.images[1] * latent.images[2]
        return latent, ThroughDecoder(checkpoint.network, self.models.device, self.decodings, pixels)

    @property
    def data_sets(self) -> DataSets:
        """Data sets of exact lanes, and those that lanes are seen beside."""
        return self.models.data_sets

    def shown(self, key: LaneKey) -> ChainLane | LostLane | None:
        """Lane of a key if it has any state, here or on disk; None if not."""
        lane = self._lanes.get(key)
        if lane is not None and key in self.store:
            return lane
        if self.kept.find(key, self._shipped) is None:
            return None
        found = self._tried(key)
        return self._without_network(key, found) if isinstance(found, BadInput) else found

    def computed(self, key: LaneKey) -> ChainLane:
        """Lane of a key, with its network (BadInput if it has no state, or its network is not to be had)."""
        found = self.shown(key)
        if found is None:
            raise BadInput("this lane has not been sampled yet")
        if isinstance(found, LostLane):
            raise BadInput(found.why)
        return found

    def levels(self, timeline: LaneKey | None) -> np.ndarray | None:
        """Log SNR at 0..T of the schedule that a cursor is on; None where that is each lane's own."""
        lane = self._lanes.get(timeline) or self.shown(timeline) if timeline is not None else None
        return lane.levels if lane is not None else None

    def _use(self, channel: str, keys: frozenset[LaneKey]) -> None:
        self._open[channel] = keys
        in_use = frozenset().union(*self._open.values())
        self.store.use(in_use)
        for key in [k for k in self._lanes if k not in in_use and k not in self.store]:
            del self._lanes[key], self._ran[key]
            self._curves.forget(key)
        self._lost = {key: lane for key, lane in self._lost.items() if key in in_use}

    def own(self, keys: Sequence[LaneKey]) -> Chains:
        """Chains that were sampled on this machine, as exports say of theirs: these, unless one of the lanes came with the app."""
        if not any(lane.origin for key in keys if (lane := self.shown(key)) is not None):
            return self
        return Chains(self.models, FrameStore(self.store.budget), self.kept, shipped=False)

    def hold(self, keys: Sequence[LaneKey], channel: str) -> list[ChainLane]:
        """Lanes of these keys, which stay until the channel is released, whatever the window opens meanwhile."""
        self._use(channel, with_lineage(tuple(keys)))
        self._held.add(channel)
        return [self._lane(key) for key in keys]

    def release(self, channel: str) -> None:
        """The channel needs no lane any more."""
        self._held.discard(channel)
        self._use(channel, frozenset())

    def check_not_held(self, key: LaneKey) -> None:
        """BadInput while a lane of the same network is held."""
        if any(_is_alike(held, key) for channel in self._held for held in self._open.get(channel, ())):
            raise BadInput("the lane is being exported: choose what runs its network when that is done")

    def run_anew(self, key: LaneKey) -> None:
        """Something else runs a lane's network: let go of every lane in which it does; what is kept of them is of another way."""
        if self.models.choosing is not None:
            self.kept.set_wishes(self.models.choosing.wishes())
        for each in [each for each in self._lanes if _is_alike(each, key)]:
            self._lanes.pop(each).let_go()
            del self._ran[each]
            self.store.drop(each)
            self._curves.forget(each)

    def sample(self, request: SampleChain, channel: str) -> Steps:
        """Sample all lanes of a recipe abreast: the one that is furthest from x_0 steps next.

        Raises
        ------
        BadInput
            If none of them can be sampled; one that cannot does not stop the others.
        """
        keys = lane_keys(request.recipe)
        self._use(channel, with_lineage((*keys, *branch_keys(request.recipe))))
        settled = yield from self._settle(keys)
        lanes: list[ChainLane] = []
        lost: list[LostLane] = []
        refused: list[BadInput] = []
        for key in dict.fromkeys(keys):
            self._settled = settled  # another request may have settled its own meanwhile
            found = self._tried(key)
            if isinstance(found, BadInput) and (kept := self._without_network(key, found)) is not None:
                lost.append(kept)
                yield kept.planned()
            elif isinstance(found, BadInput):
                refused.append(found)
                yield LaneFailed(key, str(found))
            else:
                lanes.append(found)
                yield replace(found.planned(), run=self._ran[key].words(key.lane))
        if refused and not lanes and not lost:
            raise refused[0]
        speed = _Speed()
        while unfinished := [lane for lane in lanes if not lane.finished]:
            behind = max(unfinished, key=lambda lane: lane.next_t / lane.course.timesteps[0])
            try:
                goes_on = first_of(behind)
                cost = goes_on.next_cost
                yield from goes_on.advancing()
            except BadInput as error:  # its network puts out what is no number
                lanes.remove(behind)
                refused.append(error)
                yield LaneFailed(behind.key, str(error))
                continue
            speed.add(behind.key.samples * cost)
            left = sum(lane.left * lane.key.samples for lane in lanes)
            yield ChainProgress(
                tuple(lane.progress for lane in (*lanes, *lost)), speed.rate, left / speed.rate, self.store.nbytes, self.store.budget
            )  # fmt: skip
        if refused and not lanes and not lost:
            raise refused[0]
        yield ChainFinished(tuple(lane.progress for lane in (*lanes, *lost)), self.store.nbytes, self.store.budget)

    def measure_networks(self, recipe: ChainRecipe) -> Steps:
        """Measure what runs the networks of a recipe's lanes, where that is chosen and not known; make it ready for the next chain."""
        choosing = self.models.choosing
        for key in lane_keys(recipe) if choosing is not None and choosing.measures else ():
            for lane in networks_of(key.lane):
                yield from self.models.opened([lane])
                if choosing is not None and lane.checkpoint:
                    with suppress(BadInput):  # a lane that cannot be has been told of
                        checkpoint = self.models.lane_checkpoint(lane)
                        choice = yield from choosing.measure(checkpoint, key.samples)
                        yield from choosing.made_ready(checkpoint, key.samples, choice.in_force)
        yield Done()

    def drawn_image(self, lane: ShownLane, k: int, sample: int) -> np.ndarray | None:
        """The image that the step from state k of an exact lane draws."""
        return drawn_image(self.models, lane, k, sample) if isinstance(lane, ChainLane) else None

    def show_curves(self, request: ShowCurves) -> Steps:
        """Norms of lanes, and their distances to the reference, against t."""
        return showing.show_curves(self, self._curves, request)

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


def _check_count(key: LaneKey, shape: tuple[int, int, int]) -> None:
    """Refuse more samples than there is memory for (BadInput)."""
    most = most_samples(shape)
    if key.samples > most:
        raise BadInput(f"{key.lane.source}: of images of {size_words(shape)} at most {most} are sampled at once, not {key.samples}")


def _is_alike(one: LaneKey, key: LaneKey) -> bool:
    """Whether a lane has the network of another, and about as many samples."""
    checkpoints = {lane.checkpoint for lane in networks_of(one.lane)}
    return key.lane.checkpoint in checkpoints and size_class(one.samples) == size_class(key.samples)


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
