"""The part of the session that a chain workspace owns."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe import ChainRecipe
from explorer.state.edits import chain as edits
from explorer.state.session import ChainState, Session
from explorer.state.store import Store

PartName = Literal["reverse", "compare"]


def changed_fields(before: ChainState, after: ChainState) -> set[str]:
    """Names of the fields that differ."""
    return {name for name in after.__struct_fields__ if getattr(before, name) != getattr(after, name)}


class ChainPart:
    """Reads and replaces `session.reverse` or `session.compare`."""

    def __init__(self, store: Store, name: PartName) -> None:
        self.store, self.name = store, name
        self._known: tuple[Session, ChainState] | None = None

    @property
    def state(self) -> ChainState:
        """What the person chose, now."""
        session = self.store.session  # one value until the next change: asked for hundreds of times in between
        if self._known is None or self._known[0] is not session:
            self._known = session, self.of(session)
        return self._known[1]

    @property
    def recipe(self) -> ChainRecipe:
        """What determines the pictures."""
        return self.state.recipe

    def of(self, session: Session) -> ChainState:
        """The part of a session; one lane has no difference to another, whatever a session file says."""
        return session.compare if self.name == "compare" else edits.of_one_lane(session.reverse)

    def put(self, state: ChainState, label: str = "", merge: str = "") -> None:
        """Take another state: one entry of the undo history if its recipe differs; changes of one `merge` are one entry."""
        self.store.update(label, merge, **{self.name: state})

    def update(self, **fields: object) -> None:
        """Replace fields that undo does not go over."""
        self.put(msgspec.structs.replace(self.state, **fields))
