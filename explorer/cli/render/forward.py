"""What `render forward` shows: a page, at a timestep, with a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from explorer.cli.render.options import Options
from explorer.datasets.shipped import shipped
from explorer.errors import BadInput
from explorer.recipe.forward import ForwardImage, ForwardSchedule
from explorer.state.forward import ForwardPage

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES, KINDS, MOST, PLACES = frozenset({"--checkpoint", "--t", "--seed", "--page"}), ("ddpm",), 1, "networks"


def check(options: Options) -> None:
    """As of `Room`."""
    if options.page is not None and options.page not in get_args(ForwardPage):
        raise BadInput(f"--page {options.page}: the pages of forward are {', '.join(get_args(ForwardPage))}")
    if (options.t or 0) > (T := ForwardSchedule().T):
        raise BadInput(f"--t {options.t}: the schedule of forward has the timesteps 0..{T}")


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], _entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`."""
    import msgspec

    replace, state = msgspec.structs.replace, session.forward
    recipe = state.recipe
    if chosen:
        recipe = replace(recipe, checkpoint=chosen[0].sha256, source=chosen[0].path)
        card = chosen[0].card
        if card is not None and (learned := shipped(card.data.name)) is not None:
            recipe = replace(recipe, image=ForwardImage(dataset=learned.name))
    if options.seed is not None:
        recipe = replace(recipe, seed=options.seed)
    return replace(
        session, forward=replace(state, recipe=recipe, t=state.t if options.t is None else options.t, page=options.page or state.page)
    )
