"""What the chain of Reverse chain starts from."""

from __future__ import annotations

import msgspec

from explorer.recipe import MAX_SAMPLES
from explorer.recipe.start import Start
from explorer.state.edits.branches import regrown
from explorer.state.session import ChainState

_replace = msgspec.structs.replace


def started(state: ChainState, start: Start | None) -> ChainState:
    """The shown chain, and every branch of it, from another start; from noise of its own if None.

    One that is ancestral as usual becomes deterministic, so that the start alone decides; there are as many samples as it has stations,
    or pictures.
    """
    recipe = state.recipe
    if not recipe.lanes or recipe.lanes[0].start == start:
        return state
    lane, samples = _replace(recipe.lanes[0], start=start), recipe.samples
    if start is not None:
        samples = min(MAX_SAMPLES, start.stations or len(start.ends))
        sampler = lane.sampler
        if sampler.method == "ancestral" and sampler.eta == 1 and sampler.variance == "small":
            lane = _replace(lane, sampler=_replace(sampler, eta=0.0))
            if lane.exact is not None:
                lane = _replace(lane, exact=_replace(lane.exact, follow="mean"))
    after = _replace(state, recipe=_replace(recipe, lanes=(lane, *recipe.lanes[1:]), samples=samples), selected=0, also=())
    return regrown(state, after)
