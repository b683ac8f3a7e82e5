"""What a lane shows of guidance: both predictions and their difference, at the states of the chain, of its own labels."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256, load
from explorer.checkpoints.locate import locate
from explorer.engine.chain.branching.messages import PaintShown, PreviewPaint
from explorer.engine.chain.messages import LaneKey, SampleChain, ShowStep, StepShown, lane_keys
from explorer.engine.engine import Engine
from explorer.engine.thread.messages import StartEngine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.recipe import NO_CLASS, ChainRecipe, Change, FreshNoise, Lane, Sampler
from explorer.recipe.quantities import of_classes

NULL = 3


@pytest.fixture
def lane(conditional: Path) -> Lane:
    return Lane(file_sha256(conditional), str(conditional), "C", Sampler(5), labels=(2, NO_CLASS), guidance=1.5)


def ask(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload, "test") if outcome is not None]


def sampled(recipe: ChainRecipe) -> tuple[Engine, tuple[LaneKey, ...]]:
    engine = Engine()
    ask(engine, StartEngine(device="cpu", precision="fp32"))
    ask(engine, SampleChain(recipe))
    return engine, lane_keys(recipe)


def shown(engine: Engine, key: LaneKey, t: int, quantity: str) -> StepShown:
    (found,) = ask(engine, ShowStep((key,), t, quantity))
    assert isinstance(found, StepShown)
    return found


def values(engine: Engine, key: LaneKey, quantity: str) -> np.ndarray:
    return shown(engine, key, 12, quantity).frames[0].values


def test_both_predictions_are_those_of_the_network_at_the_lanes_states(lane: Lane) -> None:
    engine, (key,) = sampled(ChainRecipe((lane,), seed=3, samples=3))
    x, network = torch.from_numpy(values(engine, key, "x_t").copy()), load(Path(lane.source)).network
    with torch.no_grad():
        of_the_class, without = (network(x, torch.full((3,), 12), torch.tensor(each)).numpy() for each in ([2, NULL, 2], [NULL] * 3))
    found = {name: values(engine, key, name) for name in of_classes()}
    np.testing.assert_allclose(found["eps_class"], of_the_class, atol=1e-4)
    np.testing.assert_allclose(found["eps_null"], without, atol=1e-4)
    np.testing.assert_allclose(found["guidance"], of_the_class - without, atol=1e-4)
    assert np.abs(found["guidance"][1]).max() < 1e-5, "where there is no class nothing is guided"
    assert np.abs(found["guidance"][0]).max() > 0.05
    np.testing.assert_allclose(values(engine, key, "eps_hat"), 2.5 * of_the_class - 1.5 * without, atol=1e-3)


def test_a_branch_keeps_the_labels(lane: Lane) -> None:
    branch = msgspec.structs.replace(lane, edits=(FreshNoise(12, 7),))
    engine, (own, left) = sampled(ChainRecipe((lane, branch), seed=3, samples=2))
    for name in of_classes():
        np.testing.assert_allclose(values(engine, own, name), values(engine, left, name), atol=1e-5)


def test_a_network_that_takes_over_is_told_as_much_as_it_takes(lane: Lane) -> None:
    own = Path(lane.source)
    again = msgspec.structs.replace(lane, edits=(Change(12, checkpoint=file_sha256(own), source=str(own), option="C"),))
    engine, (one, other) = sampled(ChainRecipe((lane, again), seed=3, samples=2))
    np.testing.assert_allclose(values(engine, one, "eps_hat"), values(engine, other, "eps_hat"), atol=1e-4)


def test_a_single_sample_that_is_looked_at_is_told_its_own_label(lane: Lane) -> None:
    engine, (key,) = sampled(ChainRecipe((lane,), seed=3, samples=3))
    first = next(outcome for outcome in ask(engine, PreviewPaint(key, 12, 1, "x0_hat")) if isinstance(outcome, PaintShown))
    whole = shown(engine, key, 12, "x0_hat").frames[0]
    assert np.abs(first.canvas.astype(int) - whole.tiles[1].astype(int)).max() <= 1


def test_a_network_that_is_told_no_class_says_why_it_shows_nothing() -> None:
    path = locate("mnist-ddpm-c")
    engine, (key,) = sampled(ChainRecipe((Lane(file_sha256(path), str(path), "C", Sampler(2)),), samples=1))
    (blank,) = shown(engine, key, 500, "guidance").blank
    assert blank.why == "no class"
