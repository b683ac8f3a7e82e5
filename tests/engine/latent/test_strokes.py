"""Strokes of every shape through real models."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import torch

from explorer.checkpoints.locate import locate
from explorer.engine.desk import Desk, handler_of
from explorer.engine.latent.messages import DecodeCodes, ShowGeodesic, ShowStroke, StrokeShown
from explorer.engine.models.models import Models
from explorer.engine.thread.requests import Payload, Steps
from explorer.errors import BadInput
from explorer.latent.strokes import resample
from explorer.recipe import Stroke

ENDS = ((-1.5, 0.2), (1.2, -0.6))


@pytest.fixture(scope="module")
def models() -> Models:
    """Models on the CPU."""
    return Models(torch.device("cpu"))


@pytest.fixture
def vae(checkpoints: Mapping[str, Path]) -> str:
    """Path of the shipped VAE."""
    return str(checkpoints["mnist-vae-2d"])


def steps(payload: Payload, models: Models) -> Steps:
    """A request under way."""
    desk = Desk()
    desk.begin(models)
    return handler_of(type(payload))(payload, desk)


def ask(payload: ShowStroke, models: Models) -> list[StrokeShown]:
    """All answers."""
    with torch.inference_mode():
        return [outcome for outcome in steps(payload, models) if isinstance(outcome, StrokeShown)]


def steps_of(shown: StrokeShown) -> np.ndarray:
    """Distances between neighbouring frames, pixels in [0, 1]; the pictures are rounded to 1/255."""
    values = shown.tiles[..., 0].astype(float).reshape(len(shown.tiles), -1) / 255
    return np.linalg.norm(np.diff(values, axis=0), axis=1)


def test_a_free_stroke_is_decoded_at_even_distances(vae: str, models: Models) -> None:
    stroke = Stroke("s", ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), frames=9)
    (found,) = ask(ShowStroke(vae, stroke), models)
    np.testing.assert_allclose(found.places, resample(stroke.path, 9))
    assert found.plane_length == pytest.approx(2)
    (fine,) = ask(ShowStroke(vae, Stroke("s", stroke.path, frames=257)), models)
    assert found.image_length == pytest.approx(steps_of(fine).sum(), rel=0.05)  # rounded pictures; whatever the frames
    with torch.inference_mode():
        decoded = list(steps(DecodeCodes(vae, tuple(map(tuple, found.places.tolist()))), models))[-1]
    np.testing.assert_allclose(found.tiles, decoded.tiles, atol=1)  # type: ignore[union-attr]


def test_even_in_image_space(vae: str, models: Models) -> None:
    (plane,) = ask(ShowStroke(vae, Stroke("s", ENDS, frames=12)), models)
    (image,) = ask(ShowStroke(vae, Stroke("s", ENDS, frames=12, spacing="image")), models)
    assert np.ptp(steps_of(image)) < 0.5 * np.ptp(steps_of(plane))
    np.testing.assert_allclose(image.places[[0, -1]], ENDS, atol=1e-6)


def test_a_circle_goes_once_round_its_centre(vae: str, models: Models) -> None:
    (found,) = ask(ShowStroke(vae, Stroke("s", ((0.5, -0.5), (1.5, -0.5)), frames=5, shape="circle")), models)
    np.testing.assert_allclose(found.places, [[1.5, -0.5], [0.5, 0.5], [-0.5, -0.5], [0.5, -1.5], [1.5, -0.5]], atol=1e-3)


def test_a_spherical_stroke_keeps_its_distance_from_the_origin(vae: str, models: Models) -> None:
    (found,) = ask(ShowStroke(vae, Stroke("s", ((2.0, 0.0), (0.0, 2.0)), frames=7, shape="spherical")), models)
    np.testing.assert_allclose(np.linalg.norm(found.places, axis=1), 2, atol=1e-3)


def test_a_geodesic_gets_shorter_on_its_way_and_keeps_its_ends(vae: str, models: Models) -> None:
    found = ask(ShowGeodesic(vae, Stroke("s", ENDS, frames=33, shape="geodesic", spacing="image")), models)
    assert [shown.partial for shown in found] == [True] * (len(found) - 1) + [False]
    assert found[-1].image_length < 0.98 * found[0].image_length
    (straight,) = ask(ShowStroke(vae, Stroke("s", ENDS, shape="line")), models)
    assert found[0].image_length == pytest.approx(straight.image_length, rel=1e-3)
    np.testing.assert_allclose(found[-1].outline[[0, -1]], ENDS, atol=1e-6)
    assert found[-1].plane_length > found[0].plane_length


def test_a_stroke_to_where_nothing_is_finite_is_named(vae: str, models: Models) -> None:
    far = Stroke("Stroke 9", ((0.0, 0.0), (1e38, 1e38)), spacing="image")
    with pytest.raises(BadInput, match="Stroke 9"):
        ask(ShowStroke(vae, far), models)


def test_on_a_linear_decoder_the_geodesic_is_the_straight_line(models: Models) -> None:
    pca = str(locate("mnist-pca-2d"))
    found = ask(ShowGeodesic(pca, Stroke("s", ENDS, frames=5, shape="geodesic")), models)[-1]
    (line,) = ask(ShowStroke(pca, Stroke("s", ENDS, frames=5, shape="line")), models)
    np.testing.assert_allclose(found.places, line.places, atol=1e-2)
