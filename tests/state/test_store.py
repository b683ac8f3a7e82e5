"""The store: what is undone, what is merged, and what is left alone."""

from __future__ import annotations

import msgspec
import pytest

from explorer.recipe import ChainRecipe
from explorer.state.session import Session
from explorer.state.store import HISTORY_LIMIT, Store


@pytest.fixture
def store(qapp: object) -> Store:
    return Store()


def set_seed(store: Store, seed: int, label: str = "change seed", merge: str = "") -> None:
    recipe = msgspec.structs.replace(store.session.reverse.recipe, seed=seed)
    store.update_reverse(label, merge, recipe=recipe)


def test_undo_and_redo_walk_the_recipes(store: Store) -> None:
    set_seed(store, 1)
    set_seed(store, 2, "change seed again")
    assert store.undo_label == "change seed again"
    store.undo()
    assert store.session.reverse.recipe.seed == 1
    assert (store.undo_label, store.redo_label) == ("change seed", "change seed again")
    store.undo()
    assert store.session.reverse.recipe.seed == 0
    assert not store.can_undo
    store.redo()
    store.redo()
    assert store.session.reverse.recipe.seed == 2
    assert not store.can_redo


def test_navigation_is_not_undone(store: Store) -> None:
    set_seed(store, 7)
    store.update_reverse(t=412, selected=3)
    store.update(workspace="compare", theme="light")
    store.undo()
    session = store.session
    assert session.reverse.recipe.seed == 0
    assert (session.reverse.t, session.reverse.selected, session.workspace, session.theme) == (412, 3, "compare", "light")
    assert not store.can_undo


def test_navigation_alone_is_no_history(store: Store) -> None:
    store.update_reverse("scrub", t=10)
    assert not store.can_undo


def test_a_drag_is_one_entry(store: Store) -> None:
    for seed in range(1, 6):
        set_seed(store, seed, "drag", merge="drag")
    store.undo()
    assert store.session.reverse.recipe.seed == 0
    assert not store.can_undo


def test_two_drags_are_two_entries(store: Store) -> None:
    set_seed(store, 1, "drag", merge="drag")
    set_seed(store, 2, "drag", merge="drag")
    store.end_merge()
    set_seed(store, 3, "drag", merge="drag")
    store.undo()
    assert store.session.reverse.recipe.seed == 2
    store.undo()
    assert store.session.reverse.recipe.seed == 0


def test_a_change_after_undo_forgets_what_was_undone(store: Store) -> None:
    set_seed(store, 1)
    store.undo()
    set_seed(store, 5)
    assert not store.can_redo
    store.redo()
    assert store.session.reverse.recipe.seed == 5


def test_a_merge_does_not_reach_over_an_undo(store: Store) -> None:
    set_seed(store, 1, "drag", merge="drag")
    set_seed(store, 2, "other")
    store.undo()
    set_seed(store, 3, "drag", merge="drag")
    store.undo()
    assert store.session.reverse.recipe.seed == 1


def test_history_is_bounded(store: Store) -> None:
    for seed in range(1, HISTORY_LIMIT + 11):
        set_seed(store, seed)
    while store.can_undo:
        store.undo()
    assert store.session.reverse.recipe.seed == 10


def test_signals_tell_before_and_after_and_only_of_changes(store: Store) -> None:
    told: list[tuple[Session, Session]] = []
    store.changed.connect(lambda old, new: told.append((old, new)))
    store.replace(store.session, "nothing")
    assert told == []
    set_seed(store, 4)
    assert [(old.reverse.recipe.seed, new.reverse.recipe.seed) for old, new in told] == [(0, 4)]


def test_history_is_told_after_the_session_is_new(store: Store) -> None:
    seen: list[tuple[str, int]] = []
    store.history_changed.connect(lambda: seen.append((store.undo_label, store.session.reverse.recipe.seed)))
    set_seed(store, 9)
    assert seen == [("change seed", 9)]


def test_beginning_anew_leaves_nothing_to_undo(store: Store) -> None:
    set_seed(store, 1)
    changes: list[Session] = []
    store.changed.connect(lambda old, new: changes.append(new))
    begun = Session(reverse=msgspec.structs.replace(store.session.reverse, recipe=ChainRecipe(seed=42)))
    store.start_from(begun)
    assert changes == [begun]
    assert not store.can_undo
    assert not store.can_redo
    store.undo()
    assert store.session == begun


def test_a_change_is_taken_back_by_its_name_alone(store: Store) -> None:
    set_seed(store, 1, "first")
    set_seed(store, 2, "second")
    assert not store.take_back("first")
    assert store.session.reverse.recipe.seed == 2
    assert store.take_back("second")
    assert store.session.reverse.recipe.seed == 1
    assert store.undo_label == "first"
