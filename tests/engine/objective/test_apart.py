"""Evaluations of a large network by the objective hold nobody up, and the figures are what they would have been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from explorer.checkpoints.files import file_sha256
from explorer.engine import aside
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.engine.objective.likelihood_messages import LikelihoodShown, MeasureLikelihood
from explorer.engine.objective.messages import BoundShown, DenoisedShown, HeldOutShown, MeasureBound, ShowDenoised, ShowHeldOut
from explorer.engine.thread.requests import Payload, Steps
from explorer.recipe import BoundRecipe, Lane
from explorer.recipe.objective import FlowChoice
from tests.engine.gated import Gate, ask, left_to_fail, started, until_held


@pytest.fixture
def recipe(checkpoints: Mapping[str, Path]) -> BoundRecipe:
    path = checkpoints["mnist-ddpm-c"]
    return BoundRecipe((Lane(file_sha256(path), str(path), "C"),), images=4, strata=4)


@pytest.fixture
def held(recipe: BoundRecipe, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Engine, Gate]]:
    """An engine to which every step is a long one."""
    monkeypatch.setattr(aside, "LONG_SECONDS", 0.0)
    engine = started()
    gate = Gate(engine.of(Models).checkpoint(recipe.lanes[0].source).network)
    yield engine, gate
    gate.is_open.set()


def payloads(recipe: BoundRecipe) -> dict[str, Payload]:
    return {
        "bound": MeasureBound(recipe),
        "likelihood": MeasureLikelihood(recipe, FlowChoice(images=1, steps=4, probes=1)),
        "denoised": ShowDenoised(recipe, 3, 500),
    }


def figures(outcome: object) -> list[object]:
    """What an answer says of a lane, but for how long it may take."""
    if isinstance(outcome, DenoisedShown):
        return [outcome.nats, outcome.guesses.tobytes()]
    assert isinstance(outcome, BoundShown | LikelihoodShown)
    assert not outcome.partial
    return [repr(outcome.lanes[0].total), outcome.lanes[0].images]  # an error may be NaN


def others_are_answered(engine: Engine, steps: Steps, recipe: BoundRecipe) -> None:
    assert [next(steps) for _ in range(5)] == [None] * 5, "cancel points within one evaluation"
    (shown,) = ask(engine, ShowHeldOut(recipe, 1))
    assert isinstance(shown, HeldOutShown)


@pytest.mark.parametrize("name", ["bound", "likelihood", "denoised"])
def test_while_an_evaluation_goes_on_others_are_answered(held: tuple[Engine, Gate], recipe: BoundRecipe, name: str) -> None:
    engine, gate = held
    payload = payloads(recipe)[name]
    steps = engine.handle(payload, "objective")
    until_held(steps, gate)
    others_are_answered(engine, steps, recipe)
    gate.is_open.set()
    *_, found = steps
    *_, wanted = ask(started(), payload)
    assert figures(found) == figures(wanted)


@pytest.mark.parametrize("name", ["bound", "likelihood"])
def test_one_that_is_left_in_the_midst_of_an_evaluation_is_gone_on_with(held: tuple[Engine, Gate], recipe: BoundRecipe, name: str) -> None:
    engine, gate = held
    payload = payloads(recipe)[name]
    gate.first = 3  # after those that tell how long a likelihood takes
    steps = engine.handle(payload, "objective")
    until_held(steps, gate)
    steps.close()  # type: ignore[attr-defined]
    anew = engine.handle(payload, "objective")
    others_are_answered(engine, anew, recipe)
    gate.is_open.set()
    shown = [outcome for outcome in anew if outcome is not None]
    first, found = shown[0], shown[-1]
    *_, wanted = ask(started(), payload)
    assert figures(found) == figures(wanted)
    if isinstance(found, BoundShown):
        assert found.lanes[0].seen == wanted.lanes[0].seen, "what was under way counts, and counts once"  # type: ignore[union-attr]
    if isinstance(first, LikelihoodShown):
        assert first.seconds > 0, "what was under way is not taken for how long all of it takes"


def test_one_that_fails_after_it_was_left_is_taken_anew(held: tuple[Engine, Gate], recipe: BoundRecipe) -> None:
    engine, gate = held
    steps = engine.handle(MeasureBound(recipe), "objective")
    left_to_fail(steps, gate)
    *_, found = ask(engine, MeasureBound(recipe))
    *_, wanted = ask(started(), MeasureBound(recipe))
    assert figures(found) == figures(wanted)
