"""What `render reverse-chain` shows: one lane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render import chain
from explorer.cli.render.wish import Wish
from explorer.errors import BadInput
from explorer.recipe import MAX_LANES

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES, KINDS = chain.TAKES, chain.KINDS
MOST, PLACES = MAX_LANES, "lanes"  # more than one is refused below, in other words


def check(wish: Wish) -> None:
    """As of `Room`."""
    if len(wish.exact) + len(wish.checkpoints) > 1:
        raise BadInput("reverse-chain shows one lane: a checkpoint or an exact process; compare shows several")
    chain.check(wish)


def shown(session: Session, wish: Wish, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    from explorer.recipe import Sampler

    state = chain.chain(session.reverse, wish, chosen, Sampler())
    chain.check_lanes(wish, state.recipe.lanes, entries)
    return msgspec.structs.replace(session, reverse=state)
