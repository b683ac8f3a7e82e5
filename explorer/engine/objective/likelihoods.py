"""Answers what is asked of log p(x): lane by lane, a few images at a time, with cancel points at every level of noise."""

from __future__ import annotations

import copy
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np

from explorer.diffusion.bound import Figure
from explorer.diffusion.divergence import means_of
from explorer.diffusion.flow_settings import LARGEST_TRACE
from explorer.diffusion.matching import MatchedPredictor
from explorer.diffusion.ode_likelihood import Flow
from explorer.diffusion.predictor import NetworkPredictor, Predictor
from explorer.diffusion.strata import shuffled
from explorer.engine.aside import Pace
from explorer.engine.desk import Desk
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import can_be_apart, through_network
from explorer.engine.objective.bounds import Bounds
from explorer.engine.objective.likelihood_messages import LaneLikelihood, LikelihoodShown, MeasureLikelihood
from explorer.engine.objective.messages import Estimate
from explorer.engine.thread.requests import Steps
from explorer.errors import BadInput
from explorer.evaluation.ode_likelihood import FlowTally, block_size, seconds_for, trace_words, walk
from explorer.evaluation.vlb import source
from explorer.recipe import Lane
from explorer.recipe.objective import BoundRecipe, FlowChoice

KEPT = 64


@dataclass(slots=True)
class _Run:
    """One lane under way."""

    lane: Lane
    predictor: Predictor
    tally: FlowTally
    pace: Pace[Any]
    walk: Iterator[int]
    wanted: int
    values: int


def measure_likelihood(request: MeasureLikelihood, desk: Desk) -> Steps:
    """Answer a MeasureLikelihood."""
    return desk.of(Likelihoods).measure(request)


class Likelihoods:
    """What was followed of lanes lately."""

    def __init__(self, models: Models, bounds: Bounds) -> None:
        self._models, self._bounds = models, bounds
        self._tallies: OrderedDict[tuple[object, ...], tuple[FlowTally, Pace[Any]]] = OrderedDict()

    @classmethod
    def at(cls, desk: Desk) -> Self:
        """Nothing measured yet."""
        return cls(desk.of(Models), desk.of(Bounds))

    def measure(self, request: MeasureLikelihood) -> Steps:
        """Follow the ODE of every lane.

        Raises
        ------
        BadInput
            If a lane's file or its data cannot be read, they do not fit each other, or an image is too large for the exact trace.
        """
        recipe, flow = request.recipe, request.flow
        if not recipe.lanes:
            yield LikelihoodShown(recipe, flow, (), 0, 0, 0.0, False)
            return
        known = yield from self._bounds.opened(recipe)
        values = int(np.prod(known.image_shape))
        if flow.probes == 0 and values > LARGEST_TRACE and any(lane.exact is None for lane in recipe.lanes):
            raise BadInput(f"{known.name}: the exact trace is of at most {LARGEST_TRACE:,} numbers an image, and these have {values:,}")
        images = source(known, self._models.device)
        runs = []
        for lane in recipe.lanes:
            predictor = _exact_arithmetic(through_network(self._bounds.predictor(lane, known), self._models.device))
            tally, pace = self._tally(lane, recipe, flow, known.sha256, len(known.images), predictor)
            yield from pace.at_rest()
            wanted = min(flow.images, len(tally.order))
            runs.append(_Run(lane, predictor, tally, pace, walk(predictor, images, tally, wanted), wanted, values))
            yield None
        seconds = 0.0
        for run in runs:
            left = run.tally.order[run.tally.images : run.wanted][: block_size(values)]
            if left:
                rest = run.wanted - run.tally.images
                seconds += yield from run.pace.step(partial(seconds_for, run.predictor, images(left), run.tally.flow, left, rest))
            yield None
        yield _shown(request, runs, seconds, partial=True)
        while unfinished := [run for run in runs if run.tally.images < run.wanted]:
            run = min(unfinished, key=lambda run: run.tally.images / run.wanted)
            if (yield from run.pace.step(partial(next, run.walk))):
                yield _shown(request, runs, seconds, partial=True)
            else:
                yield None
        yield _shown(request, runs, seconds, partial=False)

    def _tally(
        self, lane: Lane, recipe: BoundRecipe, flow: FlowChoice, data: str, known: int, predictor: Predictor
    ) -> tuple[FlowTally, Pace[Any]]:
        """What was found so far, and the pace of all who add to it."""
        key = (lane, data, recipe.split, recipe.seed, recipe.image, flow.steps, flow.solver, flow.probes, flow.probe, flow.dequantise)
        found = self._tallies.get(key)
        if found is None:
            order = (recipe.image,) if recipe.image is not None else shuffled(known, known, recipe.seed)
            chosen = Flow(flow.steps, flow.solver, flow.probes, flow.probe, flow.dequantise, recipe.seed)
            found = self._tallies[key] = FlowTally(chosen, order), Pace(can_be_apart(self._models.device, predictor))
            while len(self._tallies) > KEPT:
                self._tallies.popitem(last=False)
        self._tallies.move_to_end(key)
        return found


def _exact_arithmetic(predictor: Predictor) -> Predictor:
    """The predictor without the faster arithmetic that it has below some timestep: differences of what it says would be too coarse."""
    if isinstance(predictor, MatchedPredictor):
        return predictor.with_inner(_exact_arithmetic(predictor.inner))
    if not isinstance(predictor, NetworkPredictor) or predictor.fast is None:
        return predictor
    found = copy.copy(predictor)
    found.fast, found.up_to = None, 0
    return found


def _shown(request: MeasureLikelihood, runs: list[_Run], seconds: float, partial: bool) -> LikelihoodShown:
    lanes = tuple(_lane_likelihood(run) for run in runs)
    done, total = sum(min(run.tally.images, run.wanted) for run in runs), sum(run.wanted for run in runs)
    return LikelihoodShown(request.recipe, request.flow, lanes, done, total, seconds, partial)


def _lane_likelihood(run: _Run) -> LaneLikelihood:
    tally, means = run.tally, means_of(run.predictor)
    error = 0.0 if means == "closed form" else tally.probe_error
    return LaneLikelihood(
        lane=run.lane, values=run.values, total=_estimate(tally.total), probe_error=error, discretisation=_estimate(tally.discretisation),
        trace=trace_words(tally.flow, means), images=tally.images,
    )  # fmt: skip


def _estimate(figure: Figure) -> Estimate:
    return Estimate(figure.value, figure.error)
