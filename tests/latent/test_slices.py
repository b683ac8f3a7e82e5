"""Planes through latent spaces."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.latent.slices import MOST_REST, PlaneSlice, along_axes, principal, random_plane, through

GENERATOR = np.random.default_rng(5)
CODES = GENERATOR.normal(size=(200, 6)) * [3, 0.5, 1, 2, 0.1, 4] + 2

PLANES = {
    "axes": along_axes(6, 4, 1),
    "components": principal(CODES),
    "other components": principal(CODES, 3, 0),
    "codes": through(CODES[:3]),
    "random": random_plane(6, 9),
    "two dimensions": random_plane(2, 1),
    "moved": random_plane(6, 9).moved((0.5, -2.0)),
}


@pytest.mark.parametrize("plane", PLANES.values(), ids=PLANES.keys())
def test_axes_are_orthonormal_and_places_come_back(plane: PlaneSlice) -> None:
    whole = np.concatenate([plane.axes, plane.rest])
    np.testing.assert_allclose(whole @ whole.T, np.eye(len(plane.origin)), atol=1e-12)
    places = GENERATOR.normal(size=(7, 2))
    back, distance = plane.project(plane.lift(places))
    np.testing.assert_allclose(back, places, atol=1e-12)
    np.testing.assert_allclose(distance, 0, atol=1e-12)


@pytest.mark.parametrize("plane", [PLANES["components"], PLANES["codes"], PLANES["moved"]])
def test_a_code_is_its_place_and_its_distance_away(plane: PlaneSlice) -> None:
    places, distance = plane.project(CODES)
    np.testing.assert_allclose(np.linalg.norm(CODES - plane.lift(places), axis=1), distance, rtol=1e-9, atol=1e-12)


def test_two_axes_of_two_dimensions_are_the_plane_itself() -> None:
    plane, codes = along_axes(2), GENERATOR.normal(size=(5, 2))
    places, distance = plane.project(codes)
    np.testing.assert_array_equal(places, codes)
    np.testing.assert_array_equal(distance, np.zeros(5))
    assert plane.rest.shape == (0, 2)


def test_principal_components_are_those_of_the_singular_value_decomposition() -> None:
    plane = principal(CODES, 1, 3)
    rows = np.linalg.svd(CODES - CODES.mean(0))[2]
    for axis, row in zip([*plane.axes, *plane.rest], rows[[1, 3, 0, 2, 4, 5]], strict=True):
        assert abs(axis @ row) == pytest.approx(1, abs=1e-9)
        assert axis[np.abs(axis).argmax()] > 0
    np.testing.assert_allclose(plane.origin, CODES.mean(0))


def test_three_codes_lie_on_their_plane() -> None:
    places, distance = through(CODES[:3]).project(CODES[:3])
    np.testing.assert_allclose(distance, 0, atol=1e-9)
    np.testing.assert_allclose(places[0], [0, 0], atol=1e-9)
    assert places[1, 0] > 0
    assert places[1, 1] == pytest.approx(0, abs=1e-9)
    assert places[2, 1] > 0


def test_a_plane_moves_along_the_rest() -> None:
    moved = along_axes(5, 1, 3).moved((0.5, 0.0, -1.0))
    np.testing.assert_array_equal(moved.lift([[7, 8]]), [[0.5, 7, 0, 8, -1]])
    assert along_axes(5, origin=np.arange(5)).lift([[0, 0]]).tolist() == [[0, 1, 2, 3, 4]]


def test_a_random_plane_is_its_seeds() -> None:
    np.testing.assert_array_equal(random_plane(16, 3).axes, random_plane(16, 3).axes)
    assert not np.allclose(random_plane(16, 3).axes, random_plane(16, 4).axes)


def test_gaussians_have_their_marginal_on_the_plane() -> None:
    plane, sigma = random_plane(6, 2), np.array([[1.0, 0.5, 2.0, 0.1, 1.5, 0.7]])
    draws = GENERATOR.normal(size=(100_000, 6)) * sigma
    np.testing.assert_allclose(plane.project_covariances(sigma)[0], np.cov(plane.project(draws)[0].T), atol=0.05)
    np.testing.assert_allclose(along_axes(6, 2, 0).project_covariances(sigma)[0], np.diag([4.0, 1.0]))


def test_what_is_no_plane_is_refused() -> None:
    with pytest.raises(ValueError, match=r"axes 0\.\.5"):
        along_axes(6, 2, 6)
    with pytest.raises(ValueError, match=r"components 0\.\.5"):
        principal(CODES, 2, 2)
    with pytest.raises(ValueError, match="on one line"):
        through(np.outer([1.0, 2.0, 3.0], np.ones(4)))
    with pytest.raises(ValueError, match="on one line"):
        through(np.zeros((3, 4)))
    with pytest.raises(ValueError, match="at least two codes"):
        principal(CODES[:1])
    with pytest.raises(ValueError, match="4 more"):
        random_plane(6).moved((1.0,) * 5)
    with pytest.raises(ValueError, match="finite"):
        random_plane(6).moved((np.nan,))
    with pytest.raises(ValueError, match="at least 2 dimensions"):
        random_plane(1)


def test_of_thousands_of_dimensions_a_plane_knows_a_few_directions() -> None:
    codes = GENERATOR.normal(size=(40, 3000)) * np.linspace(3, 0.1, 3000)
    for plane in (principal(codes, 2, 1), along_axes(3000, 2999, 5), random_plane(3000, 3), through(codes[:3])):
        assert len(plane.rest) <= MOST_REST
        whole = np.concatenate([plane.axes, plane.rest])
        np.testing.assert_allclose(whole @ whole.T, np.eye(len(whole)), atol=1e-9)
        places, distance = plane.project(codes)
        np.testing.assert_allclose(np.linalg.norm(codes - plane.lift(places), axis=1), distance, rtol=1e-9, atol=1e-6)
    rows = np.linalg.svd(codes - codes.mean(0), full_matrices=False)[2]
    plane = principal(codes, 2, 1)
    for axis, row in zip([*plane.axes, *plane.rest], rows[[2, 1, 0, *range(3, 39)]], strict=True):
        assert abs(axis @ row) == pytest.approx(1, abs=1e-6)


def test_a_plane_goes_through_a_code_by_the_shortest_way() -> None:
    code = GENERATOR.normal(size=3000)
    plane = random_plane(3000, 3)
    moved = plane.going_through(code)
    places, distance = moved.project(code[None])
    assert distance[0] == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose((moved.origin - plane.origin) @ plane.axes.T, 0, atol=1e-9)
    np.testing.assert_allclose(places, plane.project(code[None])[0], atol=1e-9)
