"""Every network of the ladder on the same test images and the same samples of the prior."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from explorer.checkpoints.files import load
from explorer.checkpoints.locate import locate
from explorer.datasets.images import to_unit_range
from explorer.datasets.mnist import mnist
from explorer.engine.engine import Engine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.variational.ladder_messages import LadderListed, ListLadder, ProbeShown, RungShown, ShowProbe, ShowRung
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def last(engine: Engine, payload: Payload) -> Outcome:
    return [outcome for outcome in engine.handle(payload) if outcome is not None][-1]


def shown(engine: Engine, rung: str, image: int = 0, seed: int = 0) -> RungShown:
    found = last(engine, ShowRung(rung, ForwardImage(image), seed))
    assert isinstance(found, RungShown)
    return found


def test_the_rungs_are_listed_with_the_figures_of_their_cards(engine: Engine) -> None:
    found = last(engine, ListLadder())
    assert isinstance(found, LadderListed)
    families = [rung.family for rung in found.rungs]
    assert families == sorted(families, key=["ae", "ae-sigma", "vae-sigma", "vae"].index)
    assert len(set(families)) == 4
    for rung in found.rungs:
        assert 0 < rung.error < 0.2
        assert 0 < rung.share <= 1
        assert rung.real_share > 0.9
        assert (len(rung.kl_per_dimension), np.isnan(rung.elbo)) == ((0, True) if rung.family == "ae" else (2, False))


def test_images_and_samples_are_the_same_for_every_network(engine: Engine) -> None:
    first, second = shown(engine, "ladder/ae-mse"), shown(engine, "ladder/vae-beta-1")
    np.testing.assert_array_equal(first.prior, second.prior)
    np.testing.assert_array_equal(first.labels, second.labels)
    np.testing.assert_array_equal(first.image, second.image)
    assert not np.array_equal(first.samples, second.samples)
    assert len(first.sigmas) == 0
    assert first.sigma == (0.0, 0.0)
    assert len(second.sigmas) == len(second.codes)
    assert first.extent[1] - first.extent[0] > 2 * (second.extent[1] - second.extent[0]), "without a prior, codes lie far out"
    assert not np.array_equal(shown(engine, "ladder/vae-beta-1", seed=1).prior, second.prior)


def test_codes_are_the_encoders_and_the_image_is_among_them(engine: Engine) -> None:
    found = shown(engine, "ladder/vae-sigma-0.3", image=5)
    model = load(locate("ladder/vae-sigma-0.3")).network
    with torch.inference_mode():
        mean, _ = model.encode(torch.from_numpy(to_unit_range(mnist("test")[0][:8])))
    np.testing.assert_allclose(found.codes[:8], mean.numpy(), atol=1e-4)
    np.testing.assert_allclose(found.code, mean[5].numpy(), atol=1e-4)
    np.testing.assert_allclose(found.sigmas, 0.3, rtol=1e-5)
    assert found.label == int(mnist("test")[1][5])


def test_the_probe_is_decoded_and_read(engine: Engine) -> None:
    codes = shown(engine, "ladder/vae-beta-1")
    x, y = codes.codes[0].tolist()
    found = last(engine, ShowProbe("ladder/vae-beta-1", (x, y)))
    assert isinstance(found, ProbeShown)
    assert found.digit == int(codes.labels[0])
    assert found.confidence > 0.5
    assert np.abs(found.tile.astype(int) - codes.reconstruction.astype(int)).max() <= 1, (
        "the code of the image decodes to its reconstruction"
    )


@pytest.mark.parametrize("name", ["ladder/none", "../mnist-vae-2d", "mnist-vae-2d"])
def test_another_name_is_refused(engine: Engine, name: str) -> None:
    with pytest.raises(BadInput, match="no network of the ladder"):
        last(engine, ShowRung(name, ForwardImage(), 0))
