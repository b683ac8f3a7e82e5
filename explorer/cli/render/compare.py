"""What `render compare` shows: lanes, swept and on a grid if that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render import chain
from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import ChainState, Session

TAKES, KINDS, MOST, PLACES = chain.TAKES | {"--sweep", "--grid"}, chain.KINDS, MAX_LANES, "lanes"


def check(options: Options) -> None:
    """As of `Room`."""
    from explorer.recipe.sweep import parse_sweep

    if options.sweep is not None:
        parse_sweep(options.sweep)
    chain.check(options)


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    from explorer.recipe import Sampler

    state = chain.chain(session.compare, options, chosen, Sampler(steps=session.default_steps))
    if options.sweep is not None:
        state = _swept(state, options.sweep)
    chain.check_lanes(options, state.recipe.lanes, entries)
    if options.grid:
        state = msgspec.structs.replace(state, layout="grid")
    return msgspec.structs.replace(session, compare=state)


def _swept(state: ChainState, text: str) -> ChainState:
    """Every lane once for each value, the reference the last."""
    import msgspec

    from explorer.recipe import MAX_LANES
    from explorer.recipe.sweep import parse_sweep, swept

    setting, values = parse_sweep(text)
    lanes = tuple(made for lane in state.recipe.lanes for made in swept(lane, setting, values))
    if len(lanes) > MAX_LANES:
        many = f"{len(state.recipe.lanes)} lanes with {len(values)} values each are more than the {MAX_LANES} that there can be"
        raise BadInput(f"--sweep {text}: {many}: name fewer with --checkpoint")
    recipe = msgspec.structs.replace(state.recipe, lanes=lanes)
    return msgspec.structs.replace(state, recipe=recipe, lane=0, reference=len(lanes) - 1)
