"""Paths walked at even distances, smoothed and simplified, against brute force."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from explorer.latent.strokes import bent, circle, distance, length, resample, resample_by, simplify, smooth

ZIGZAG = ((0.0, 0.0), (3.0, 4.0), (3.0, 4.0), (3.0, 0.0), (10.0, 0.0))


def walk(path: tuple[tuple[float, float], ...], travelled: float) -> tuple[float, float]:
    """Brute force: the point after `travelled` along a path, segment by segment."""
    for (ax, ay), (bx, by) in pairwise(path):
        step = math.dist((ax, ay), (bx, by))
        if travelled <= step and step > 0:
            share = travelled / step
            return ax + share * (bx - ax), ay + share * (by - ay)
        travelled -= step
    return path[-1]


def test_length_adds_up_the_segments() -> None:
    assert length(ZIGZAG) == pytest.approx(5 + 0 + 4 + 7)
    assert length(((1.0, 2.0),)) == 0


@pytest.mark.parametrize("count", [2, 3, 17, 64])
def test_frames_are_at_even_distances_along_the_path(count: int) -> None:
    found = resample(ZIGZAG, count)
    wanted = [walk(ZIGZAG, 16 * i / (count - 1)) for i in range(count)]
    np.testing.assert_allclose(found, wanted, atol=1e-12)


def test_ends_belong_to_the_frames_and_one_frame_is_the_start() -> None:
    np.testing.assert_array_equal(resample(ZIGZAG, 9)[[0, -1]], [ZIGZAG[0], ZIGZAG[-1]])
    np.testing.assert_array_equal(resample(ZIGZAG, 1), [ZIGZAG[0]])


def test_a_path_without_length_stands_still() -> None:
    np.testing.assert_array_equal(resample(((2.0, 3.0), (2.0, 3.0)), 4), [(2.0, 3.0)] * 4)
    np.testing.assert_array_equal(resample(((2.0, 3.0),), 2), [(2.0, 3.0)] * 2)


@pytest.mark.parametrize(("path", "count"), [((), 3), (((0.0, math.nan),), 3), (((0.0, 0.0), (math.inf, 1.0)), 3), (ZIGZAG, 0)])
def test_paths_that_cannot_be_are_refused(path: tuple[tuple[float, float], ...], count: int) -> None:
    with pytest.raises(ValueError, match="path"):
        resample(path, count)


def test_smoothing_keeps_the_ends_and_a_straight_line() -> None:
    line = [(0.1 * i, 0.2 * i) for i in range(30)]
    found = smooth(line, spacing=0.05)
    np.testing.assert_allclose(found[[0, -1]], [line[0], line[-1]], atol=1e-12)
    np.testing.assert_allclose(found[:, 1], 2 * found[:, 0], atol=1e-12)


def test_smoothing_takes_the_jitter_away() -> None:
    rng = np.random.default_rng(3)
    x = np.linspace(0, 6, 120)
    clean = np.stack([x, np.sin(x)], axis=1)
    shaky = clean + rng.normal(scale=0.03, size=clean.shape)
    found = smooth(shaky, spacing=0.06)
    off_before = np.abs(shaky[:, 1] - np.sin(shaky[:, 0])).mean()
    off_after = np.abs(found[:, 1] - np.sin(found[:, 0])).mean()
    assert off_after < 0.6 * off_before


def test_simplifying_stays_within_its_tolerance_with_fewer_corners() -> None:
    x = np.linspace(0, 6, 400)
    path = np.stack([x, np.sin(x)], axis=1)
    found = simplify(path, 0.01)
    assert 5 < len(found) < 80
    assert max(distance(found, *p) for p in path) <= 0.01
    np.testing.assert_array_equal(found[[0, -1]], path[[0, -1]])


def test_distance_is_to_segments_not_only_to_corners() -> None:
    assert distance(ZIGZAG, 6.0, 0.5) == pytest.approx(0.5)
    assert distance(ZIGZAG, -3.0, -4.0) == pytest.approx(5.0)
    assert distance(((1.0, 1.0),), 4.0, 5.0) == pytest.approx(5.0)
    assert distance((), 0.0, 0.0) == math.inf


def test_paths_of_any_dimension_are_resampled() -> None:
    path = np.random.default_rng(0).normal(size=(5, 16))
    found = resample(path, 3)
    assert found.shape == (3, 16)
    np.testing.assert_allclose(found[[0, -1]], path[[0, -1]])


def test_steps_are_even_in_the_distances_that_are_given() -> None:
    path = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0)]
    np.testing.assert_allclose(resample_by(path, np.array([3.0, 1.0]), 5)[:, 0], [0, 1 / 3, 2 / 3, 1, 2])
    np.testing.assert_allclose(resample_by(path, np.zeros(2), 5)[:, 0], [0, 0.5, 1, 1.5, 2])
    with pytest.raises(ValueError, match="a distance from each corner"):
        resample_by(path, np.array([1.0]), 5)
    with pytest.raises(ValueError, match="a distance from each corner"):
        resample_by(path, np.array([1.0, -1.0]), 5)


def test_a_circle_begins_and_ends_where_it_was_started() -> None:
    path = circle((1.0, 2.0), (4.0, 6.0), 64)
    np.testing.assert_allclose(np.linalg.norm(path - [1, 2], axis=1), 5)
    np.testing.assert_array_equal(path[[0, -1]], [[4, 6], [4, 6]])
    assert path[16] == pytest.approx([-3, 5]), "a quarter turn anticlockwise"


def test_a_bent_path_follows_its_node_and_is_itself_beyond_the_reach() -> None:
    path = np.stack([np.linspace(0, 10, 101), np.zeros(101)], 1)
    found = bent(path, 50, (5.0, 1.0), 2.0, 1e-3)
    heights = np.interp(np.linspace(0, 10, 1001), found[:, 0], found[:, 1])
    d = np.abs(np.linspace(0, 10, 1001) - 5)
    np.testing.assert_allclose(heights, np.where(d < 2, 0.5 * (1 + np.cos(np.pi * d / 2)), 0), atol=5e-3)
    kept = {tuple(corner) for corner in found.tolist()}
    assert all(tuple(corner) in kept for corner in path[np.abs(path[:, 0] - 5) > 2].tolist())
    assert len(bent(path, 50, (5.0, 1.0), 2.0, 0.05)) < len(path)


@pytest.mark.parametrize("node", [0, 2])
def test_an_end_is_moved_whole(node: int) -> None:
    found = bent(((0.0, 0.0), (1.0, 0.0), (2.0, 0.0)), node, (node + 0.5, 3.0), 0.5, 1e-6)
    assert tuple(found[0 if node == 0 else -1]) == (node + 0.5, 3.0)
    assert (1.0, 0.0) in {tuple(corner) for corner in found.tolist()}


def test_a_path_of_one_place_moves() -> None:
    np.testing.assert_array_equal(bent(((1.0, 1.0), (1.0, 1.0)), 1, (2.0, 3.0), 1.0, 0.1), [[2.0, 3.0]])
