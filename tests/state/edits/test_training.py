"""What a person can do to the training."""

from __future__ import annotations

import pytest

from explorer.recipe.training import TrainRecipe
from explorer.state.edits import training as edits
from explorer.state.training import MAX_CHOSEN, TrainingState

STEPS = (16, 32, 64)


def test_looks_are_flipped_one_by_one() -> None:
    state = edits.flip(TrainingState(), "log")
    assert (state.log, state.raw, state.relative) == (False, True, False)
    assert edits.flip(state, "log") == TrainingState()
    assert edits.draw(state, "learning_rate").curve == "learning_rate"


def test_the_form_is_shown_and_put_away() -> None:
    asking = edits.ask_for_run(TrainingState())
    assert asking.asking
    assert edits.put_form_away(asking, "hours") == TrainingState(length="hours")


def test_a_run_is_chosen_alone_beside_others_and_taken_away() -> None:
    alone = edits.choose(TrainingState(chosen=("a", "b")), "c")
    assert alone.chosen == ("c",)
    both = edits.put_beside(alone, "a", alone.chosen)
    assert both.chosen == ("c", "a")
    assert edits.put_beside(both, "c", both.chosen).chosen == ("a",)


def test_what_is_shown_unchosen_stays_when_another_comes_beside_it() -> None:
    assert edits.put_beside(TrainingState(), "b", ("newest",)).chosen == ("newest", "b")


def test_the_last_run_is_not_taken_away() -> None:
    state = TrainingState(chosen=("a",))
    assert edits.put_beside(state, "a", state.chosen) == state


def test_a_fifth_run_has_no_room_but_one_of_four_can_be_taken_away() -> None:
    state = TrainingState(chosen=tuple("abcd"))
    assert len(state.chosen) == MAX_CHOSEN
    assert not edits.has_room(state.chosen, "e")
    assert edits.put_beside(state, "e", state.chosen) == state
    assert edits.has_room(state.chosen, "b")
    assert edits.put_beside(state, "b", state.chosen).chosen == ("a", "c", "d")


def test_a_folder_is_watched_once() -> None:
    state = TrainingState(folders=("a", "b"), chosen=("b",), snapshot=16)
    new = edits.watch(state, "c", {"a", "b"})
    assert (new.folders, new.chosen, new.snapshot) == (("a", "b", "c"), ("c",), None)
    assert edits.watch(new, "a", {"a", "b", "c"}).folders == ("a", "b", "c")
    assert edits.watch(new, "a", ()).folders == ("b", "c", "a"), "it was named before, and its run was gone"


def test_started_runs_are_shown_together() -> None:
    state = TrainingState(snapshot=16, folders=("elsewhere",))
    one = edits.show_started(state, ["a"], [TrainRecipe("B")], TrainRecipe("B", seed=3))
    assert (one.chosen, one.snapshot, one.relative, one.form) == (("a",), None, False, TrainRecipe("B", seed=3))
    assert one.folders == state.folders
    assert edits.show_started(state, ["a", "b"], [TrainRecipe("B"), TrainRecipe("C")], TrainRecipe()).relative, "in several units"
    assert not edits.show_started(state, ["a", "b"], [TrainRecipe("B"), TrainRecipe("B", seed=1)], TrainRecipe()).relative
    assert edits.show_started(edits.flip(state, "relative"), ["a"], [TrainRecipe("B")], TrainRecipe()).relative, "it stays"
    assert edits.show_started(state, list("abcde"), [TrainRecipe()] * 5, TrainRecipe()).chosen == tuple("abcd")


def test_deleted_runs_are_neither_shown_nor_watched() -> None:
    state = TrainingState(chosen=("a", "b"), folders=("b", "c"), snapshot=16)
    assert edits.without(state, {"b"}) == TrainingState(chosen=("a",), folders=("c",), snapshot=16)
    assert edits.without(state, ()) == state


@pytest.mark.parametrize(("step", "place"), [(None, 2), (0, 0), (16, 0), (24, 0), (25, 1), (32, 1), (999, 2)])
def test_the_snapshot_nearest_to_an_update(step: int | None, place: int) -> None:
    assert edits.place_of(STEPS, step) == place


@pytest.mark.parametrize(("place", "snapshot"), [(-1, 16), (0, 16), (1, 32), (2, None), (3, None)])
def test_whoever_looks_at_the_newest_follows(place: int, snapshot: int | None) -> None:
    assert edits.look_at(TrainingState(snapshot=32), STEPS, place).snapshot == snapshot


def test_going_through_training_time() -> None:
    state = edits.move(TrainingState(), STEPS, -1)
    assert state.snapshot == 32
    assert edits.move(edits.move(state, STEPS, -1), STEPS, -1).snapshot == 16, "there is none before it"
    assert edits.move(state, STEPS, 1).snapshot is None
    assert edits.follow(state).snapshot is None
    assert edits.look_near(state, STEPS, 20).snapshot == 16
    assert edits.look_near(state, STEPS, 60).snapshot is None


def test_without_snapshots_there_is_nowhere_to_go() -> None:
    state = TrainingState(snapshot=32)
    assert edits.place_of((), None) == edits.place_of((), 32) == 0
    for moved in (edits.move(state, (), -1), edits.look_near(state, (), 5), edits.look_at(state, (), 0)):
        assert moved == state
