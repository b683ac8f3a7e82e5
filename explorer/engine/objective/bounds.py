"""The objective's requests: estimates that stream, stop at any batch, and go on where they stood."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Self

import msgspec
import numpy as np
import torch
from torch import Tensor

from explorer.datasets.images import ImageSet, load_images, to_unit_range
from explorer.datasets.reading import Reading
from explorer.diffusion.bound import Figure, Tally, difference, excess, walk
from explorer.diffusion.exact_classes import ExactOfClasses
from explorer.diffusion.exact_predictor import ExactPredictor
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.objective import Reading as Read
from explorer.diffusion.objective import read
from explorer.diffusion.predictor import Predictor
from explorer.diffusion.strata import STREAM, Design, cut, shuffled
from explorer.engine.arrays import read_only
from explorer.engine.aside import Pace, aside
from explorer.engine.desk import Desk
from explorer.engine.models.data_sets import exact_predictor, stamp
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import can_be_apart, chosen_schedule, limit_of, told_data
from explorer.engine.objective.messages import (
    BoundShown,
    DenoisedShown,
    Estimate,
    HeldOutShown,
    LaneBound,
    MeasureBound,
    ShowDenoised,
    ShowHeldOut,
)
from explorer.engine.pictures.tiles import grey_tiles
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.evaluation.vlb import fits, source
from explorer.recipe import ExactProcess, Lane, ScheduleChoice
from explorer.recipe.objective import BoundRecipe

BLOCK = 4
"""Images a round: few, so that the first bars are there at once."""
REPORT_SECONDS = 0.1
KEPT, KEPT_SETS = 64, 2


@dataclass(frozen=True, slots=True)
class TallyKey:
    """What identifies a tally: all that its draws depend on but how many there are; `of_classes`: the ideal of each image's class."""

    lane: Lane
    data: str
    split: str
    seed: int
    image: int | None
    strata: int
    of_classes: bool = False


@dataclass(slots=True)
class _Run:
    """One lane under way."""

    lane: Lane
    tally: Tally
    pace: Pace[int | None]
    walk: Iterator[int]
    visits: int
    values: int

    def visit(self) -> Steps:
        """Go on by one batch."""
        yield from self.pace.step(partial(next, self.walk, None))

    @property
    def done(self) -> int:
        return min(self.visits, self.tally.rounds * self.tally.design.visits + self.tally.done)


def measure_bound(request: MeasureBound, desk: Desk) -> Steps:
    """Answer a MeasureBound."""
    return desk.of(Bounds).measure(request)


def show_held_out(request: ShowHeldOut, desk: Desk) -> Steps:
    """Answer a ShowHeldOut."""
    return desk.of(Bounds).show_held_out(request)


def show_denoised(request: ShowDenoised, desk: Desk) -> Steps:
    """Answer a ShowDenoised."""
    return desk.of(Bounds).show_denoised(request)


class Bounds:
    """Tallies of the lanes that were measured lately."""

    def __init__(self, models: Models) -> None:
        self._models = models
        self._tallies: OrderedDict[TallyKey, tuple[Tally, Pace[int | None]]] = OrderedDict()
        self._sets: OrderedDict[tuple[object, ...], ImageSet] = OrderedDict()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Nothing measured yet."""
        return cls(desk.of(Models))

    # --- the bound ---

    def measure(self, request: MeasureBound) -> Steps:
        """Estimate the bound; what was measured before is taken up where it stands.

        Raises
        ------
        BadInput
            If a lane's file or its data cannot be read, or they do not fit each other.
        """
        recipe = request.recipe
        if not recipe.lanes:
            yield BoundShown(recipe, (), 0, 0, False)
            return
        known = yield from self.opened(recipe)
        runs = []
        for lane in recipe.lanes:
            runs.append((yield from self._run(lane, recipe, known)))
            yield None
        ideals: dict[tuple[Lane, bool], _Run] = {}
        beside: list[_Run | None] = [None] * len(runs)
        for i, lane in enumerate(recipe.lanes if request.excess else ()):
            ideal = self._ideal_lane(lane, recipe), known.labels is not None and self._is_told_classes(lane)
            if ideal not in ideals:
                yield from self._models.ready([ideal[0]])
                ideals[ideal] = yield from self._run(ideal[0], recipe, known, of_classes=ideal[1])
                yield None
            beside[i] = ideals[ideal]
        every = [*runs, *ideals.values()]
        reported = time.monotonic()
        while unfinished := [run for run in every if run.done < run.visits]:
            # the one that is behind goes first: lanes stay abreast, and a new lane catches up
            yield from min(unfinished, key=lambda run: run.done / run.visits).visit()
            now = time.monotonic()
            if now - reported >= REPORT_SECONDS:
                reported = now
                yield _shown(recipe, runs, beside, every, partial=True)
            else:
                yield None
        yield _shown(recipe, runs, beside, every, partial=False)

    def _run(self, lane: Lane, recipe: BoundRecipe, known: ImageSet, of_classes: bool = False) -> Generator[None, None, _Run]:
        predictor = self._ideal_of_classes(lane, known) if of_classes else self.predictor(lane, known)
        tally, pace = self._tally(lane, recipe, known, predictor, of_classes)
        yield from pace.at_rest()
        design = tally.design
        one = recipe.image is not None
        rounds = recipe.images if one else -(-min(recipe.images, len(known.images)) // BLOCK)
        images = source(known, self._models.device)
        steps = walk(predictor, images, tally, rounds, limit_of(lane.sampler))
        return _Run(lane, tally, pace, steps, rounds * design.visits, int(np.prod(known.image_shape)))

    def _tally(
        self, lane: Lane, recipe: BoundRecipe, known: ImageSet, predictor: Predictor, of_classes: bool
    ) -> tuple[Tally, Pace[int | None]]:
        """What is known so far, and the pace of all who add to it."""
        key = TallyKey(lane, known.sha256, recipe.split, recipe.seed, recipe.image, recipe.strata, of_classes)
        found = self._tallies.get(key)
        if found is None:
            # every image in its order: how many are taken is up to the walk
            order = (recipe.image,) if recipe.image is not None else shuffled(len(known.images), len(known.images), recipe.seed)
            design = Design(cut(predictor.schedule.T, recipe.strata), recipe.seed, order, BLOCK)
            found = self._tallies[key] = Tally(design), Pace(can_be_apart(self._models.device, predictor))
            while len(self._tallies) > KEPT:
                self._tallies.popitem(last=False)
        self._tallies.move_to_end(key)
        return found

    def predictor(self, lane: Lane, known: ImageSet) -> Predictor:
        """A lane's predictor, told each image's own label where it takes any (BadInput if its images are of another shape)."""
        shape = self._models.image_shape(lane)
        if shape != known.image_shape:
            raise BadInput(f"{lane.source}: makes images of {shape}; {known.name} has images of {known.image_shape}: take that lane away")
        return told_data(self._models.predictor(lane), known.labels, lane.source)

    def opened(self, recipe: BoundRecipe) -> Generator[None, None, ImageSet]:
        """The recipe's images, returned, and its lanes ready; a None for each cancel point."""
        yield from self._models.ready(recipe.lanes)
        return (yield from aside(partial(self._data, recipe)))

    def _data(self, recipe: BoundRecipe) -> ImageSet:
        """The recipe's images."""
        first = recipe.lanes[0]
        shape, dataset = self._models.image_shape(first), self._dataset(recipe)
        try:
            known = self._read(dataset, recipe.split, _reading(recipe))
            fits(known, shape, dataset)
        except BadInput as error:
            if recipe.dataset or first.exact is not None:
                raise
            raise BadInput(f"{first.source}: the data it was trained on ({dataset}) is not here: {error}") from None
        if recipe.image is not None and recipe.image >= len(known.images):
            raise BadInput(f"there is no image {recipe.image} among the {len(known.images):,} of {known.name}")
        return known

    def _read(self, dataset: str, split: str, read: Reading) -> ImageSet:
        """Images that are read once, and again when their file changes."""
        key = (*stamp(dataset), split, read)
        if key not in self._sets:
            self._sets[key] = load_images(dataset, split, told=read)
            while len(self._sets) > KEPT_SETS:
                self._sets.popitem(last=False)
        self._sets.move_to_end(key)
        return self._sets[key]

    def _dataset(self, recipe: BoundRecipe) -> str:
        first = recipe.lanes[0]
        own = first.exact.dataset if first.exact is not None else self._models.checkpoint(first.source, first.told).card.data.name
        return recipe.dataset or own

    def _ideal_lane(self, lane: Lane, recipe: BoundRecipe) -> Lane:
        """The ideal denoiser of the same noise levels: the mean of the exact process of the training images."""
        dataset = self._dataset(recipe)
        schedule = lane.schedule
        if schedule is None and lane.exact is None:
            card = self._models.checkpoint(lane.source, lane.told).card.schedule
            assert card is not None
            schedule = ScheduleChoice(card.name, card.T, card.betas)
        read = _reading(recipe)
        sha256 = self._read(dataset, "train", read).sha256
        return Lane("", dataset, exact=ExactProcess(dataset, sha256, follow="mean", read=read), schedule=schedule)

    def _is_told_classes(self, lane: Lane) -> bool:
        """Whether its network is told each image's class, so that its ideal knows it, too."""
        return lane.exact is None and self._models.checkpoint(lane.source, lane.told).card.classes is not None

    def _ideal_of_classes(self, ideal: Lane, known: ImageSet) -> Predictor:
        assert known.labels is not None
        assert ideal.exact is not None
        assert ideal.schedule is not None
        exact = ideal.exact

        def of_class(label: int) -> ExactPredictor:
            of_one = msgspec.structs.replace(ideal, exact=msgspec.structs.replace(exact, label=label))
            return exact_predictor(of_one, self._models.data_sets)

        return ExactOfClasses(of_class, known.labels.tolist(), chosen_schedule(ideal.schedule))

    # --- images ---

    def show_held_out(self, request: ShowHeldOut) -> Steps:
        """The first images that a recipe draws; raises as `measure`."""
        if not request.recipe.lanes:
            yield HeldOutShown("", 0, (), read_only(np.zeros((0, 1, 1, 3), np.uint8)), None)
            return
        known = yield from self.opened(request.recipe)
        indices = shuffled(len(known.images), request.count, request.recipe.seed)
        tiles = grey_tiles(to_unit_range(known.images[list(indices)]))
        labels = None if known.labels is None else tuple(int(known.labels[i]) for i in indices)
        yield HeldOutShown(known.name, len(known.images), indices, read_only(tiles), labels, known.taken)

    def show_denoised(self, request: ShowDenoised) -> Steps:
        """One image at t by every lane; raises as `measure`, and where there is no such image."""
        known = yield from self.opened(request.recipe)
        if request.image >= len(known.images):
            raise BadInput(f"there is no image {request.image} among the {len(known.images):,} of {known.name}")
        x0 = source(known, self._models.device)([request.image])
        noisy, guesses, nats, timesteps = [], [], [], []
        for lane in request.recipe.lanes:
            predictor = self.predictor(lane, known)
            t = min(max(request.t, 1), predictor.schedule.T)
            eps = shared_noise(request.recipe.seed, [request.image], t, x0.shape[1:], x0.device, STREAM)
            level = float(predictor.schedule.alpha_bar[t])
            x_t = level**0.5 * x0 + (1 - level) ** 0.5 * eps
            pace: Pace[Read] = Pace(can_be_apart(self._models.device, predictor))
            found = yield from pace.step(partial(read, predictor, x0, t, eps, limit_of(lane.sampler)))
            noisy.append(x_t)
            guesses.append(found.x0_hat)
            nats.append(float(found.nats[0]))
            timesteps.append(t)
            yield None
        clean = read_only(grey_tiles(x0.cpu().numpy())[0])
        yield DenoisedShown(request.image, request.t, clean, _tiles(noisy), _tiles(guesses), tuple(nats), tuple(timesteps))


def _reading(recipe: BoundRecipe) -> Reading:
    """How its images are taken: the first lane's own data as that lane has them."""
    first = recipe.lanes[0]
    return first.exact.read if not recipe.dataset and first.exact is not None else recipe.read


def _tiles(parts: list[Tensor]) -> np.ndarray:
    return read_only(grey_tiles(torch.cat(parts).float().cpu().numpy()))


def _shown(recipe: BoundRecipe, runs: list[_Run], beside: list[_Run | None], every: list[_Run], partial: bool) -> BoundShown:
    lanes = tuple(_lane_bound(run, runs[-1], ideal) for run, ideal in zip(runs, beside, strict=True))
    return BoundShown(recipe, lanes, sum(run.done for run in every), sum(run.visits for run in every), partial)


def _lane_bound(run: _Run, reference: _Run, ideal: _Run | None) -> LaneBound:
    tally, strata = run.tally, run.tally.design.strata
    totals, terms = tally.totals(), tally.terms()
    gap = Figure()
    if run is not reference and tally.design == reference.tally.design:
        gap = difference(tally, reference.tally).total
    over = excess(tally, ideal.tally) if ideal is not None and ideal.tally.design == tally.design else None
    return LaneBound(
        lane=run.lane, T=strata.T, values=run.values, starts=read_only(np.array(strata.starts)), sizes=read_only(strata.sizes.copy()),
        terms=read_only(terms.value), terms_error=read_only(terms.error), x0_error=read_only(tally.x0_errors().value),
        excess=None if over is None else read_only(over.value), excess_error=None if over is None else read_only(over.error),
        prior=_estimate(totals.prior), steps=_estimate(totals.steps), decoder=_estimate(totals.decoder), total=_estimate(totals.total),
        gap=_estimate(gap), rounds=tally.rounds, images=tally.images, seen=tally.seen,
    )  # fmt: skip


def _estimate(figure: Figure) -> Estimate:
    return Estimate(figure.value, figure.error)
