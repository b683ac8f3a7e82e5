"""One lane many times: what becomes of the lanes that there are, state in, state out."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_LANES, Lane
from explorer.state.edits import lanes as lane_edits
from explorer.state.session import ChainState


def over_training(lane: Lane, snapshots: Sequence[LibraryEntry]) -> tuple[Lane, ...]:
    """The lane once for each snapshot; evenly chosen among them if there are more than the lanes that there can be."""
    count = min(len(snapshots), MAX_LANES)
    chosen = [snapshots[round(i * (len(snapshots) - 1) / max(1, count - 1))] for i in range(count)]
    return tuple(lane_edits.with_snapshot(lane, entry) for entry in chosen)


def with_sweep(state: ChainState, swept: tuple[Lane, ...], *, replaced: bool, as_grid: bool) -> ChainState:
    """The swept lanes instead of all, the last of them the reference, or besides, as far as there is room; in the grid, or on sheets."""
    before = () if replaced else state.recipe.lanes
    lanes = (*before, *swept)[:MAX_LANES]
    follow = tuple(range(len(before))) if before else (None,) * len(state.recipe.lanes)
    made = lane_edits.with_lanes(state, lanes, follow)
    if replaced:
        made = msgspec.structs.replace(made, lane=0, reference=len(lanes) - 1)
    return msgspec.structs.replace(made, layout="grid" if as_grid else "lanes")
