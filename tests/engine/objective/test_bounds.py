"""The objective's requests: they stream, go on where they stood, and say what does not fit."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.objective import read
from explorer.diffusion.strata import STREAM
from explorer.engine.engine import Engine
from explorer.engine.models.devices import choose
from explorer.engine.models.models import Models
from explorer.engine.objective.messages import BoundShown, DenoisedShown, HeldOutShown, MeasureBound, ShowDenoised, ShowHeldOut
from explorer.errors import BadInput
from explorer.recipe import BoundRecipe, ExactProcess, Lane, Sampler, ScheduleChoice

replace = msgspec.structs.replace


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="module")
def lane(checkpoints: Mapping[str, Path]) -> Callable[..., Lane]:
    def make(option: str, clip: bool = False) -> Lane:
        path = checkpoints[f"mnist-ddpm-{option.lower()}"]
        return Lane(file_sha256(path), str(path), option, Sampler(clip=clip))  # type: ignore[arg-type]

    return make


def last(engine: Engine, payload: Any) -> Any:
    *_, answer = engine.handle(payload)
    return answer


def test_a_lane_of_fewer_timesteps_does_not_end_the_others(engine: Engine, lane: Callable[..., Lane]) -> None:
    short = Lane("", "mnist", exact=ExactProcess(images=50, follow="mean"), schedule=ScheduleChoice("cosine", 5))
    shown = last(engine, MeasureBound(BoundRecipe((short, lane("C")), images=4, strata=8)))
    assert [(bound.T, len(bound.starts), bound.images) for bound in shown.lanes] == [(5, 5, 4), (1000, 8, 4)]
    assert shown.done == shown.total == 13


def test_every_lane_is_measured_over_the_same_draws(engine: Engine, lane: Callable[..., Lane]) -> None:
    recipe = BoundRecipe((lane("A"), lane("C")), images=8, strata=4)
    outcomes = list(engine.handle(MeasureBound(recipe)))
    shown = outcomes[-1]
    assert isinstance(shown, BoundShown)
    assert not shown.partial
    assert shown.done == shown.total == 2 * 2 * len(shown.lanes[0].starts)
    assert outcomes.count(None) >= 2, "there are points at which it may be cancelled"
    a, c = shown.lanes
    for bound in (a, c):
        assert (bound.rounds, bound.images, bound.T, bound.values) == (2, 8, 1000, 784)
        assert bound.seen == 8 * len(bound.starts)
        assert bound.sizes.sum() == 1000
        assert bound.total.value == pytest.approx(bound.prior.value + bound.steps.value + bound.decoder.value)
        assert bound.steps.value == pytest.approx(float((bound.terms * bound.sizes)[1:].sum()))
        assert bound.total.error > 0
        assert not bound.terms.flags.writeable
    assert a.prior == c.prior
    assert a.gap.value == pytest.approx(a.total.value - c.total.value)
    assert math.isnan(c.gap.value)


def test_more_images_go_on_and_a_left_one_is_taken_up(engine: Engine, lane: Callable[..., Lane]) -> None:
    recipe = BoundRecipe((lane("C"),), images=8, strata=4, seed=2)
    fresh = last(Engine(), MeasureBound(recipe)).lanes[0]
    list(islice(engine.handle(MeasureBound(recipe)), 4))
    left = next(o for o in engine.handle(MeasureBound(replace(recipe, images=4))) if o is not None and not o.partial)
    assert left.lanes[0].rounds == 1
    went_on = list(engine.handle(MeasureBound(recipe)))
    assert went_on[-1].lanes[0].seen == fresh.seen, "the first round is not measured again"
    assert went_on[-1].lanes[0].total == fresh.total
    fewer = last(engine, MeasureBound(replace(recipe, images=4)))
    assert fewer.lanes[0].rounds == 2, "what is known is not thrown away"


def test_one_image_is_drawn_as_often_as_wanted(engine: Engine, lane: Callable[..., Lane]) -> None:
    shown = last(engine, MeasureBound(BoundRecipe((lane("C"),), image=17, images=3, strata=3)))
    (bound,) = shown.lanes
    assert (bound.rounds, bound.images, bound.seen) == (3, 1, 3 * len(bound.starts))
    assert bound.prior.error < 1e-9 * bound.prior.value
    assert bound.steps.error > 0


def test_the_exact_process_is_a_lane_and_excess_is_over_it(engine: Engine, lane: Callable[..., Lane]) -> None:
    ideal = Lane("", "mnist", exact=ExactProcess(follow="mean"))
    recipe = BoundRecipe((ideal, lane("C")), split="train", images=4, strata=4)
    exact, network = last(engine, MeasureBound(recipe, excess=True)).lanes
    assert exact.excess is not None
    np.testing.assert_array_equal(exact.excess, 0)
    np.testing.assert_allclose(network.excess, network.x0_error - exact.x0_error, atol=1e-12)
    assert network.excess[0] > 0
    assert exact.total.value < network.total.value, "on its own images"


def test_no_lanes_are_answered_too(engine: Engine) -> None:
    assert last(engine, MeasureBound(BoundRecipe())).lanes == ()
    assert last(engine, ShowHeldOut(BoundRecipe(), 4)).indices == ()


def test_held_out_images_are_those_that_are_measured_first(
    engine: Engine, lane: Callable[..., Lane], mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    shown = last(engine, ShowHeldOut(BoundRecipe((lane("C"),), seed=4), 6))
    assert isinstance(shown, HeldOutShown)
    assert (shown.name, shown.known, len(set(shown.indices))) == ("mnist", 10_000, 6)
    images, labels = mnist_test
    for index, tile, label in zip(shown.indices, shown.tiles, shown.labels or (), strict=True):
        np.testing.assert_array_equal(tile[..., 0], images[index, 0])
        assert label == labels[index]


def test_an_image_at_t_as_every_lane_takes_it(engine: Engine, lane: Callable[..., Lane], digits: torch.Tensor) -> None:
    recipe = BoundRecipe((lane("B"), lane("C")))
    shown = last(engine, ShowDenoised(recipe, 3, 300))
    assert isinstance(shown, DenoisedShown)
    assert shown.noisy.shape == shown.guesses.shape == (2, 28, 28, 3)
    np.testing.assert_array_equal(shown.noisy[0], shown.noisy[1])
    eps = shared_noise(0, [3], 300, (1, 28, 28), stream=STREAM)
    models = Models(choose("auto"))  # in the engine's arithmetic
    with torch.inference_mode():
        known = read(models.predictor(recipe.lanes[1]), digits[3:4].to(models.device), 300, eps.to(models.device))
    assert shown.nats[1] == pytest.approx(float(known.nats), rel=1e-4)
    assert last(engine, ShowDenoised(recipe, 3, 0)).nats[1] > shown.nats[1], "t = 0 is shown as t = 1"


def test_what_does_not_fit_is_said(engine: Engine, lane: Callable[..., Lane], tmp_path: Path) -> None:
    recipe = BoundRecipe((lane("C"),))
    with pytest.raises(BadInput, match="there is no image 10000 among the 10,000"):
        list(engine.handle(MeasureBound(replace(recipe, image=10_000))))
    with pytest.raises(BadInput, match="no such file"):
        list(engine.handle(MeasureBound(replace(recipe, dataset=str(tmp_path / "none.npy")))))
    small = tmp_path / "small.npy"
    np.save(small, np.zeros((5, 8, 8), np.uint8))
    with pytest.raises(BadInput, match=r"its images are 1 × 8 × 8"):
        list(engine.handle(MeasureBound(replace(recipe, dataset=str(small)))))


@pytest.mark.parametrize("field", [{"images": 0}, {"strata": 1}, {"seed": -1}, {"image": -1}, {"lanes": (Lane("", ""),) * 17}])
def test_recipes_that_cannot_be_measured_are_refused(field: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|at least|at most"):
        BoundRecipe(**field)


def test_excess_of_a_network_that_is_told_classes_is_over_the_ideal_that_is_told_them(
    engine: Engine, conditional: Path, mnist_test: tuple[np.ndarray, np.ndarray], tmp_path: Path
) -> None:
    images, labels = mnist_test
    three = np.flatnonzero(labels < 3)[:60]
    for name, array in (("train-images-idx3-ubyte", images[three]), ("train-labels-idx1-ubyte", labels[three])):
        array = array.reshape(-1, 28, 28) if "images" in name else array
        (tmp_path / name).write_bytes(
            bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.astype(np.uint8).tobytes()
        )
    told = Lane(file_sha256(conditional), str(conditional), "C")
    recipe = BoundRecipe((told,), dataset=str(tmp_path), split="train", images=12, strata=20)
    (found,) = last(engine, MeasureBound(recipe, excess=True)).lanes
    everything = Lane("", str(tmp_path), exact=ExactProcess(str(tmp_path), follow="mean"), schedule=ScheduleChoice("cosine", 20))
    (of_all,) = last(engine, MeasureBound(BoundRecipe((everything,), str(tmp_path), split="train", images=12, strata=20))).lanes
    ideal = found.x0_error - found.excess
    assert ideal[-1] < 0.9 * of_all.x0_error[-1], "in the noise, the class is all that is known"
