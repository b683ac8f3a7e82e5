"""The exact p(z|x) of what is encoded: that of the Variational workspace, of any picture that can be encoded."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.engine import Engine
from explorer.engine.latent.messages import EncodePicture, PictureEncoded
from explorer.engine.latent.posterior_messages import ShowTruePosterior, TruePosteriorShown
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.variational.messages import PosteriorShown, ShowPosterior
from explorer.errors import BadInput
from explorer.recipe import Dab
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import InferenceRecipe


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def last(engine: Engine, payload: Payload) -> Outcome | None:
    return ([outcome for outcome in engine.handle(payload) if outcome is not None] or [None])[-1]


def test_it_is_that_of_the_variational_workspace(engine: Engine) -> None:
    shown = last(engine, ShowTruePosterior(EncodePicture("mnist-vae-2d", index=8)))
    reference = last(engine, ShowPosterior(InferenceRecipe(image=ForwardImage(8))))
    assert isinstance(shown, TruePosteriorShown)
    assert isinstance(reference, PosteriorShown)
    assert shown.log_p == pytest.approx(reference.log_p, abs=1e-6)
    assert shown.gap == pytest.approx(reference.log_p - reference.encoder.elbo, abs=1e-4)
    assert shown.gap > 50, "the encoder is at the wrong place for this 5"
    assert shown.extent == reference.extent
    np.testing.assert_array_equal(shown.density, reference.density)
    assert shown.mean == pytest.approx(reference.mean)
    assert shown.sd == pytest.approx(reference.sd)


def test_a_drawing_has_one_too(engine: Engine) -> None:
    drawing = (Dab(((10.0, 4.0), (12.0, 14.0), (14.0, 24.0)), 2.0),)
    shown = last(engine, ShowTruePosterior(EncodePicture("mnist-vae-2d", drawing=drawing)))
    encoded = last(engine, EncodePicture("mnist-vae-2d", drawing=drawing))
    assert isinstance(shown, TruePosteriorShown)
    assert isinstance(encoded, PictureEncoded)
    assert shown.kl == pytest.approx(encoded.kl, abs=1e-4)
    assert shown.log_likelihood == pytest.approx(encoded.log_likelihood, abs=5), "by quadrature there, by draws here"
    x0, x1, y0, y1 = shown.extent
    assert x0 < encoded.mean[0] < x1
    assert y0 < encoded.mean[1] < y1
    assert shown.gap > 0


@pytest.mark.parametrize("name", ["mnist-vae-16d", "mnist-ae-2d"])
def test_models_whose_plane_is_not_all_are_refused(engine: Engine, name: str) -> None:
    with pytest.raises(BadInput, match="two-dimensional codes"):
        last(engine, ShowTruePosterior(EncodePicture(name, index=0)))
