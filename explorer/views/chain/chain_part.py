"""The part of the session that a chain workspace owns."""

from __future__ import annotations

from typing import Literal

import msgspec

from explorer.recipe import ChainRecipe
from explorer.recipe.quantities import QUANTITIES
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

    @property
    def state(self) -> ChainState:
        """What the person chose, now."""
        return self.of(self.store.session)

    @property
    def recipe(self) -> ChainRecipe:
        """What determines the pictures."""
        return self.state.recipe

    def of(self, session: Session) -> ChainState:
        """The part of a session; one lane has no difference to another, whatever a session file says."""
        if self.name == "compare":
            return session.compare
        state = session.reverse
        if QUANTITIES[state.quantity].beside == "lane":
            state = msgspec.structs.replace(state, quantity="x_t")
        if state.plot.startswith("distance"):
            state = msgspec.structs.replace(state, plot="norms")
        return state

    def update(self, label: str = "", merge: str = "", **fields: object) -> None:
        """Replace fields of the state."""
        if self.name == "reverse":
            self.store.update_reverse(label, merge, **fields)
        else:
            self.store.update_compare(label, merge, **fields)

    def update_recipe(self, label: str, **fields: object) -> None:
        """Replace fields of the recipe: one entry of the undo history."""
        self.update(label, recipe=msgspec.structs.replace(self.recipe, **fields))

    def put(self, state: ChainState, label: str, merge: str = "") -> None:
        """Take a whole state: one entry of the undo history if its recipe differs; changes of one `merge` are one entry."""
        self.update(label, merge, **msgspec.structs.asdict(state))
