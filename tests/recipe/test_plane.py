"""Planes in recipes: slices, strokes of each shape, samples of the prior; and recipes from before there were any."""

from __future__ import annotations

import pytest

from explorer.errors import BadInput
from explorer.recipe import PlaneModel, PlaneRecipe, Point, PriorSamples, Recipe, Slice, Stroke, decode_recipe, encode_recipe

ENDS = ((0.0, 1.0), (2.0, -1.0))

WHOLE = Recipe(
    plane=PlaneRecipe(
        "d" * 64,
        "mnist-vae-16d",
        (Point("P1", 0.5, -1.0, locked=True),),
        (Stroke("S1", ENDS, 24, "geodesic", "image"), Stroke("S2", ENDS, shape="circle")),
        slice=Slice("images", images=(3, 14, 159), offsets=(0.25,)),
        prior=PriorSamples(16, 7),
        beside=(PlaneModel("e" * 64, "mnist-ae-2d"), PlaneModel("f" * 64, "mnist-vae-16d", Slice("random", seed=4))),
    )
)


def test_a_plane_comes_back_as_it_was() -> None:
    again = decode_recipe(encode_recipe(WHOLE))
    assert again == WHOLE
    assert hash(again) == hash(WHOLE)


def test_a_recipe_from_before_slices_is_read_and_written_alike() -> None:
    old = '{"plane":{"checkpoint":"a","points":[{"name":"P","x":1.0,"y":2.0}],"strokes":[{"name":"S","path":[[0.0,0.0],[1.0,1.0]]}]}}'
    recipe = decode_recipe(old)
    plane = recipe.plane
    assert plane is not None
    assert plane.slice is None
    assert plane.strokes[0].shape == "free"
    assert plane.strokes[0].spacing == "plane"
    assert not plane.points[0].locked
    assert "slice" not in encode_recipe(recipe)
    assert "shape" not in encode_recipe(recipe)


BAD = {
    "a direction twice": ('{"slice": {"first": 3, "second": 3}}', "different directions"),
    "a negative direction": ('{"slice": {"first": -1}}', "different directions"),
    "two images": ('{"slice": {"kind": "images", "images": [1, 2]}}', "three"),
    "codes of different lengths": ('{"slice": {"kind": "codes", "codes": [[1], [1, 2], [1]]}}', "same length"),
    "an offset that is nowhere": ('{"slice": {"offsets": [1e999]}}', "not a recipe"),
    "an unknown slice": ('{"slice": {"kind": "curved"}}', "kind"),
    "an unknown shape": ('{"strokes": [{"name": "S", "path": [[0, 0]], "shape": "square"}]}', "shape"),
    "a geodesic of one end": ('{"strokes": [{"name": "S", "path": [[0, 0]], "shape": "geodesic"}]}', "2 nodes"),
    "a circle of three nodes": ('{"strokes": [{"name": "S", "path": [[0, 0], [1, 1], [2, 2]], "shape": "circle"}]}', "2 nodes"),
    "no samples of the prior": ('{"prior": {"count": 0}}', "prior samples"),
    "a seed too small": ('{"prior": {"seed": -1}}', "seed"),
    "an image that cannot be": ('{"encoded": {"image": -1}}', "test image"),
    "too many planes": ('{"beside": [' + ", ".join(['{"checkpoint": "a", "source": "b"}'] * 4) + "]}", "at most 3 planes"),
}


@pytest.mark.parametrize(("plane", "cause"), BAD.values(), ids=BAD.keys())
def test_what_cannot_be_made_is_refused(plane: str, cause: str) -> None:
    with pytest.raises(BadInput, match=cause):
        decode_recipe(f'{{"plane": {plane}}}', "session")
