"""What `render variational` shows: a page, with a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, get_args

from explorer.cli.render.options import Options
from explorer.errors import BadInput
from explorer.state.variational import VariationalPage

if TYPE_CHECKING:
    from explorer.engine.models.messages import LibraryEntry
    from explorer.state.session import Session

TAKES, KINDS, MOST, PLACES = frozenset({"--checkpoint", "--page"}), ("vae",), 1, "models"


def check(options: Options) -> None:
    """As of `Room`."""
    if options.page is not None and options.page not in get_args(VariationalPage):
        raise BadInput(f"--page {options.page}: the pages of variational are {', '.join(get_args(VariationalPage))}")


def shown(session: Session, options: Options, chosen: Sequence[LibraryEntry], _entries: Sequence[LibraryEntry]) -> Session:
    """As of `Room`; a checkpoint is whose posterior, or whose terms of the ELBO, are shown."""
    import msgspec

    from explorer.state.edits import variational as edits

    state = msgspec.structs.replace(session.variational, page=options.page or session.variational.page)
    if chosen:
        card = chosen[0].card
        fields = {"checkpoint": chosen[0].sha256, "source": chosen[0].path, **({"told": card.told} if card is not None else {})}
        state = msgspec.structs.replace(edits.with_inference(state, **fields), page=options.page or "inference")
        state = edits.with_elbo(state, **fields)
    return msgspec.structs.replace(session, variational=state)
