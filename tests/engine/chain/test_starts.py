"""Lanes that start elsewhere, in the real engine with a shipped network."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
import numpy as np
import pytest
import torch

from explorer.checkpoints.files import file_sha256
from explorer.datasets.images import to_unit_range
from explorer.diffusion.inversion import inverting, slerp
from explorer.diffusion.noise import shared_noise
from explorer.diffusion.schedule import linear
from explorer.engine.chain.chains import Chains
from explorer.engine.chain.messages import ChainFinished, ChainProgress, LaneFailed, SampleChain, lane_keys
from explorer.engine.chain.starts import check_start, upward
from explorer.engine.engine import Engine
from explorer.engine.models.models import Models
from explorer.errors import BadInput
from explorer.recipe import ChainRecipe, ExactProcess, Lane, Sampler, picture_of
from explorer.recipe.start import Given, Inverted, NoiseOf, Start, given_of

PLAIN = Sampler(steps=5, eta=0.0)


@pytest.fixture
def lane(checkpoints: Mapping[str, Path]) -> Lane:
    path = checkpoints["mnist-ddpm-c"]
    return Lane(file_sha256(path), str(path), "C", PLAIN)


def states(engine: Engine, recipe: ChainRecipe, k: int = 0) -> list[torch.Tensor]:
    *_, last = engine.handle(SampleChain(recipe), "test")
    assert isinstance(last, ChainFinished)
    found = []
    for key in lane_keys(recipe):
        shown = engine.of(Chains).shown(key)
        assert shown is not None
        *_, frame = shown.frame(k)
        assert frame is not None
        found.append(torch.as_tensor(frame.x))
    return found


def test_a_chain_starts_from_the_noise_of_other_samples_and_between_them(lane: Lane) -> None:
    started = msgspec.structs.replace(lane, start=Start((NoiseOf(3, 9), NoiseOf(1)), 5))
    (x_T,) = states(Engine(), ChainRecipe((started,), 4, 7))
    one, other = shared_noise(9, [3], 0, (1, 28, 28)), shared_noise(4, [1], 0, (1, 28, 28))
    for sample in range(7):
        torch.testing.assert_close(x_T[sample], slerp(one, other, sample % 5 / 4)[0])
    turns = msgspec.structs.replace(lane, start=Start((NoiseOf(3, 9), NoiseOf(1))))
    (x_T,) = states(Engine(), ChainRecipe((turns,), 4, 3))
    torch.testing.assert_close(x_T, torch.cat([one, other, one]))


def test_a_chain_starts_from_what_is_given_and_refuses_what_does_not_fit(lane: Lane) -> None:
    given = np.random.default_rng(0).standard_normal((1, 28, 28)).astype(np.float32)
    started = msgspec.structs.replace(lane, start=Start((given_of(given), NoiseOf(1)), 3))
    (x_T,) = states(Engine(), ChainRecipe((started,), 4, 3))
    torch.testing.assert_close(x_T[0], torch.from_numpy(given))
    torch.testing.assert_close(x_T[1], slerp(torch.from_numpy(given)[None], shared_noise(4, [1], 0, (1, 28, 28)), 0.5)[0])
    for end, words in (
        (given_of(np.zeros((1, 8, 8))), r"its states are \(1, 28, 28\); the x_T that its chain starts from is \(1, 8, 8\)"),
        (Given((1, 28, 28), np.full(784, np.nan, np.float32).tobytes()), "not finite"),
    ):
        with pytest.raises(BadInput, match=words):
            check_start(msgspec.structs.replace(lane, start=Start((end,))), (1, 28, 28), linear())


def test_a_picture_comes_back_from_its_noise(lane: Lane, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    ends = tuple(Inverted(picture_of(mnist_test[0][i], f"{i}"), 20, rounds=1) for i in (3, 4))
    started = msgspec.structs.replace(lane, sampler=Sampler(steps=20, eta=0.0), start=Start(ends))
    recipe, engine = ChainRecipe((started,), 0, 2), Engine()
    outcomes = list(engine.handle(SampleChain(recipe), "test"))
    prepared = [o.lanes[0].prepared for o in outcomes if isinstance(o, ChainProgress)]
    assert prepared[0] < prepared[10] <= 20
    assert outcomes[-1].lanes[0].to_prepare == 20  # both are taken up abreast
    x_T, x_0 = states(engine, recipe)[0], states(engine, recipe, 20)[0]
    images = torch.from_numpy(to_unit_range(mnist_test[0][3:5]))
    assert float((x_0 - images).square().mean().sqrt()) < 0.04
    with torch.inference_mode():
        predictor = Models(torch.device("cpu")).predictor(lane)
        *_, risen = inverting(predictor, images, upward(predictor.schedule, lane, ends[0]), "ddim", 1)
    assert risen is not None
    torch.testing.assert_close(x_T, risen.x_t, rtol=0, atol=0.05)  # whatever runs the network
    more = states(engine, ChainRecipe((started,), 0, 5))[0]
    torch.testing.assert_close(more[:2], x_T, rtol=0, atol=1e-3)


def test_the_exact_process_is_inverted_along_its_mean(mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    end = Inverted(picture_of(mnist_test[0][3], "3"), 10)
    lane = Lane("", "mnist", sampler=PLAIN, exact=ExactProcess(images=50, follow="mean"), start=Start((end,)))
    (x_T,) = states(Engine(), ChainRecipe((lane,), 0, 1))
    assert torch.isfinite(x_T).all()


def test_a_picture_of_another_shape_is_refused_and_ends_no_other_lane(lane: Lane) -> None:
    odd = msgspec.structs.replace(lane, start=Start((Inverted(picture_of(np.zeros((3, 8, 8), np.uint8))),)))
    outcomes = list(Engine().handle(SampleChain(ChainRecipe((odd, lane), 0, 1)), "test"))
    (failed,) = (o for o in outcomes if isinstance(o, LaneFailed))
    assert "(3, 8, 8)" in failed.message
    assert isinstance(outcomes[-1], ChainFinished)
    many = msgspec.structs.replace(lane, start=Start((Inverted(picture_of(np.zeros((1, 28, 28), np.uint8)), 2000),)))
    with pytest.raises(BadInput, match="on the way up"):
        list(Engine().handle(SampleChain(ChainRecipe((many,), 0, 1)), "test"))
