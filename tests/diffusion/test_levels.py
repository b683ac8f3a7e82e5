"""Which timestep has the noise of another: by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.diffusion.levels import APART, log_snr, nearest_states, nearest_timesteps, pairs
from explorer.diffusion.matching import levels_of
from explorer.diffusion.samplers.spacing import spaced
from explorer.diffusion.schedule import Schedule, cosine, from_betas, linear

SCHEDULES = [linear(40), cosine(40), linear(25), cosine(13), from_betas([0.3, 0.01, 0.9, 0.2])]


def states(levels: np.ndarray, timesteps: tuple[int, ...]) -> np.ndarray:
    return levels[list(timesteps)]


def test_log_snr() -> None:
    np.testing.assert_allclose(log_snr(np.array([0.5, 0.9, 1e-5])), [0, np.log(9), np.log(1e-5 / (1 - 1e-5))])
    assert log_snr(np.array([1.0])) == [np.inf]


@pytest.mark.parametrize("own", SCHEDULES, ids=lambda s: f"{s.name} {s.T}")
@pytest.mark.parametrize("other", SCHEDULES, ids=lambda s: f"{s.name} {s.T}")
def test_the_nearest_timestep_is_the_nearest_of_all(own: Schedule, other: Schedule) -> None:
    mine, theirs = levels_of(own), levels_of(other)
    found = nearest_timesteps(mine, theirs)
    assert found[0] == 0
    for level, t in zip(theirs[1:], found[1:], strict=True):
        distance = np.abs(mine[1:] - level)
        assert t >= 1
        assert distance[t - 1] == distance.min()


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: f"{s.name} {s.T}")
def test_a_schedule_matches_itself_timestep_by_timestep(schedule: Schedule) -> None:
    levels = levels_of(schedule)
    np.testing.assert_array_equal(nearest_timesteps(levels, levels), np.arange(schedule.T + 1))


@pytest.mark.parametrize("steps", [None, 7, 3, 1])
def test_under_one_schedule_the_nearest_state_is_the_one_nearest_in_t(steps: int | None) -> None:
    schedule = linear(40)
    timesteps = np.array(spaced(schedule.T, steps))
    levels = levels_of(schedule)
    for known in range(1, len(timesteps) + 1):  # also while the chain is still being sampled
        part = timesteps[:known]
        expected = [int(np.abs(part - t).argmin()) for t in range(41)]
        np.testing.assert_array_equal(nearest_states(part, levels, levels), expected)


def test_another_schedule_shows_the_state_of_the_same_noise() -> None:
    own, cursor = cosine(1000), linear(1000)
    timesteps = np.array(spaced(own.T, 500))
    mine, theirs = levels_of(own), levels_of(cursor)
    found = nearest_states(timesteps, mine, theirs)
    at = mine[timesteps[found]]
    assert timesteps[found[0]] == 0
    inside = (theirs > mine[1000]) & (theirs < mine[2])
    gap = np.abs(np.diff(mine[timesteps[:-1]])).max()
    assert np.abs(at[inside] - theirs[inside]).max() <= gap
    assert np.abs(timesteps[found] - np.arange(1001)).max() > 100, "the timestep itself is another"


def test_pairs_are_mutual_and_near() -> None:
    one, other = levels_of(linear(1000)), levels_of(cosine(1000))
    a, b = states(one, spaced(1000, 50)), states(other, spaced(1000, 40))
    found = pairs(a, b)
    expected = []
    for k, level in enumerate(a):
        distance = np.array([0.0 if x == level else abs(x - level) for x in b])
        j = int(distance.argmin())
        back = np.array([0.0 if x == b[j] else abs(x - b[j]) for x in a])
        if int(back.argmin()) == k and distance[j] <= APART:
            expected.append((k, j))
    assert found == expected
    assert (50, 40) in found, "x_0 with x_0"
    assert len(found) > 15


def test_the_same_timesteps_are_all_pairs_and_nothing_has_none() -> None:
    levels = states(levels_of(linear(1000)), spaced(1000, 10))
    assert pairs(levels, levels) == [(k, k) for k in range(11)]
    assert pairs(levels, levels[:4]) == [(k, k) for k in range(4)]
    assert pairs(levels, levels[:0]) == []
