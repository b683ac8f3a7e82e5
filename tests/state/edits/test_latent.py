"""What a person can do to the points, strokes and codes on the plane."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from explorer.engine.models.messages import LibraryEntry
from explorer.recipe import Dab, Encoded, PlaneRecipe, Point, PriorSamples, Stroke
from explorer.state.edits import latent as edits
from explorer.state.session import LatentState

ENTRY = LibraryEntry("/here/vae.safetensors", "vae", False, 1, "a" * 64, None)
LEFT, RIGHT = Point("P1", -1.0, 0.0), Point("P2", 1.0, 0.5)
BOW = Stroke("Stroke 1", ((-1.0, 0.0), (0.0, 1.0), (1.0, 0.0)))
DRAWN = (Dab(((1.0, 1.0),)),)


def plane(*items: Point | Stroke, **fields: object) -> LatentState:
    """A plane with these on it."""
    points = tuple(item for item in items if isinstance(item, Point))
    strokes = tuple(item for item in items if isinstance(item, Stroke))
    return msgspec.structs.replace(LatentState(PlaneRecipe(points=points, strokes=strokes)), **fields)


def test_a_point_has_the_first_free_name_and_is_selected() -> None:
    state = edits.add_point(plane(LEFT, Point("P3", 0.0, 0.0)), ENTRY, 0.25, -2.0)
    assert state.recipe.points[-1] == Point("P2", 0.25, -2.0)
    assert state.selected == "P2"
    assert (state.recipe.checkpoint, state.recipe.source) == (ENTRY.sha256, ENTRY.path)


@pytest.mark.parametrize(
    ("tool", "shape"), [("stroke", "free"), ("line", "line"), ("circle", "circle"), ("geodesic", "geodesic"), ("move", "free")]
)
def test_a_stroke_is_as_its_tool_paints_it_and_takes_the_strip(tool: str, shape: str) -> None:
    state = edits.add_stroke(plane(tool=tool, strip="samples", frame=9), ENTRY, np.array([[0.0, 1.0], [2.0, 3.0]]))
    assert state.recipe.strokes == (Stroke("Stroke 1", ((0.0, 1.0), (2.0, 3.0)), shape=shape),)  # type: ignore[arg-type]
    assert (state.selected, state.strip, state.frame) == ("Stroke 1", "stroke", 0)


def test_what_is_carried_takes_the_place_of_the_one_of_its_name() -> None:
    moved = Point("P2", 3.0, 3.0)
    assert edits.carry(plane(LEFT, RIGHT, BOW), moved) == plane(LEFT, moved, BOW)
    assert edits.place(plane(LEFT, RIGHT), "P2", 3.0, 3.0) == plane(LEFT, moved)


def test_a_point_is_nudged_unless_it_is_locked() -> None:
    state = plane(LEFT, RIGHT, selected="P1")
    assert edits.nudge(state, 0.5, -0.25).recipe.points == (Point("P1", -0.5, -0.25), RIGHT)
    locked = edits.set_locked(state, "P1", True)
    assert locked.recipe.points[0].locked
    assert edits.nudge(locked, 0.5, -0.25) == locked
    assert edits.set_locked(locked, "P1", False) == state
    assert edits.nudge(plane(BOW, selected="Stroke 1"), 1.0, 1.0) == plane(BOW, selected="Stroke 1")


@pytest.mark.parametrize(("wanted", "name"), [("  seven ", "seven"), ("P2", "P1"), (" ", "P1"), ("x" * 40, "x" * 32)])
def test_a_name_is_given_unless_it_is_empty_or_taken(wanted: str, name: str) -> None:
    state = edits.rename(plane(LEFT, RIGHT, selected="P1", ends=("P1", "P2")), "P1", wanted)
    assert [point.name for point in state.recipe.points] == [name, "P2"]
    assert (state.selected, state.ends) == (name, (name, "P2"))


def test_fewer_frames_keep_the_one_that_is_looked_at_within_them() -> None:
    state = edits.set_frames(plane(BOW, frame=60), "Stroke 1", 16)
    assert (state.recipe.strokes[0].frames, state.frame) == (16, 15)


def test_a_stroke_is_led_another_way_between_its_ends() -> None:
    (stroke,) = edits.set_shape(plane(BOW), "Stroke 1", "spherical").recipe.strokes
    assert (stroke.shape, stroke.path) == ("spherical", (BOW.path[0], BOW.path[-1]))
    (stroke,) = edits.set_spacing(plane(BOW), "Stroke 1", "image").recipe.strokes
    assert (stroke.spacing, stroke.path) == ("image", BOW.path)


def test_what_is_deleted_is_selected_no_more() -> None:
    assert edits.delete(plane(LEFT, BOW, selected="Stroke 1"), "Stroke 1") == plane(LEFT)
    assert edits.delete(plane(LEFT, BOW, selected="P1"), "Stroke 1") == plane(LEFT, selected="P1")


def test_a_stroke_that_is_selected_takes_the_strip_from_its_beginning() -> None:
    state = plane(LEFT, BOW, frame=9, strip="samples")
    assert edits.select(state, "P1") == msgspec.structs.replace(state, selected="P1")
    assert edits.select(state, "Stroke 1") == msgspec.structs.replace(state, selected="Stroke 1", frame=0, strip="stroke")
    playing = plane(BOW, selected="Stroke 1", frame=9)
    assert edits.select(playing, "Stroke 1") == playing


@pytest.mark.parametrize(("selected", "ends"), [("", ("P2", "P3")), ("P1", ("P3", "P1")), ("P3", ("P2", "P3"))])
def test_paths_go_to_the_selected_point_or_the_last_and_away_again(selected: str, ends: tuple[str, str]) -> None:
    state = edits.toggle_paths(plane(LEFT, RIGHT, Point("P3", 0.0, 0.0), selected=selected, frame=5))
    assert (state.ends, state.strip, state.frame) == (ends, "paths", 0)
    assert edits.strip_of(state) == "paths"
    assert edits.toggle_paths(state).strip == "stroke"
    assert edits.toggle_paths(plane(LEFT)).strip == "stroke"


def test_samples_are_others_each_time_and_go_with_their_strip() -> None:
    first = edits.sample_prior(plane(BOW))
    again = edits.sample_prior(first)
    assert (first.recipe.prior, again.recipe.prior) == (PriorSamples(64, 0), PriorSamples(64, 1))
    assert edits.strip_of(again) == "samples"
    assert edits.close_strip(again) == plane(BOW)


def test_a_closed_strip_of_draws_takes_them_off_the_plane_and_leaves_what_is_encoded() -> None:
    state = LatentState(PlaneRecipe(drawing=DRAWN, encoded=Encoded(draws=2)), strip="posterior", frame=3)
    assert edits.strip_of(state) == "posterior"
    assert edits.close_strip(state) == LatentState(PlaneRecipe(drawing=DRAWN))
    paths = edits.show_paths(plane(LEFT, RIGHT), "P1", "P2")
    assert edits.close_strip(paths) == plane(LEFT, RIGHT, ends=("P1", "P2"))


@pytest.mark.parametrize("strip", ["samples", "posterior", "paths"])
def test_the_strip_shows_the_stroke_where_there_is_nothing_else_for_it(strip: str) -> None:
    assert edits.strip_of(plane(LEFT, strip=strip, ends=("P1", "gone"))) == "stroke"


def test_classes_and_layers_are_hidden_and_shown() -> None:
    state = edits.toggle_class(edits.toggle_class(plane(), 7), 4)
    assert state.hidden_classes == (4, 7)
    assert edits.toggle_class(state, 7).hidden_classes == (4,)
    alone = edits.only_class(state, 7)
    assert alone.hidden_classes == (0, 1, 2, 3, 4, 5, 6, 8, 9)
    assert edits.only_class(alone, 7).hidden_classes == ()
    assert edits.toggle_layer(plane(), "codes") == plane(codes=False)


def test_what_is_selected_is_told_as_text() -> None:
    recipe = plane(LEFT, RIGHT, BOW).recipe
    assert edits.as_text(recipe, "") == "P1\t-1\t0\nP2\t1\t0.5"
    assert edits.as_text(recipe, "P2") == "P2\t1\t0.5"
    assert edits.as_text(recipe, "Stroke 1") == "-1\t0\n0\t1\n1\t0"
