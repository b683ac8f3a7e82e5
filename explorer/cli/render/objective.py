"""What `render objective` shows: the bound of the chosen checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from explorer.cli.render import chain
from explorer.cli.render.options import Options
from explorer.recipe import MAX_LANES

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES, KINDS, MOST, PLACES = frozenset({"--checkpoint", "--t", "--samples", "--seed"}), chain.KINDS, MAX_LANES, "lanes"


def check(options: Options) -> None:
    """As of `Room`: nothing can be known yet."""


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`; --samples says of how many images."""
    import msgspec

    from explorer.recipe import Lane

    replace, state = msgspec.structs.replace, session.objective
    lanes = tuple(Lane(entry.sha256, entry.path, entry.card.option, told=entry.card.told) for entry in chosen if entry.card is not None)
    given = {"lanes": lanes or None, "images": options.samples, "seed": options.seed}
    recipe = replace(state.recipe, **{name: value for name, value in given.items() if value is not None})
    chain.check_t(options, recipe.lanes, entries)
    return replace(session, objective=replace(state, recipe=recipe, t=max(1, state.t if options.t is None else options.t)))
