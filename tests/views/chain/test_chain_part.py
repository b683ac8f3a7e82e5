"""The part of the session that a chain workspace owns."""

from __future__ import annotations

from explorer.state.edits import chain as edits
from explorer.state.session import ChainState, Session
from explorer.state.store import Store
from explorer.views.chain.chain_part import ChainPart, changed_fields


def test_one_lane_has_no_difference_whatever_a_session_file_says() -> None:
    session = Session(reverse=ChainState(quantity="difference", plot="distance x_t"), compare=ChainState(quantity="difference"))
    store = Store(session)
    reverse, compare = ChainPart(store, "reverse").state, ChainPart(store, "compare").state
    assert (reverse.quantity, reverse.plot) == ("x_t", "norms")
    assert compare.quantity == "difference"


def test_what_is_put_is_one_entry_of_the_history_and_what_is_looked_at_none() -> None:
    store = Store()
    reverse, other = ChainPart(store, "reverse"), store.session.compare
    reverse.put(edits.with_recipe(reverse.state, seed=7), "change seed")
    assert (reverse.recipe.seed, store.undo_label) == (7, "change seed")
    reverse.update(t=3)
    assert (reverse.state.t, store.undo_label) == (3, "change seed")
    store.undo()
    assert (reverse.recipe.seed, reverse.state.t, store.can_undo) == (0, 3, False)
    assert store.session.compare == other


def test_fields_that_differ_are_named() -> None:
    assert changed_fields(ChainState(), ChainState(t=3, plot="levels")) == {"t", "plot"}
