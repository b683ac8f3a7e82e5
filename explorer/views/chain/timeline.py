"""The timeline: on whose schedule the cursor is, and where the states of the other lanes are on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.diffusion.levels import nearest_timesteps
from explorer.engine.chain.messages import LaneKey, LanePlanned


def timeline_of(keys: Sequence[LaneKey], lengths: Sequence[int], reference: int) -> LaneKey | None:
    """The lane whose timesteps the cursor counts: one with the most, the reference lane before the others.

    Parameters
    ----------
    keys : sequence of LaneKey
    lengths : sequence of int
        T of each lane.
    reference : int
        Index of the reference lane.
    """
    if not keys:
        return None
    longest = max(lengths)
    index = reference if lengths[reference] == longest else list(lengths).index(longest)
    return keys[index]


def same_schedule(one: LanePlanned, other: LanePlanned) -> bool:
    """Whether the timesteps of two lanes mean the same noise."""
    return one.levels is other.levels or np.array_equal(one.levels, other.levels)


def on_timeline(plan: LanePlanned, timesteps: np.ndarray, timeline: LanePlanned | None) -> np.ndarray:
    """Where timesteps of a lane's own schedule are on the timeline: at the same noise level."""
    if timeline is None or same_schedule(plan, timeline):
        return timesteps
    return nearest_timesteps(timeline.levels, plan.levels[timesteps])


def own_timestep(plan: LanePlanned, t: int, timeline: LanePlanned | None) -> int:
    """The lane's own timestep that has the noise of a cursor t of the timeline."""
    if timeline is None or same_schedule(plan, timeline):
        return t
    return int(nearest_timesteps(plan.levels, timeline.levels[min(max(t, 0), len(timeline.levels) - 1)]))


def plan_of(key: LaneKey | None, plans: Mapping[LaneKey, LanePlanned]) -> LanePlanned | None:
    """Plan of the timeline's lane, once it is known."""
    return plans.get(key) if key is not None else None
