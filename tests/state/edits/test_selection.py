"""Which samples are selected."""

from __future__ import annotations

import msgspec
import pytest

from explorer.errors import BadInput
from explorer.recipe import ChainRecipe
from explorer.state.edits import chain as chain_edits
from explorer.state.edits import selection
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import ChainState, Session

STATE = ChainState(recipe=ChainRecipe(samples=8), selected=2)


def test_one_more_is_looked_at_and_one_less_leaves_the_nearest() -> None:
    more = selection.toggled(selection.toggled(STATE, 0, 5), 1, 3)
    assert selection.samples_of(more) == (2, 3, 5)
    assert (more.selected, more.lane) == (3, 1)
    less = selection.toggled(more, 0, 3)
    assert (selection.samples_of(less), less.selected) == ((2, 5), 2)
    assert selection.samples_of(selection.toggled(less, 0, 5)) == (2,)
    assert selection.samples_of(selection.toggled(STATE, 0, 2)) == (2,), "one is always selected"


def test_a_range_begins_at_the_sample_that_is_looked_at() -> None:
    assert selection.samples_of(selection.through(STATE, 0, 5)) == (2, 3, 4, 5)
    back = selection.through(selection.through(STATE, 0, 5), 0, 0)
    assert (selection.samples_of(back), back.selected) == ((0, 1, 2), 2)


def test_all_one_and_the_next() -> None:
    every = selection.all_of_them(STATE)
    assert (selection.samples_of(every), every.selected) == (tuple(range(8)), 2)
    assert selection.samples_of(selection.only(every, 0, 6)) == (6,)
    assert selection.samples_of(chain_edits.step_sample(every, 1)) == (3,)


def test_fewer_samples_select_those_that_are_there() -> None:
    every = selection.all_of_them(STATE)
    fewer = chain_edits.with_recipe(every, samples=3)
    assert selection.samples_of(fewer) == (0, 1, 2)
    alone = chain_edits.with_recipe(selection.only(STATE, 0, 7), samples=3)
    assert selection.samples_of(alone) == (2,)


def test_words_tell_how_many_more() -> None:
    assert selection.words((4,), 4) == "sample 4"
    assert selection.words((1, 4, 6), 4) == "sample 4 and 2 more"


def test_sessions_keep_it_and_refuse_what_cannot_be() -> None:
    session = Session(reverse=selection.all_of_them(STATE))
    assert decode_saved(encode_saved(Saved(session=session)), "here").session == session
    odd = msgspec.structs.replace(session, reverse=msgspec.structs.replace(STATE, also=(-1,)))
    with pytest.raises(BadInput, match="sample -1"):
        decode_saved(encode_saved(Saved(session=odd)), "here")
