"""What `render reverse-chain` shows: one lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render import chain
from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES, KINDS = chain.TAKES, chain.KINDS
MOST, PLACES = MAX_LANES, "lanes"  # more than one is refused below, in other words


def check(options: Options) -> None:
    """As of `Room`."""
    if len(options.exact) + len(options.checkpoints) > 1:
        raise BadInput("reverse-chain shows one lane: a checkpoint or an exact process; compare shows several")
    chain.check(options)


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    from explorer.recipe import Sampler

    state = chain.chain(session.reverse, options, chosen, Sampler(steps=session.default_steps))
    chain.check_lanes(options, state.recipe.lanes, entries)
    return msgspec.structs.replace(session, reverse=state)
