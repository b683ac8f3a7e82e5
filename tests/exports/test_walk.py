"""The one walk to a file: any groups of samples give the same file, and what is between is passed on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from explorer.exports.kinds import KINDS, Drawn, Stored
from explorer.exports.walk import OF_STEPS, PLAN, STATE, Frame, Packed, Piece, WrittenLane, layout_of, write_arrays, write_pictures
from explorer.recipe import Recipe

K, SAMPLES, SHAPE = 3, 5, (1, 4, 6)
RNG = np.random.default_rng(0)
X = RNG.normal(size=(K + 1, SAMPLES, *SHAPE)).astype(np.float32)
STEPS = {name: RNG.normal(size=(K, SAMPLES, *SHAPE)).astype(np.float32) for name in OF_STEPS}
PLANNED = {name: np.arange(K + (name in ("timesteps", "alpha_bar"))) for name in PLAN}


def lane(size: int) -> WrittenLane[str]:
    def pieces() -> Iterator[Piece | str]:
        for start in range(0, SAMPLES, size):
            rows = slice(start, start + size)
            for k in range(K + 1):
                values = {STATE: X[k, rows]} | ({name: array[k, rows] for name, array in STEPS.items()} if k < K else {})
                yield Piece(k, rows, values)
                yield f"state {k}"

    return WrittenLane(PLANNED, SAMPLES, SHAPE, pieces)


def stored(path: Path) -> Stored:
    kind = KINDS[path.suffix]
    assert isinstance(kind, Stored)
    return kind


def test_blocks_make_no_difference_to_arrays(tmp_path: Path, recipe: Recipe) -> None:
    whole, blocks = tmp_path / "whole.npz", tmp_path / "blocks.npz"
    told = list(write_arrays(whole, stored(whole), [lane(SAMPLES), lane(SAMPLES)], recipe))
    list(write_arrays(blocks, stored(blocks), [lane(2), lane(1)], recipe))
    assert whole.read_bytes() == blocks.read_bytes()
    assert [one for one in told if isinstance(one, str)] == [f"state {k}" for k in range(K + 1)] * 2
    packed = [one for one in told if isinstance(one, Packed)]
    assert len(packed) == packed[0].total
    with np.load(whole) as arrays:
        np.testing.assert_array_equal(arrays["lane1/x"], X)
        for name, wanted in (STEPS | PLANNED).items():
            np.testing.assert_array_equal(arrays[f"lane0/{name}"], wanted)


@pytest.mark.parametrize("ending", [ending for ending, kind in KINDS.items() if isinstance(kind, Drawn)])
def test_pictures_that_are_given_up_leave_nothing(tmp_path: Path, recipe: Recipe, ending: str) -> None:
    kind, path = KINDS[ending], tmp_path / f"a{ending}"
    assert isinstance(kind, Drawn)
    layout = layout_of("lanes", 1, (1, 4, 6), ("a", "b"), 2, captioned=True)
    tiles = [np.full((1, *SHAPE), level, np.uint8) for level in (0, 255)]

    def frames() -> Iterator[Frame | str]:
        yield "begun"
        yield Frame(tiles, "first")
        yield "drawn"

    writing = write_pictures(path, kind, layout, frames(), recipe, 10)
    assert next(writing) == "begun"
    writing.close()  # type: ignore[attr-defined]
    assert not list(tmp_path.iterdir())
    assert list(write_pictures(path, kind, layout, frames(), recipe, 10)) == ["begun", "drawn"]
    assert [file.name for file in tmp_path.iterdir()] == [f"a{ending}"]
