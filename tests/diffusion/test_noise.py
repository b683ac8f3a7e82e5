"""Shared noise: a pure function of (seed, sample, timestep, shape, stream), and good noise."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import torch

from explorer.diffusion.noise import noise_array, shared_noise
from explorer.diffusion.reverse import INITIAL, initial_state, noise_source

SHAPE = (1, 28, 28)


def test_known_values_so_that_old_exports_replay() -> None:
    expected = [0.05991, 0.01556, -1.16444, -0.13265]
    assert noise_array(0, 0, 0, (4,)).tolist() == pytest.approx(expected, abs=1e-5)


def test_a_sample_is_the_same_in_any_batch_and_order() -> None:
    alone = noise_array(7, 5, 300, SHAPE)
    assert alone.dtype == np.float32
    assert alone.shape == SHAPE
    for indices in ([5], range(16), [9, 5, 0], range(63, -1, -1)):
        batch = shared_noise(7, list(indices), 300, SHAPE)
        assert np.array_equal(batch[list(indices).index(5)].numpy(), alone)


def test_it_does_not_depend_on_what_was_drawn_before_or_on_global_seeds() -> None:
    first = noise_array(1, 2, 3, SHAPE)
    np.random.seed(99)  # noqa: NPY002
    torch.manual_seed(99)
    noise_array(1, 2, 4, SHAPE)
    assert np.array_equal(noise_array(1, 2, 3, SHAPE), first)


def test_another_shape_starts_with_the_same_numbers_of_the_same_stream() -> None:
    """Only the shape's size matters, so that (784,) and (1, 28, 28) agree."""
    assert np.array_equal(noise_array(1, 2, 3, (784,)), noise_array(1, 2, 3, SHAPE).ravel())


def test_an_empty_batch_has_the_shape_of_its_images() -> None:
    assert shared_noise(0, [], 5, SHAPE).shape == (0, *SHAPE)


def test_each_of_the_numbers_changes_all_of_the_noise() -> None:
    keys = list(itertools.product([0, 1, 2**62], [0, 1, 63], [0, 1, 2, 1000], [0, 1]))
    arrays = [noise_array(seed, index, t, (16,), stream) for seed, index, t, stream in keys]
    for (key_a, a), (key_b, b) in itertools.combinations(zip(keys, arrays, strict=True), 2):
        assert not np.any(a == b), f"{key_a} and {key_b} share a number"


def test_every_sample_and_timestep_has_noise_of_its_own() -> None:
    seen = {noise_array(0, index, t, (4,)).tobytes() for index in range(80) for t in range(80)}
    assert len(seen) == 80 * 80


def test_no_two_keys_overlap_at_any_shift() -> None:
    """A counter-based generator whose counters ran into each other would repeat a stretch."""
    rows = [noise_array(3, index, t, SHAPE) for index in range(4) for t in (INITIAL, 1, 2, 999, 1000)]
    windows = [row.ravel()[start : start + 4].tobytes() for row in rows for start in range(781)]
    assert len(set(windows)) == len(windows)


def test_x_T_is_none_of_the_fresh_noises() -> None:
    noise = noise_source(0, range(3), SHAPE)
    start = initial_state(noise)
    assert torch.equal(start, shared_noise(0, range(3), INITIAL, SHAPE))
    for t in (1, 2, 500, 1000):
        assert not (noise(t) == start).any()
        assert torch.equal(noise(t), shared_noise(0, range(3), t, SHAPE))


def test_another_stream_is_another_noise_source() -> None:
    assert not (noise_source(0, range(3), SHAPE, stream=1)(5) == noise_source(0, range(3), SHAPE)(5)).any()


def test_it_is_standard_normal() -> None:
    x = np.concatenate([noise_array(11, index, t, SHAPE).ravel() for index in range(16) for t in range(20)]).astype(np.float64)
    n = x.size
    assert abs(x.mean()) < 5 / math.sqrt(n)
    assert abs(x.var() - 1) < 5 * math.sqrt(2 / n)
    assert abs((x**3).mean()) < 5 * math.sqrt(15 / n)
    assert abs((x**4).mean() - 3) < 5 * math.sqrt(96 / n)
    probabilities = np.array([0.5 * (1 + math.erf(v / math.sqrt(2))) for v in np.sort(x)[:: n // 2000]])
    uniform = np.arange(0, n, n // 2000) / n
    assert np.abs(probabilities - uniform).max() < 2 / math.sqrt(n), "Kolmogorov-Smirnov"


@pytest.mark.parametrize("axis", ["sample", "timestep", "seed", "stream"])
def test_neighbours_are_uncorrelated(axis: str) -> None:
    n, pairs = 784, 60
    change = {"sample": (0, 1, 0, 0), "timestep": (0, 0, 1, 0), "seed": (1, 0, 0, 0), "stream": (0, 0, 0, 1)}[axis]
    correlations = []
    for i in range(pairs):
        base = (5, i, 2 * i, 0)
        a, b = (
            noise_array(*base[:3], (n,), base[3]),
            noise_array(*[x + d for x, d in zip(base[:3], change[:3], strict=True)], (n,), change[3]),
        )
        correlations.append(float(np.corrcoef(a, b)[0, 1]) * math.sqrt(n))
    assert abs(float(np.mean(correlations))) < 5 / math.sqrt(pairs)
    assert 0.5 < float(np.std(correlations)) < 1.5


@pytest.mark.parametrize(
    ("seed", "index", "t", "stream", "cause"),
    [(-1, 0, 0, 0, "seed"), (2**63, 0, 0, 0, "seed"), (0, -1, 0, 0, "index"), (0, 0, -1, 0, "timestep"), (0, 0, 0, -1, "stream")],
)
def test_numbers_out_of_range_are_refused(seed: int, index: int, t: int, stream: int, cause: str) -> None:
    with pytest.raises(ValueError, match=cause):
        noise_array(seed, index, t, SHAPE, stream)


def test_the_largest_seed_works() -> None:
    assert np.isfinite(noise_array(2**63 - 1, 4095, 1_000_000, SHAPE)).all()
