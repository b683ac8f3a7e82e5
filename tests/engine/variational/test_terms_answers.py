"""What the engine says of the terms of the ELBO: the figures of `evaluate`, and what a number of the code does."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.checkpoints.files import read_card
from explorer.checkpoints.locate import locate
from explorer.engine.engine import Engine
from explorer.engine.thread.requests import Outcome, Payload
from explorer.engine.variational.messages import PosteriorShown, ShowPosterior
from explorer.engine.variational.terms_messages import ShowTerms, ShowTestTerms, ShowUnit, TermsShown, TestTermsShown, UnitShown
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage
from explorer.recipe.variational import ElboRecipe, InferenceRecipe

SIXTEEN = ElboRecipe(source="mnist-vae-16d")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def answers(engine: Engine, payload: Payload) -> list[Outcome]:
    return [outcome for outcome in engine.handle(payload) if outcome is not None]


def test_the_test_images_have_the_figures_of_evaluate(engine: Engine) -> None:
    first, *_, shown = answers(engine, ShowTestTerms(ElboRecipe()))
    assert isinstance(first, TestTermsShown)
    assert isinstance(shown, TestTermsShown)
    assert first.partial
    assert not shown.partial
    assert shown.images == shown.total == len(shown.elbos) == 10_000
    measured = next(metric for metric in read_card(locate("mnist-vae-2d")).metrics if metric.name == "test ELBO")
    assert shown.elbo == pytest.approx(measured.value, abs=0.01)
    assert shown.log_likelihood == pytest.approx(measured.details["log_likelihood"], abs=0.01)
    assert shown.error == pytest.approx(measured.details["standard_error"], abs=1e-3)
    np.testing.assert_allclose(shown.kl, measured.details["kl_per_dimension"], atol=1e-3)
    assert (shown.spread > 0.5).all(), "both numbers are used"
    again = answers(engine, ShowTestTerms(ElboRecipe()))
    assert len(again) == 1, "a model is measured once"


def test_an_image_has_the_elbo_of_the_inference_page(engine: Engine) -> None:
    shown = answers(engine, ShowTerms(ElboRecipe(), ForwardImage(3)))[-1]
    posterior = answers(engine, ShowPosterior(InferenceRecipe(image=ForwardImage(3))))[0]
    assert isinstance(shown, TermsShown)
    assert isinstance(posterior, PosteriorShown)
    assert shown.elbo == pytest.approx(posterior.encoder.elbo, abs=1e-4)
    assert shown.error == 0, "by quadrature"
    assert shown.kl.shape == (2,)


def test_a_code_of_more_numbers_is_measured_by_draws(engine: Engine) -> None:
    shown = answers(engine, ShowTerms(SIXTEEN, ForwardImage(0)))[-1]
    assert isinstance(shown, TermsShown)
    assert len(shown.kl) == len(shown.mean) == len(shown.sd) == 16
    assert 0 < shown.error < 1
    by_hand = 0.5 * (shown.mean**2 + shown.sd**2 - 1 - 2 * np.log(shown.sd))
    np.testing.assert_allclose(shown.kl, by_hand, rtol=1e-5)
    assert shown.nats.shape == (28, 28, 3)
    assert shown.nats.max() == 255


def test_a_number_moves_the_decoding_and_the_others_stay(engine: Engine) -> None:
    shown = answers(engine, ShowUnit(SIXTEEN, ForwardImage(0), 2))[-1]
    assert isinstance(shown, UnitShown)
    assert shown.unit == 2
    assert len(shown.values) == len(shown.tiles) == 7
    assert shown.change > 0.02
    assert len({tile.tobytes() for tile in shown.tiles}) == 7
    beyond = answers(engine, ShowUnit(SIXTEEN, ForwardImage(0), 99))[-1]
    assert isinstance(beyond, UnitShown)
    assert beyond.unit == 15


def test_models_without_terms_are_refused(engine: Engine) -> None:
    for recipe, cause in ((ElboRecipe(source="mnist-ae-2d"), "only a VAE has an ELBO"), (ElboRecipe(source="mnist-ddpm-c"), "no encoder")):
        with pytest.raises(BadInput, match=cause):
            answers(engine, ShowTerms(recipe, ForwardImage(0)))
