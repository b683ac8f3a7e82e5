"""What the engine says of densities and posteriors: the identities that hold between its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.engine.engine import Engine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.variational.messages import BoundShown, FitShown, PosteriorShown, ShowBound, ShowFit, ShowPosterior
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import LINE, PLANE, Bump, FitRecipe, InferenceRecipe


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def answers(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload) if outcome is not None]


@pytest.mark.parametrize("fit", [LINE, PLANE], ids=["line", "plane"])
def test_a_fit_goes_down_in_its_own_divergence_and_its_integrands_add_up(engine: Engine, fit: FitRecipe) -> None:
    shown = answers(engine, ShowFit(fit, 12))[-1]
    assert isinstance(shown, FitShown)
    assert shown.step == 12
    assert shown.curve.shape == (201, 2), "the whole curve, for who waits"
    assert (np.diff(shown.curve[:, 0]) < 1e-9).all(), "it follows KL(q || p)"
    assert shown.kl_q == pytest.approx(shown.curve[12, 0])
    cell = (shown.axis[1] - shown.axis[0]) ** len(shown.mean)
    assert shown.of_q.sum() * cell == pytest.approx(shown.kl_q, abs=1e-4)
    assert shown.of_p.sum() * cell == pytest.approx(shown.kl_p, abs=1e-4)
    assert np.isnan(shown.closed_q), "a mixture has no closed form"


def test_between_two_gaussians_the_formula_stands_beside_the_integral(engine: Engine) -> None:
    shown = answers(engine, ShowFit(FitRecipe((Bump((1.0,), (0.8,)),), Bump((-0.5,), (1.5,)), "p||q"), 0))[-1]
    assert isinstance(shown, FitShown)
    assert shown.closed_q == pytest.approx(shown.kl_q, abs=1e-6)
    assert shown.closed_p == pytest.approx(shown.kl_p, abs=1e-6)


def test_the_posterior_of_a_test_image(engine: Engine) -> None:
    recipe = InferenceRecipe(image=ForwardImage(8))
    first, *_, shown = answers(engine, ShowPosterior(recipe))
    assert isinstance(first, PosteriorShown)
    assert isinstance(shown, PosteriorShown)
    assert np.isnan(first.log_p), "what the encoder says does not wait for the rest"
    assert first.partial
    assert not shown.partial
    assert shown.diagonal is not None
    assert shown.full is not None
    assert shown.encoder.elbo < shown.diagonal.elbo < shown.full.elbo < shown.log_p
    assert shown.log_p - shown.encoder.elbo > 50, "the encoder is at the wrong place for this 5"
    assert shown.density.max() == pytest.approx(1, abs=0.2)
    bounds = dict(shown.iwae.tolist())
    for row in ((1, 2, 10, 20, 100, 200, 1000), (1, 5, 10, 50, 100, 500, 1000)):
        assert (np.diff([bounds[count] for count in row]) > 0).all(), "more samples, a tighter bound"
    assert bounds[1000] < shown.log_p + 0.05
    x0, x1, y0, y1 = shown.extent
    assert x0 < shown.mean[0] < x1
    assert y0 < shown.mean[1] < y1
    assert shown.label == 5
    bound = answers(engine, ShowBound(recipe, shown.full.q))[-1]
    assert isinstance(bound, BoundShown)
    assert bound.found.elbo == pytest.approx(shown.full.elbo, abs=0.05)
    assert bound.draws.shape[1:] == (28, 28, 3)


def test_models_that_have_no_such_posterior_are_refused(engine: Engine) -> None:
    for recipe, cause in (
        (InferenceRecipe(source="mnist-vae-16d"), "two-dimensional codes"),
        (InferenceRecipe(source="mnist-ae-2d"), "two-dimensional codes"),
        (InferenceRecipe(source="mnist-ddpm-c"), "no encoder"),
        (InferenceRecipe(image=ForwardImage(10_000)), "no test image 10000"),
    ):
        with pytest.raises(BadInput, match=cause):
            answers(engine, ShowPosterior(recipe))
