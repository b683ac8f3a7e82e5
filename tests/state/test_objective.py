"""The Objective workspace's part of the session: kept, undone, refused where it cannot be."""

from __future__ import annotations

import msgspec
import pytest

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import BoundRecipe, Lane
from explorer.state.found_again import relinked
from explorer.state.objective import ObjectiveState
from explorer.state.persistence import Saved, decode_saved, encode_saved
from explorer.state.session import Session
from explorer.state.store import Store

LANE = Lane("a" * 64, "/here/model.safetensors", "C")


def test_it_is_kept_whole() -> None:
    state = ObjectiveState(BoundRecipe((LANE,), split="train", seed=5, images=64, image=3), t=7, curve="excess", panels="beside", log=False)
    saved = Saved(session=Session(workspace="objective", objective=state))
    assert decode_saved(encode_saved(saved), "file") == saved


@pytest.mark.parametrize(
    "fields", [{"t": 0}, {"selected": -1}, {"curve": "none"}, {"recipe": {"images": 0}}, {"recipe": {"split": "other"}}, {"panels": 3}]
)
def test_what_cannot_be_is_refused(fields: dict[str, object]) -> None:
    text = msgspec.json.decode(encode_saved(Saved()))
    text["session"]["objective"] |= fields
    with pytest.raises(Exception, match="not a session"):
        decode_saved(msgspec.json.encode(text), "file")


def test_undo_is_of_what_is_measured_not_of_the_look(qapp: object) -> None:
    store = Store()
    store.update_objective("add a lane", recipe=BoundRecipe((LANE,)))
    store.update_objective(t=9, curve="error")
    assert store.undo_label == "add a lane"
    store.undo()
    assert store.session.objective == ObjectiveState(t=9, curve="error")
    store.redo()
    assert store.session.objective.recipe.lanes == (LANE,)


def test_its_checkpoints_are_found_again() -> None:
    session = Session(objective=ObjectiveState(BoundRecipe((LANE,))))
    assert relinked(session, ())[0] == session
    entry = LibraryEntry("/there/model.safetensors", "model", False, 1, "a" * 64, _card())
    found, _ = relinked(session, (entry,))
    assert found.objective.recipe.lanes[0].source == "/there/model.safetensors"


def _card():  # type: ignore[no-untyped-def]
    from explorer.checkpoints.files import read_card
    from explorer.checkpoints.locate import locate

    return read_card(locate("mnist-ddpm-c"))
