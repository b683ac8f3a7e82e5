"""What a person can do to whose planes are shown, and to where they lie."""

from __future__ import annotations

import pytest

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import MAX_BESIDE, Encoded, PlaneModel, PlaneRecipe, Point, Slice
from explorer.state.edits import planes as edits
from explorer.state.session import LatentState

POINTS = (Point("P1", 0.5, 0.5),)


def entry(letter: str) -> LibraryEntry:
    return LibraryEntry(f"/here/{letter}.safetensors", letter, False, 1, letter * 64, None)


def model(letter: str, slice_: Slice | None = None) -> PlaneModel:
    return PlaneModel(letter * 64, f"/here/{letter}.safetensors", slice_)


def state(letter: str = "a", *beside: PlaneModel, slice_: Slice | None = None, sliced: int = 0) -> LatentState:
    """Planes of models."""
    return LatentState(PlaneRecipe(letter * 64, f"/here/{letter}.safetensors", POINTS, slice=slice_, beside=beside), sliced=sliced)


def test_another_model_keeps_the_points_and_takes_the_slice_away() -> None:
    sliced = state(slice_=Slice("axes"))
    assert edits.choose_checkpoint(sliced, entry("b")) == state("b")
    assert edits.choose_checkpoint(sliced, entry("a")) == sliced


def test_a_snapshot_keeps_all_else_where_it_is() -> None:
    before = state("a", model("b"), model("c", Slice("axes")), slice_=Slice("random"))
    assert edits.show_snapshot(before, entry("d"), 0) == state("d", model("b"), model("c", Slice("axes")), slice_=Slice("random"))
    assert edits.show_snapshot(before, entry("d"), 2) == state("a", model("b"), model("d", Slice("axes")), slice_=Slice("random"))


def test_planes_are_linked_while_there_is_room_and_taken_away() -> None:
    linked = state()
    for letter in "bcdefgh":
        linked = edits.link_plane(linked, entry(letter))
    assert [m.checkpoint[0] for m in linked.recipe.beside] == list("bcdefgh"[:MAX_BESIDE])
    assert edits.link_plane(state("a", model("b"), model("c")), entry("d"), 1) == state("a", model("d"), model("c"))
    assert edits.unlink_plane(state("a", model("b"), model("c")), 1) == state("a", model("c"))


def test_a_slice_is_of_the_plane_that_it_makes_the_steered_one() -> None:
    slice_ = Slice("axes", offsets=(1.0,))
    assert edits.set_slice(state("a", model("b"), sliced=1), slice_, 0) == state("a", model("b"), slice_=slice_)
    beside = edits.set_slice(state("a", model("b")), slice_, 1)
    assert beside == state("a", model("b", slice_), sliced=1)
    assert [edits.slice_of(beside.recipe, which) for which in (0, 1, 2)] == [None, slice_, None]


@pytest.mark.parametrize(("before", "seed"), [(None, 0), (Slice("random", seed=4), 5)])
def test_a_random_plane_is_another_each_time(before: Slice | None, seed: int) -> None:
    assert edits.another_random(state(slice_=before), 0) == state(slice_=Slice("random", seed=seed))


def test_a_plane_moves_along_its_remaining_directions_and_back() -> None:
    moved = edits.move_off(state(slice_=Slice("axes", offsets=(1.0,))), (0.5, -2.0), 0)
    assert moved == state(slice_=Slice("axes", offsets=(1.5, -2.0)))
    assert edits.to_the_middle(moved, 0) == state(slice_=Slice("axes"))
    assert edits.move_off(state("a", model("b")), (0.5,), 1) == state("a", model("b", Slice(offsets=(0.5,))), sliced=1)
    assert edits.to_the_middle(state(), 0) == state()


def test_a_plane_through_an_encoded_file_has_it_on_what_it_was_encoded_on() -> None:
    slice_ = Slice("pictures", pictures=("a.png", "b.png"))
    recipe = PlaneRecipe("a" * 64, "a", slice=slice_, encoded=Encoded(picture="c.png", background="black"))
    found = edits.slice_of(edits.through_encoded(LatentState(recipe), 0).recipe)
    assert found == Slice("pictures", pictures=slice_.pictures, picture="c.png", picture_background="black")
