"""Bookmarks: where the person looks is kept, and they look there again."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from explorer.recipe import ChainRecipe, Lane, PlaneRecipe, PriorSamples, Stroke
from explorer.recipe.forward import ForwardImage, ForwardRecipe
from explorer.recipe.notes import MAX_BOOKMARKS, Bookmark, Notes
from explorer.recipe.objective import BoundRecipe
from explorer.recipe.variational import InferenceRecipe, LadderRecipe, VariationalRecipe
from explorer.state.edits import bookmarks as edits
from explorer.state.forward import ForwardState
from explorer.state.objective import ObjectiveState
from explorer.state.session import WORKSPACES, ChainState, LatentState, Session, part_of
from explorer.state.training import TrainingState
from explorer.state.unsaved import has_changes
from explorer.state.variational import VariationalState

LANES = tuple(Lane(letter * 64, letter, option) for letter, option in (("a", "A"), ("b", "B")))  # type: ignore[arg-type]
PLACE: dict[str, Any] = {
    "reverse-chain": ChainState(ChainRecipe(LANES[:1], seed=4), t=300, selected=2, also=(5,), quantity="x0_hat"),
    "compare": ChainState(ChainRecipe(LANES, seed=9), t=20, selected=7, lane=1, quantity="difference"),
    "latent": LatentState(
        PlaneRecipe("c" * 64, "c", strokes=(Stroke("S", ((0.0, 0.0), (1.0, 1.0))),), prior=PriorSamples(seed=3)),
        selected="S", frame=6, strip="samples",
    ),
    "forward": ForwardState(ForwardRecipe(ForwardImage(17), seed=5), t=44, page="schedule"),
    "objective": ObjectiveState(BoundRecipe(seed=8), t=7, selected=3, curve="excess"),
    "training": TrainingState(curve="learning_rate", snapshot=120),
    "variational": VariationalState(VariationalRecipe(inference=InferenceRecipe(image=ForwardImage(8))), page="inference"),
}  # fmt: skip
ELSEWHERE: dict[str, Any] = {
    "reverse-chain": ChainState(ChainRecipe(LANES[:1])), "compare": ChainState(ChainRecipe(LANES)),
    "latent": LatentState(msgspec.structs.replace(PLACE["latent"].recipe, prior=PriorSamples())),
    "forward": ForwardState(), "objective": ObjectiveState(), "training": TrainingState(),
    "variational": VariationalState(),
}  # fmt: skip


def at(places: dict[str, Any], workspace: str) -> Session:
    return Session(workspace=workspace, **{part_of(name): state for name, state in places.items()})


@pytest.mark.parametrize("workspace", WORKSPACES)
def test_where_the_person_looks_is_gone_to_again(workspace: str) -> None:
    there = at(PLACE, workspace)
    kept = edits.with_bookmark(there, edits.here(there)).notes
    away = msgspec.structs.replace(at(ELSEWHERE, "training" if workspace != "training" else "latent"), notes=kept)
    back = edits.gone_to(away, 0)
    part = part_of(workspace)
    expected = msgspec.structs.replace(getattr(there, part), also=()) if part == "reverse" else getattr(there, part)
    assert (back.workspace, getattr(back, part), back.notes.at) == (workspace, expected, 0)
    assert not has_changes(away, back), "having gone to a bookmark is nothing to be saved"


def noted(*names: str, at: int = -1) -> Session:
    session = Session(reverse=PLACE["reverse-chain"])
    places = tuple(Bookmark(name, "reverse-chain", t=10) for name in names)
    return msgspec.structs.replace(session, notes=msgspec.structs.replace(session.notes, recipe=Notes(bookmarks=places), at=at))


def names(session: Session) -> list[str]:
    return [place.name for place in session.notes.recipe.bookmarks]


def test_each_is_called_after_its_place_and_none_as_another() -> None:
    session = at(PLACE, "reverse-chain")
    for _ in range(2):
        session = edits.with_bookmark(session, edits.here(session))
    assert names(session) == ["Reverse chain, t = 300, sample 2", "Reverse chain, t = 300, sample 2 (2)"]
    session = edits.renamed(session, 1, names(session)[0])
    assert names(session)[1].endswith("(2)")
    assert edits.renamed(session, 1, "  \n ") is session


def test_a_new_one_comes_after_the_one_where_the_person_is() -> None:
    place = Bookmark("new", "latent")
    assert names(edits.with_bookmark(noted("a", "b", at=0), place)) == ["a", "new", "b"]
    assert names(edits.with_bookmark(noted("a", "b"), place)) == ["a", "b", "new"]
    full = noted(*map(str, range(MAX_BOOKMARKS)))
    assert edits.with_bookmark(full, place) is full


def test_they_are_moved_and_removed_and_the_person_stays_with_theirs() -> None:
    session = noted("a", "b", "c", at=2)
    assert names(edits.moved(session, 2, 0)) == ["c", "a", "b"]
    assert edits.moved(session, 2, 0).notes.at == 0
    assert edits.moved(session, 2, 3) is session
    left = edits.removed(session, 0)
    assert (names(left), left.notes.at) == (["b", "c"], 1)
    assert edits.removed(left, 1).notes.at == 0
    assert edits.removed(noted("a", at=0), 0).notes.current == -1


def test_one_leads_to_the_next_and_stops_at_the_ends() -> None:
    assert [edits.beside(noted("a", "b", at=where), 1) for where in (-1, 0, 1)] == [0, 1, None]
    assert [edits.beside(noted("a", "b", at=where), -1) for where in (-1, 0, 1)] == [1, None, 0]
    assert edits.beside(noted(), 1) is None


def test_what_is_not_there_any_more_is_said_and_the_nearest_shown() -> None:
    session = noted("far")
    far = Bookmark("far", "reverse-chain", t=10**9, sample=99, lane=3, shown="difference")
    session = msgspec.structs.replace(session, notes=msgspec.structs.replace(session.notes, recipe=Notes(bookmarks=(far,))))
    gone = edits.gone_to(session, 0).reverse
    assert (gone.selected, gone.lane, gone.quantity) == (15, 0, "x0_hat")
    assert "of sample 99; there are 16 samples now" in edits.not_there(session, 0)


def test_a_change_is_one_and_undone_it_is_none() -> None:
    saved = at(PLACE, "compare")
    replace = msgspec.structs.replace
    assert not has_changes(saved, replace(saved, compare=replace(saved.compare, t=1, selected=0), workspace="latent", theme="light"))
    assert has_changes(saved, replace(saved, compare=replace(saved.compare, recipe=replace(saved.compare.recipe, seed=1))))
    moved = tuple(replace(lane, source="/elsewhere") for lane in LANES)
    assert not has_changes(saved, replace(saved, compare=replace(saved.compare, recipe=replace(saved.compare.recipe, lanes=moved))))
    assert has_changes(saved, edits.with_text(saved, "words"))


def test_notes_of_an_example_come_and_go_and_the_persons_own_stay() -> None:
    own = edits.with_text(noted("mine"), "My words.")
    notes = Notes("Its words.", (Bookmark("its", "compare"),))
    both = edits.with_notes_of(own, notes)
    assert (names(both), both.notes.recipe.text) == (["mine", "its"], "My words.\n\nIts words.")
    assert edits.beside(both, 1) == 1
    assert edits.without_notes_of(both, notes).notes.recipe == own.notes.recipe


def test_the_page_of_divergences_is_called_as_its_button() -> None:
    assert edits.place_words(edits.here(at(ELSEWHERE, "variational"))) == "Variational, KL, step 0"


def test_a_network_of_the_ladder_is_gone_to_with_its_samples_and_image() -> None:
    recipe = VariationalRecipe(inference=InferenceRecipe(image=ForwardImage(4)), ladder=LadderRecipe("ladder/vae-beta-8", (1.0, 0.5), 7))
    there = Session(workspace="variational", variational=VariationalState(recipe, page="ladder"))
    place = edits.here(there)
    assert edits.place_words(place) == "Variational, ladder/vae-beta-8, image 4, seed 7"
    away = msgspec.structs.replace(Session(workspace="latent"), notes=edits.with_bookmark(there, place).notes)
    found = edits.gone_to(away, 0).variational
    assert (found.page, found.recipe.ladder.rung, found.recipe.ladder.seed) == ("ladder", "ladder/vae-beta-8", 7)
    assert found.recipe.inference.image.index == 4
