"""Lines and arcs."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.latent.interpolation import line, spherical

GENERATOR = np.random.default_rng(3)


def test_a_line_is_straight_even_and_keeps_its_ends() -> None:
    a, b = GENERATOR.normal(size=16), GENERATOR.normal(size=16)
    path = line(a, b, 9)
    np.testing.assert_allclose(np.diff(path, axis=0), np.tile((b - a) / 8, (8, 1)), atol=1e-12)
    assert np.array_equal(path[0], a)
    assert np.array_equal(path[-1], b)


def test_between_ends_equally_far_out_the_arc_is_slerp() -> None:
    a, b = GENERATOR.normal(size=16), GENERATOR.normal(size=16)
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    angle = math.acos(a @ b / (a @ a))
    share = np.linspace(0, 1, 11)[:, None]
    expected = (np.sin((1 - share) * angle) * a + np.sin(share * angle) * b) / math.sin(angle)
    np.testing.assert_allclose(spherical(a, b, 11), expected, atol=1e-12)


def test_the_angle_and_the_distance_from_the_origin_grow_evenly() -> None:
    path = spherical(np.array([1.0, 0.0]), np.array([0.0, 3.0]), 7)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.linspace(1, 3, 7))
    np.testing.assert_allclose(np.arctan2(path[:, 1], path[:, 0]), np.linspace(0, math.pi / 2, 7), atol=1e-12)


def test_opposite_ends_are_joined_round_the_origin_and_the_origin_by_a_line() -> None:
    np.testing.assert_allclose(spherical(np.array([2.0, 0.0]), np.array([-2.0, 0.0]), 3)[1], [0, 2], atol=1e-12)
    a = np.array([0.0, 1.0, 2.0])
    path = spherical(a, -a, 5)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), np.full(5, np.linalg.norm(a)))
    np.testing.assert_allclose(spherical(np.zeros(3), a, 5), line(np.zeros(3), a, 5))
    np.testing.assert_allclose(spherical(a, 2 * a, 5), line(a, 2 * a, 5), atol=1e-12)


def test_what_is_no_pair_of_ends_is_refused() -> None:
    with pytest.raises(ValueError, match="as many dimensions"):
        line(np.zeros(2), np.zeros(3), 4)
    with pytest.raises(ValueError, match="finite"):
        spherical(np.array([math.nan, 0]), np.zeros(2), 4)
    with pytest.raises(ValueError, match="at least 2"):
        line(np.zeros(2), np.ones(2), 1)
