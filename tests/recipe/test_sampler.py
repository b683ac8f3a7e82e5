"""Samplers as values: what cannot be is refused, what goes along with a choice follows it, and old recipes mean what they meant."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from explorer.checkpoints.card import SamplerCard
from explorer.errors import BadInput
from explorer.recipe import ExactProcess, Lane, Sampler
from explorer.recipe.sampler import METHOD_TITLES, METHOD_WORDS, METHODS, changed, chosen, with_usual
from explorer.recipe.sweep import parse_sweep, swept, value_words


def test_a_sampler_of_an_earlier_version_is_written_as_it_was() -> None:
    """Kept chains are found by this text, and recipes in exports are compared by it."""
    assert msgspec.json.encode(Sampler(50, 0.5, True)) == b'{"steps":50,"eta":0.5,"clip":true}'
    assert msgspec.json.decode(b'{"steps":50}', type=Sampler) == Sampler(50)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"method": "heun"}, "adds no noise"),
        ({"method": "ddim", "variance": "large"}, "of the ancestral sampler"),
        ({"eta": 0.5, "variance": "learned"}, "of the ancestral sampler"),
        ({"offset": 1}, "of leading spacing"),
        ({"clip_range": 0.0}, "clip range"),
        ({"threshold": 1.5}, "quantile"),
        ({"steps": 0}, "steps"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Sampler(**fields)


def test_what_goes_along_with_a_choice_follows_it() -> None:
    assert changed(Sampler(20), method="heun") == Sampler(20, 0.0, method="heun")
    assert changed(Sampler(20, 0.0, method="heun"), method="ancestral") == Sampler(20)
    assert changed(Sampler(20, variance="large"), eta=0.5) == Sampler(20, 0.5)
    assert changed(Sampler(20, 0.5), variance="large") == Sampler(20, variance="large")
    assert changed(Sampler(20, spacing="leading", offset=1), spacing="linspace") == Sampler(20, spacing="linspace")
    for method in METHODS:
        assert changed(Sampler(variance="learned"), method=method).method == method


def test_an_authors_sampler_is_begun_with_as_far_as_it_fits() -> None:
    said = SamplerCard(clip=True, clip_range=2.0, variance="large", spacing="leading", offset=1).said
    assert with_usual(Sampler(10), said) == Sampler(10, clip=True, clip_range=2.0, variance="large", spacing="leading", offset=1)
    assert with_usual(Sampler(10, 0.0), said).variance == "small"
    assert with_usual(Sampler(10), SamplerCard().said) == Sampler(10)


def test_a_choice_goes_before_the_author_and_a_contradiction_is_told() -> None:
    said = SamplerCard(clip=True, variance="large").said
    assert chosen(said, {"clip": False, "method": "ddim"}) == Sampler(eta=0.0, method="ddim")
    assert chosen({}, {"threshold": 0.99}) == Sampler(clip=True, threshold=0.99)
    assert chosen({}, {"clip_range": 1.5, "clip": False}) == Sampler(clip_range=1.5)
    with pytest.raises(BadInput, match=r"variance large: .* the sampler is heun"):
        chosen({}, {"variance": "large", "method": "heun"})
    with pytest.raises(BadInput, match="adds no noise"):
        chosen({}, {"eta": 0.3, "method": "euler"})


def test_every_method_has_words() -> None:
    assert set(METHOD_TITLES) == set(METHOD_WORDS) == set(METHODS)


def test_limits_in_words() -> None:
    said = [Sampler(), Sampler(clip=True), Sampler(clip=True, clip_range=1.5), Sampler(clip=True, threshold=0.995, clip_range=2.0)]
    assert [sampler.limits for sampler in said] == ["", "clipped", "clipped to ±1.5", "thresholded at 0.995, at most 2"]


def test_a_sweep_over_methods_takes_the_mean_of_an_exact_lane() -> None:
    setting, values = parse_sweep("method=ancestral,ddim,heun")
    lanes = swept(Lane("", "mnist", None, Sampler(9), ExactProcess()), setting, values)
    assert [lane.sampler for lane in lanes] == [Sampler(9), Sampler(9, 0.0, method="ddim"), Sampler(9, 0.0, method="heun")]
    assert [lane.exact.follow for lane in lanes if lane.exact] == ["draw", "mean", "mean"]
    assert [value_words(setting, value) for value in values] == ["Ancestral", "DDIM", "ODE, Heun"]
    with pytest.raises(BadInput, match="cannot be one of its values"):
        parse_sweep("variance=huge")
