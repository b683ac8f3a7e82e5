"""Edits and brush marks: read back as they were, refused where they cannot be."""

from __future__ import annotations

import json
import math

import msgspec
import numpy as np
import pytest

from explorer.errors import BadInput
from explorer.recipe import (
    BackUp,
    Branch,
    ChainRecipe,
    Change,
    Dab,
    Edit,
    FreshNoise,
    Inpaint,
    Lane,
    Paint,
    Recipe,
    alive_at,
    coverage,
    decode_recipe,
    encode_recipe,
    mask_of,
    picture_of,
    with_edit,
)

DAB = Dab(((3.0, 4.5), (10.0, 8.0)), 2.5, -0.5, 0.3, (1.0, 0.25, -1.0))
REGION = np.arange(28 * 28).reshape(28, 28) % 3 == 0
PIXELS = np.arange(28 * 28, dtype=np.uint8).reshape(1, 28, 28)
EDITS: tuple[Edit, ...] = (
    FreshNoise(900, 4), Paint(700, (DAB,), "x0_hat", (1, 3), 2), Inpaint(650, mask_of(REGION), 7, "image", (0,), 5, True),
    Change(600, 0.0, True, "ab" * 32, "b.safetensors", "B"), BackUp(800, picture_of(PIXELS, "seven.png"), 1, False), FreshNoise(800),
)  # fmt: skip


def lane(*edits: object) -> Lane:
    return Lane("cd" * 32, "c.safetensors", "C", edits=edits)  # type: ignore[arg-type]


def test_a_branch_is_read_back_as_it_was() -> None:
    recipe = Recipe(chain=ChainRecipe((lane(*EDITS),), branches=(Branch(lane(*EDITS), "seven"),)))
    again = decode_recipe(encode_recipe(recipe))
    assert again == recipe
    assert again.chain is not None
    mask, picture = again.chain.lanes[0].edits[2], again.chain.lanes[0].edits[4]
    assert isinstance(mask, Inpaint)
    assert isinstance(picture, BackUp)
    assert picture.picture is not None
    np.testing.assert_array_equal(mask.mask.array(), REGION)
    np.testing.assert_array_equal(picture.picture.array(), PIXELS)
    assert len({lane(*EDITS): 1, lane(*EDITS[:3]): 2, again.chain.lanes[0]: 3}) == 2, "a key of computed lanes"


def test_an_erasure_of_an_earlier_version_is_what_it_was() -> None:
    text = encode_recipe(Recipe(chain=ChainRecipe((lane(Inpaint(650, mask_of(REGION), 7)),))))
    assert "anew" not in text
    chain = decode_recipe(text).chain
    assert chain is not None
    (edit,) = chain.lanes[0].edits
    assert isinstance(edit, Inpaint)
    assert not edit.anew


def test_a_lane_without_edits_is_written_as_before() -> None:
    assert "edits" not in encode_recipe(Recipe(chain=ChainRecipe((lane(),))))


@pytest.mark.parametrize(
    "edit",
    [
        {"edit": "noise", "t": 0},
        {"edit": "noise", "t": 5, "stream": -1},
        {"edit": "noise", "t": 5, "stream": 2**31},
        {"edit": "paint", "t": 5, "dabs": []},
        {"edit": "paint", "t": 5, "dabs": [{"path": []}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1e300]]}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]], "radius": 0}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]], "value": 99}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]], "colour": [0, 0, 99]}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]], "colour": [0, 0]}]},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]] * 4000}] * 5},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]]}], "on": "z"},
        {"edit": "paint", "t": 5, "dabs": [{"path": [[1, 1]]}], "samples": [-1]},
        {"edit": "inpaint", "t": 5, "mask": {"height": 28, "width": 28, "bits": "AA=="}},
        {"edit": "inpaint", "t": 5, "mask": {"height": 10**9, "width": 10**9, "bits": ""}},
        {"edit": "inpaint", "t": 5, "mask": {"height": 1, "width": 1, "bits": "!!"}},
        {"edit": "inpaint", "t": 5, "mask": {"height": 1, "width": 1, "bits": "gA=="}, "repeats": 10**6},
        {"edit": "change", "t": 5},
        {"edit": "change", "t": 5, "eta": 1.5},
        {"edit": "back up", "t": 5, "picture": {"channels": 1, "height": 2, "width": 2, "pixels": "AAA="}},
        {"edit": "back up", "t": 5, "picture": {"channels": 2, "height": 1, "width": 1, "pixels": "AAA="}},
        {"edit": "format the disk", "t": 5},
        {"t": 5},
    ],
)
def test_what_cannot_be_is_refused(edit: dict[str, object]) -> None:
    text = json.dumps({"version": 1, "chain": {"lanes": [{"checkpoint": "", "source": "", "edits": [edit]}]}})
    with pytest.raises(BadInput, match=r"^evil\.json: not a recipe: .*edits\[0\]"):
        decode_recipe(text, "evil.json")


def test_edits_go_downwards_unless_an_image_is_taken_up_again() -> None:
    lane(FreshNoise(500), FreshNoise(500), FreshNoise(499), BackUp(900), FreshNoise(900))
    with pytest.raises(ValueError, match="t = 600 follows one at t = 500"):
        lane(FreshNoise(500), FreshNoise(600))
    with pytest.raises(ValueError, match="at most 32"):
        lane(*[FreshNoise(500)] * 33)
    with pytest.raises(ValueError, match="at least one edit"):
        Branch(lane())


def test_going_on_drops_what_is_still_to_come() -> None:
    edits: tuple[Edit, ...] = (FreshNoise(800), FreshNoise(500), BackUp(600), FreshNoise(400))
    assert alive_at(edits, 400) == edits
    assert alive_at(edits, 401) == edits[:3]
    assert alive_at(edits, 601) == edits[:1], "before the image was taken up again, and its end forgotten"
    assert with_edit(edits, FreshNoise(700)) == (FreshNoise(800), FreshNoise(700))
    assert with_edit(edits, BackUp(700)) == (*edits, BackUp(700)), "the image that all of them made"
    assert with_edit(edits, BackUp(700, picture_of(PIXELS))) == (FreshNoise(800), BackUp(700, picture_of(PIXELS)))


def test_a_mark_covers_what_is_near_its_path() -> None:
    covered = coverage(DAB, 12, 15)
    (ax, ay), (bx, by) = DAB.path
    for row in range(12):
        for column in range(15):
            x, y = column + 0.5, row + 0.5
            along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
            along = min(1.0, max(0.0, along))
            distance = math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay))
            assert covered[row, column] == pytest.approx(min(1.0, max(0.0, 2.5 + 0.5 - distance)), abs=1e-6)
    point = coverage(Dab(((7.5, 5.5),), 0.5), 12, 15)
    assert point[5, 7] == 1
    assert point.sum() == pytest.approx(1.0), "a point of half a pixel is a pixel"


def test_a_dab_outside_covers_nothing() -> None:
    assert not coverage(Dab(((-50.0, 900.0),), 3.0), 28, 28).any()
    assert msgspec.json.decode(msgspec.json.encode(DAB), type=Dab) == DAB


def test_marks_on_x0_hat_go_on_down_to_a_timestep_and_old_files_say_nothing_of_it() -> None:
    dab = Dab(((3.0, 3.0),))
    onwards = Paint(500, (dab,), "x0_hat", until=100)
    assert msgspec.json.decode(msgspec.json.encode(onwards), type=Edit) == onwards
    old = b'{"edit":"paint","t":500,"dabs":[{"path":[[3.0,3.0]]}],"on":"x0_hat"}'
    assert msgspec.json.decode(old, type=Edit) == Paint(500, (dab,), "x0_hat")
    assert b"until" not in msgspec.json.encode(Paint(500, (dab,), "x0_hat"))
    for wrong in ({"until": 501}, {"until": 0}, {"on": "x_t", "until": 100}):
        with pytest.raises(ValueError, match="down to a timestep"):
            Paint(**{"t": 500, "dabs": (dab,), "on": "x0_hat", **wrong})  # type: ignore[arg-type]
