"""What is shown first, and finding a session's checkpoints again, over the shipped library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from explorer.engine.models.library import scan
from explorer.engine.models.messages import LibraryEntry, LibraryScanned
from explorer.recipe import (
    BoundRecipe,
    Branch,
    ChainRecipe,
    Change,
    Dab,
    ForwardRecipe,
    FreshNoise,
    Lane,
    Paint,
    PlaneModel,
    PlaneRecipe,
    Sampler,
)
from explorer.recipe.told import Told
from explorer.state.first_run import with_shipped_models
from explorer.state.forward import ForwardState
from explorer.state.found_again import Unopened, relinked, relinked_recipe, unopened
from explorer.state.objective import ObjectiveState
from explorer.state.session import ChainState, LatentState, Session, recipes, undone

Entries = tuple[LibraryEntry, ...]


@pytest.fixture(scope="module")
def entries(checkpoints: Mapping[str, Path]) -> Entries:
    *_, found = scan(())
    assert isinstance(found, LibraryScanned)
    return found.entries


def named(entries: Entries, name: str) -> LibraryEntry:
    return next(entry for entry in entries if entry.name == name)


def session_with(lane: Lane) -> Session:
    state = ChainState(recipe=ChainRecipe(lanes=(lane,), seed=5, samples=2), t=7)
    return Session(reverse=state, compare=state)


def test_an_empty_session_gets_the_shipped_models(entries: Entries) -> None:
    session = with_shipped_models(Session(), entries)
    (lane,) = session.reverse.recipe.lanes
    assert (lane.checkpoint, lane.option, lane.sampler) == (named(entries, "mnist-ddpm-c").sha256, "C", Sampler(steps=50))
    assert (session.reverse.recipe.samples, session.reverse.recipe.seed, session.reverse.t) == (16, 0, 1000)
    assert [lane.option for lane in session.compare.recipe.lanes] == ["A", "B", "C"]
    assert {lane.sampler.steps for lane in session.compare.recipe.lanes} == {session.default_steps}
    assert session.latent.recipe.checkpoint == named(entries, "mnist-vae-2d").sha256
    assert [lane.option for lane in session.objective.recipe.lanes] == ["A", "B", "C"]


def test_only_models_that_exist_are_taken(entries: Entries) -> None:
    some = tuple(entry for entry in entries if entry.name in ("mnist-ddpm-b", "mnist-ddpm-c"))
    session = with_shipped_models(Session(), some)
    assert [lane.option for lane in session.compare.recipe.lanes] == ["B", "C"]
    assert session.latent.recipe.checkpoint == ""
    assert [lane.option for lane in session.objective.recipe.lanes] == ["B", "C"]
    assert with_shipped_models(Session(), ()) == Session()


def test_what_the_person_has_stays(entries: Entries) -> None:
    own = Lane("f" * 64, "/own/model.safetensors", "B")
    session = with_shipped_models(session_with(own), entries)
    assert session.reverse.recipe.lanes == (own,)
    assert session.reverse.t == 7
    assert session.latent.recipe.checkpoint


def test_a_checkpoint_is_found_where_it_is_now(entries: Entries) -> None:
    known = named(entries, "mnist-ddpm-b")
    found, replaced = relinked(session_with(Lane(known.sha256, "/an/older/place.safetensors", "B")), entries)
    assert found.reverse.recipe.lanes[0].source == known.path
    assert found.compare.recipe.lanes[0].source == known.path
    assert replaced == ()


@pytest.mark.parametrize("moved", [False, True])
def test_a_shipped_checkpoint_that_was_replaced_is_taken_and_named(entries: Entries, moved: bool) -> None:
    known = named(entries, "mnist-ddpm-b")
    source = f"/an/older/place/{known.name}.safetensors" if moved else known.path
    lane = Lane("0" * 64, source, "B", Sampler(steps=10))
    found, replaced = relinked(session_with(lane), entries)
    assert found.reverse.recipe.lanes == (Lane(known.sha256, known.path, "B", Sampler(steps=10)),)
    assert replaced == ("mnist-ddpm-b",)


def test_the_checkpoints_of_edits_are_found_in_lanes_and_in_branches_that_are_kept(entries: Entries) -> None:
    b, c = named(entries, "mnist-ddpm-b"), named(entries, "mnist-ddpm-c")
    paint = Paint(800, (Dab(((1.0, 1.0),)),))
    moved = Change(700, checkpoint=b.sha256, source="/an/older/place.safetensors", option="B")
    replaced = Change(300, eta=0.5, checkpoint="0" * 64, source=f"/an/older/place/{c.name}.safetensors", option="A")
    lane = Lane(c.sha256, "/an/older/c.safetensors", "C", edits=(paint, moved, replaced))
    chain = ChainRecipe((lane,), branches=(Branch(lane, "kept"), Branch(Lane("f" * 64, "/own.safetensors", "C", edits=(moved,)))))
    found, names = relinked(Session(reverse=ChainState(recipe=chain)), entries)
    here = Change(700, checkpoint=b.sha256, source=b.path, option="B")
    there = Change(300, eta=0.5, checkpoint=c.sha256, source=c.path, option="C")
    expected = Lane(c.sha256, c.path, "C", edits=(paint, here, there))
    assert found.reverse.recipe.lanes == (expected,)
    assert found.reverse.recipe.branches == (
        Branch(expected, "kept"), Branch(Lane("f" * 64, "/own.safetensors", "C", edits=(here,))),
    )  # fmt: skip
    assert names == ("mnist-ddpm-c",)


def test_of_a_recipe_from_elsewhere_what_is_not_here_is_named_in_lanes_and_edits(entries: Entries, tmp_path: Path) -> None:
    c = named(entries, "mnist-ddpm-c")
    own = tmp_path / "own.safetensors"
    own.write_bytes(b"the engine will see what it is")
    lost = Change(700, checkpoint="1" * 64, source="/lost/change.safetensors", option="B")
    there = Change(600, checkpoint="2" * 64, source=str(own), option="B")
    lanes = (Lane(c.sha256, c.path, "C", edits=(lost, there, Change(500, eta=0.0))), Lane("3" * 64, "/lost/lane.safetensors", "A"))
    recipe, replaced, missing = relinked_recipe(ChainRecipe(lanes), entries)
    assert recipe.lanes == lanes
    assert replaced == ()
    assert missing == ("/lost/change.safetensors", "/lost/lane.safetensors")


def test_a_folder_of_another_tool_is_here_where_it_lies(entries: Entries, tmp_path: Path) -> None:
    chain = ChainRecipe((Lane("2" * 64, str(tmp_path), "C", told=Told(null_label=3)), Lane("3" * 64, "/lost/lane", "A")))
    assert relinked_recipe(chain, entries)[2] == ("/lost/lane",)
    assert unopened(chain, entries) == (Unopened("2" * 64, str(tmp_path), Told(null_label=3)),)


def test_a_file_of_the_persons_own_of_the_same_name_is_not_taken_for_it(entries: Entries, tmp_path: Path) -> None:
    own = tmp_path / "mnist-ddpm-b.safetensors"
    own.write_bytes(b"changed since")
    session = session_with(Lane("0" * 64, str(own), "B"))
    assert relinked(session, entries) == (session, ())


def test_what_is_nowhere_stays_as_it_is(entries: Entries) -> None:
    session = session_with(Lane("0" * 64, "/nowhere/x.safetensors", "B"))
    assert relinked(session, entries) == (session, ())
    broken = tuple(replace(entry, card=None, sha256="") for entry in entries)
    assert relinked(session, broken) == (session, ())


def test_the_network_of_forward_is_found_where_it_is_now(entries: Entries) -> None:
    known = named(entries, "mnist-ddpm-b")
    recipe = ForwardRecipe(seed=3, checkpoint=known.sha256, source="/an/older/place.safetensors")
    found, replaced = relinked(Session(forward=ForwardState(recipe, t=7)), entries)
    assert found.forward == ForwardState(msgspec.structs.replace(recipe, source=known.path), t=7)
    assert replaced == ()
    gone = Session(forward=ForwardState(ForwardRecipe(checkpoint="0" * 64, source="/nowhere/x.safetensors")))
    assert relinked(gone, entries) == (gone, ())


def test_a_plane_keeps_its_points(entries: Entries) -> None:
    known = named(entries, "mnist-vae-2d")
    plane = msgspec.structs.replace(PlaneRecipe(checkpoint=known.sha256, source="/old/vae.safetensors"), points=())
    found, _ = relinked(Session(latent=LatentState(recipe=plane)), entries)
    assert found.latent.recipe == msgspec.structs.replace(plane, source=known.path)


def test_whatever_in_a_session_names_a_checkpoint_is_found_again(entries: Entries) -> None:
    """Every struct with a checkpoint and a source, in every part of the session that has a recipe."""
    c, vae = named(entries, "mnist-ddpm-c"), named(entries, "mnist-vae-2d")
    lane = Lane(c.sha256, "/moved/c.safetensors", "C")
    moved = Session(
        reverse=ChainState(recipe=ChainRecipe((lane,), branches=(Branch(msgspec.structs.replace(lane, edits=(FreshNoise(300),))),))),
        latent=LatentState(recipe=PlaneRecipe(vae.sha256, "/moved/vae.safetensors", beside=(PlaneModel(vae.sha256, "/moved/vae"),))),
        forward=ForwardState(recipe=ForwardRecipe(checkpoint=c.sha256, source="/moved/c.safetensors")),
        objective=ObjectiveState(recipe=BoundRecipe(lanes=(lane,))),
    )
    found, replaced = relinked(moved, entries)
    assert not replaced
    assert b"/moved" in msgspec.json.encode(moved)
    assert b"/moved" not in msgspec.json.encode(found)


def test_undo_goes_over_every_part_that_has_a_recipe() -> None:
    session = Session()
    parts = {name for name in session.__struct_fields__ if "recipe" in getattr(getattr(session, name), "__struct_fields__", ())}
    assert set(undone(session)) == parts >= {"reverse", "compare", "latent", "forward", "objective"}
    assert len(recipes(session)) == len(parts)


def test_a_workspace_that_there_is_not_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match="there is no workspace 'attic'; there are reverse-chain"):
        msgspec.json.decode(b'{"workspace": "attic"}', type=Session)
