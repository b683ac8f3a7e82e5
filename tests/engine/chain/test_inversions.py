"""How well a picture comes back, and what a noise looks like, by the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from explorer.checkpoints.files import file_sha256
from explorer.diffusion.noise import noise_array
from explorer.engine.chain.branching.messages import FitPicture, PictureFitted
from explorer.engine.chain.inversion_messages import InversionShown, MeasureInversion, NoiseShown, ShowNoise
from explorer.engine.chain.messages import LaneKey
from explorer.engine.engine import Engine
from explorer.engine.pictures.tiles import grey_tiles
from explorer.errors import BadInput
from explorer.recipe import ExactProcess, Lane, Sampler, picture_of
from explorer.recipe.start import Inverted, NoiseOf, Start


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.fixture
def lane(checkpoints: Mapping[str, Path]) -> Lane:
    path = checkpoints["mnist-ddpm-c"]
    return Lane(file_sha256(path), str(path), "C", Sampler(steps=5))


def test_the_time_is_told_and_more_steps_bring_a_picture_back_better(
    engine: Engine, lane: Lane, mnist_test: tuple[np.ndarray, np.ndarray]
) -> None:
    end = Inverted(picture_of(mnist_test[0][3], "3"), 12, rounds=1)
    answers = [a for a in engine.handle(MeasureInversion(lane, end, (4, 12))) if isinstance(a, InversionShown)]
    assert (len(answers), answers[0].trips, answers[0].total) == (3, (), 2)
    assert answers[0].seconds > 0
    first, last = answers[-1].trips
    assert not answers[-1].partial
    assert (first.steps, last.steps) == (4, 12)
    assert last.error < 0.7 * first.error
    wanted = grey_tiles(mnist_test[0][3:4].astype(np.float32) / 127.5 - 1)[0]
    assert float(np.abs(last.back.astype(float) - wanted).mean()) < 8
    assert last.norm_score == pytest.approx((last.norm**2 - 784) / np.sqrt(2 * 784))
    with pytest.raises(BadInput, match="makes images of"):
        list(engine.handle(MeasureInversion(lane, Inverted(picture_of(np.zeros((1, 8, 8), np.uint8))), (4,))))


def test_an_exact_process_that_draws_is_followed_in_the_mean(engine: Engine, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    """Draws have no way back: its flow is measured, whatever its lane does."""
    end = Inverted(picture_of(mnist_test[0][3], "3"), 4)
    found = []
    for follow in ("draw", "mean"):
        drawing = Lane("", "mnist", None, Sampler(steps=5), ExactProcess("mnist", follow=follow))
        *_, answer = engine.handle(MeasureInversion(drawing, end, (4,)))
        assert isinstance(answer, InversionShown)
        found.append(answer.trips[0].error)
    assert found[0] == found[1]


def test_noise_and_test_images_are_shown(engine: Engine, lane: Lane, mnist_test: tuple[np.ndarray, np.ndarray]) -> None:
    key = LaneKey(lane, 7, 2)
    *_, own = engine.handle(ShowNoise(key, NoiseOf(3)))
    assert isinstance(own, NoiseShown)
    np.testing.assert_array_equal(own.tile, grey_tiles(noise_array(7, 3, 0, (1, 28, 28))[None])[0])
    *_, fitted = engine.handle(FitPicture(key, image=3))
    assert isinstance(fitted, PictureFitted)
    assert fitted.name == "mnist:3"
    np.testing.assert_array_equal(fitted.picture.array(), mnist_test[0][3])
    with pytest.raises(BadInput, match="0 to 9,999"):
        list(engine.handle(FitPicture(key, image=10_000)))
    assert Start((Inverted(fitted.picture),)).inverts
