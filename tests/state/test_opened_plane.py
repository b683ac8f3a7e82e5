"""What is shown of an exported strip's recipe."""

from __future__ import annotations

from explorer.recipe import Encoded, PlaneGrid, PlaneRecipe, Point, PriorSamples, Stroke
from explorer.state.opened_plane import BETWEEN, with_opened
from explorer.state.session import LatentState

ENDS = ((0.0, 0.0), (1.0, 2.0))
BEFORE = LatentState(selected="P9", frame=7, strip="samples")


def test_a_stroke_is_selected_and_in_the_strip() -> None:
    found = with_opened(BEFORE, PlaneRecipe("a", "b", strokes=(Stroke("Arc", ENDS),)))
    assert (found.selected, found.strip, found.frame) == ("Arc", "stroke", 0)


def test_paths_are_between_their_points_again() -> None:
    points = (Point("P1", *ENDS[0]), Point("P2", *ENDS[1]))
    strokes = tuple(Stroke(shape, ENDS, shape=shape) for shape in BETWEEN)
    found = with_opened(BEFORE, PlaneRecipe("a", "b", points=points, strokes=strokes))
    assert (found.strip, found.ends, found.recipe.strokes) == ("paths", ("P1", "P2"), ())


def test_samples_draws_and_manifolds_are_shown() -> None:
    assert with_opened(LatentState(), PlaneRecipe("a", "b", prior=PriorSamples(8, 3))).strip == "samples"
    assert with_opened(LatentState(), PlaneRecipe("a", "b", encoded=Encoded(image=3, draws=1))).strip == "posterior"
    assert with_opened(LatentState(), PlaneRecipe("a", "b", grid=PlaneGrid((-1, 1, -1, 1), 4, 4))).manifold
