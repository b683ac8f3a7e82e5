"""Noise levels: which timestep of one schedule has the noise of a timestep of another. Numpy alone, for the window too.

Both schedules are variance preserving, so one number says how noisy a state is: its log SNR
ln( alpha_bar / (1 - alpha_bar) ), falling from infinity at t = 0 (Kingma et al. 2021, section 3).
"""

from __future__ import annotations

import numpy as np

APART = 0.25
"""Two states are compared only if their log SNRs are at most so far apart: the noise's weight then differs by less than 13 %."""


def log_snr(alpha_bar: np.ndarray) -> np.ndarray:
    """ln( alpha_bar / (1 - alpha_bar) ) in float64, of alpha_bar in (0, 1]; infinite at 1, where there is no noise."""
    level = np.asarray(alpha_bar, np.float64)
    with np.errstate(divide="ignore"):
        return np.log(level) - np.log1p(-level)


def nearest_timesteps(own: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The timestep of one schedule that is nearest in log SNR to each wanted level.

    Parameters
    ----------
    own : ndarray, shape (T + 1,)
        Log SNR at t = 0..T of a schedule: infinite, then falling.
    wanted : ndarray
        Log SNRs; an infinite one is no noise at all, and only t = 0 is that. The nearest of two as near is the less noisy.

    Returns
    -------
    ndarray of int64, of wanted's shape
        In 0..T. A level that `own` has is found exactly, so a schedule matches itself timestep by timestep.
    """
    asked = np.asarray(wanted, np.float64)
    rising = -own[1:]
    at = np.searchsorted(rising, -asked)
    before, after = np.clip(at - 1, 0, len(rising) - 1), np.clip(at, 0, len(rising) - 1)
    with np.errstate(invalid="ignore"):
        nearer = np.where(np.abs(rising[before] + asked) <= np.abs(rising[after] + asked), before, after)
    return np.where(np.isposinf(asked), 0, nearer + 1).astype(np.int64)


def nearest_states(timesteps: np.ndarray, own: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The state of a chain for each wanted level: that whose timestep is nearest to the one of that level.

    Between two states the schedule's own time decides, so under one schedule the state nearest to a timestep is
    the one nearest in t.

    Parameters
    ----------
    timesteps : ndarray of int, shape (K + 1,)
        Of the chain's states, falling.
    own : ndarray, shape (T + 1,)
        Log SNR at t = 0..T of the chain's schedule.
    wanted : ndarray
        Log SNRs.

    Returns
    -------
    ndarray of int64, of wanted's shape
        Indices into `timesteps`; of two as near the first, the noisier.
    """
    t = nearest_timesteps(own, wanted)
    rising = timesteps[::-1]
    at = np.searchsorted(rising, t)
    below, above = np.clip(at - 1, 0, len(rising) - 1), np.clip(at, 0, len(rising) - 1)
    nearer = np.where(t - rising[below] < rising[above] - t, below, above)
    # outside the chain's timesteps both are its end
    return (len(rising) - 1 - nearer).astype(np.int64)


def near(one: np.ndarray, other: np.ndarray, apart: float = APART) -> np.ndarray:
    """Whether states of two chains can be compared, by their log SNRs: they are not far apart; an infinite one is only near to itself."""
    with np.errstate(invalid="ignore"):
        found: np.ndarray = (other == one) | (np.abs(other - one) <= apart)
    return found


def pairs(one: np.ndarray, other: np.ndarray, apart: float = APART) -> list[tuple[int, int]]:
    """Which states of two chains can be compared: each is the other's nearest in log SNR, and they are not far apart.

    Parameters
    ----------
    one, other : ndarray
        Log SNR of the states of two chains, rising, the last one infinite if the chain has reached x_0.
    apart : float
        Largest difference.

    Returns
    -------
    list of (int, int)
        Indices of states, rising. Chains over the same timesteps give every state with its twin.
    """
    if not len(one) or not len(other):
        return []
    there, back = _nearest(other, one), _nearest(one, other)
    mutual = back[there] == np.arange(len(one))
    return [(int(k), int(there[k])) for k in np.flatnonzero(near(one, other[there], apart) & mutual)]


def _nearest(rising: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Index of the nearest of rising numbers; an infinite one is only near to itself."""
    at = np.searchsorted(rising, wanted)
    before, after = np.clip(at - 1, 0, len(rising) - 1), np.clip(at, 0, len(rising) - 1)
    with np.errstate(invalid="ignore"):
        to_before = np.where(rising[before] == wanted, 0.0, np.abs(wanted - rising[before]))
        to_after = np.where(rising[after] == wanted, 0.0, np.abs(rising[after] - wanted))
    return np.where(to_after < to_before, after, before)
