"""Which samples are selected: one that is looked at, and others beside it; state in, state out."""

from __future__ import annotations

import msgspec

from explorer.state.session import ChainState

_replace = msgspec.structs.replace


def samples_of(state: ChainState) -> tuple[int, ...]:
    """The selected samples there are, ascending; the one that is looked at is among them."""
    last = state.recipe.samples - 1
    return tuple(sorted({max(0, min(state.selected, last)), *(sample for sample in state.also if sample <= last)}))


def only(state: ChainState, lane: int, sample: int) -> ChainState:
    """One sample, in a lane."""
    return _replace(state, lane=lane, selected=sample, also=())


def toggled(state: ChainState, lane: int, sample: int) -> ChainState:
    """A sample more, which is looked at then; or one less, if there is another."""
    chosen = set(samples_of(state))
    if sample not in chosen:
        return _replace(state, lane=lane, selected=sample, also=tuple(sorted(chosen)))
    if len(chosen) == 1:
        return _replace(state, lane=lane)
    left = sorted(chosen - {sample})
    looked_at = state.selected if state.selected in left else min(left, key=lambda other: abs(other - sample))
    return _replace(state, lane=lane, selected=looked_at, also=tuple(other for other in left if other != looked_at))


def through(state: ChainState, lane: int, sample: int) -> ChainState:
    """All samples from the one that is looked at to another."""
    first, last = sorted((min(state.selected, state.recipe.samples - 1), sample))
    also = tuple(other for other in range(first, last + 1) if other != state.selected)
    return _replace(state, lane=lane, also=also)


def all_of_them(state: ChainState) -> ChainState:
    """Every sample; the one that is looked at stays."""
    looked_at = min(state.selected, state.recipe.samples - 1)
    return _replace(state, selected=looked_at, also=tuple(other for other in range(state.recipe.samples) if other != looked_at))


def words(samples: tuple[int, ...], looked_at: int) -> str:
    """For example "sample 3", "sample 3 and 2 more"."""
    more = len(samples) - 1
    return f"sample {looked_at}" + (f" and {more} more" if more > 0 else "")
