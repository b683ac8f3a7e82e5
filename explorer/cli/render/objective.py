"""What `render objective` shows: the bound of the chosen checkpoints."""

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

TAKES, KINDS, MOST, PLACES = frozenset({"--checkpoint", "--t", "--samples", "--seed", "--panel"}), chain.KINDS, MAX_LANES, "lanes"


def check(options: Options) -> None:
    """As of `Room`."""
    if options.panel not in (None, "likelihood"):
        raise BadInput(f"--panel {options.panel}: of no meaning for objective, which has the panel likelihood")


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`; --samples says of how many images, of log p(x) as well."""
    import msgspec

    from explorer.recipe import Lane

    replace, state = msgspec.structs.replace, session.objective
    lanes = tuple(Lane(entry.sha256, entry.path, entry.card.option, told=entry.card.told) for entry in chosen if entry.card is not None)
    given = {"lanes": lanes or None, "images": options.samples, "seed": options.seed}
    recipe = replace(state.recipe, **{name: value for name, value in given.items() if value is not None})
    chain.check_t(options, recipe.lanes, entries)
    flow = state.flow if options.samples is None else replace(state.flow, images=options.samples)
    made = replace(state, recipe=recipe, t=max(1, state.t if options.t is None else options.t), flow=flow)
    return replace(session, objective=replace(made, likelihood=state.likelihood or options.panel == "likelihood"))
