"""log p(x) by the engine: the same as the command's, resumed, cancellable, of exact processes too."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.datasets.images import load_images, to_unit_range
from explorer.diffusion.ode_likelihood import Flow, likelihood
from explorer.diffusion.strata import shuffled
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.models.predictors import finished, through_network
from explorer.engine.objective.likelihood_messages import LikelihoodShown, MeasureLikelihood
from explorer.errors import BadInput
from explorer.recipe import BoundRecipe, ExactProcess, Lane, ScheduleChoice
from explorer.recipe.objective import FlowChoice

QUICK = FlowChoice(images=2, steps=4, probes=1)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def lane(checkpoints: Mapping[str, Path]) -> Callable[[str], Lane]:
    def make(option: str) -> Lane:
        path = checkpoints[f"mnist-ddpm-{option.lower()}"]
        return Lane(file_sha256(path), str(path), option)  # type: ignore[arg-type]

    return make


def shown(engine: Engine, payload: Any) -> list[LikelihoodShown]:
    return [outcome for outcome in engine.handle(payload) if isinstance(outcome, LikelihoodShown)]


def test_the_time_is_told_first_and_every_lane_is_followed(engine: Engine, lane: Callable[[str], Lane]) -> None:
    recipe = BoundRecipe((lane("A"), lane("C")), seed=3)
    first, *_, last = shown(engine, MeasureLikelihood(recipe, QUICK))
    assert (first.done, first.total, first.partial) == (0, 4, True)
    assert first.seconds > 0
    assert (last.done, last.total, last.partial) == (4, 4, False)
    indices = shuffled(10_000, 2, 3)
    x0 = torch.from_numpy(to_unit_range(load_images("mnist", "test").images[list(indices)]))
    with torch.inference_mode():
        for found, one in zip(last.lanes, recipe.lanes, strict=True):
            predictor = through_network(Models(torch.device("cpu")).predictor(one), torch.device("cpu"))
            own = finished(likelihood(predictor, x0, Flow(4, probes=1, seed=3), indices))
            assert found.total.value == pytest.approx(float(own.nats.mean()), rel=1e-4)
            assert math.isnan(found.probe_error)
            assert math.isfinite(found.discretisation.value)
    again = shown(engine, MeasureLikelihood(recipe, QUICK))
    assert (again[0].done, again[0].seconds) == (4, 0)  # nothing is left to do


def test_it_stops_at_any_level_and_goes_on_with_more_images(engine: Engine, lane: Callable[[str], Lane]) -> None:
    recipe = BoundRecipe((lane("C"),), seed=9)
    work = engine.handle(MeasureLikelihood(recipe, FlowChoice(images=16, steps=4, probes=1)))
    seen = list(takewhile(lambda outcome: not (isinstance(outcome, LikelihoodShown) and outcome.done), work))
    assert len([outcome for outcome in seen if outcome is None]) > 10  # of eight images alone
    work.close()  # type: ignore[attr-defined]
    more = shown(engine, MeasureLikelihood(recipe, FlowChoice(images=10, steps=4, probes=1)))
    assert (more[0].done, more[-1].done, more[-1].lanes[0].images) == (8, 10, 10)


def test_the_exact_process_has_its_trace_in_closed_form(engine: Engine) -> None:
    exact = Lane("", "mnist", exact=ExactProcess(images=200), schedule=ScheduleChoice("cosine", 100))
    (*_, last) = shown(engine, MeasureLikelihood(BoundRecipe((exact,), image=0), FlowChoice(steps=10)))
    assert last.lanes[0].images == 1
    assert last.lanes[0].probe_error == 0
    assert "closed form" in last.lanes[0].trace
    assert math.isfinite(last.lanes[0].total.value)


def test_no_lanes_are_no_work_and_what_does_not_fit_is_said(engine: Engine, lane: Callable[[str], Lane]) -> None:
    (only,) = shown(engine, MeasureLikelihood(BoundRecipe(), QUICK))
    assert (only.lanes, only.partial) == ((), False)
    with pytest.raises(BadInput, match="emoji"):
        shown(engine, MeasureLikelihood(BoundRecipe((lane("C"),), dataset="emoji"), QUICK))


@pytest.mark.parametrize("wrong", [{"steps": 1}, {"images": 0}, {"probes": 65}])
def test_a_choice_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"must be in"):
        FlowChoice(**wrong)
