"""Arrays that are made small come back as they were; what is spoilt is refused."""

from __future__ import annotations

import io
import zlib

import numpy as np
import pytest

from explorer.engine.chain.messages import LaneFrame, LaneKey, StepShown
from explorer.engine.pictures.tiles import diverging_tiles, grey_tiles
from explorer.engine.process.codec import Reader, Writer
from explorer.engine.process.elsewhere.packing import packed, unpacked
from explorer.engine.thread.requests import Result
from explorer.recipe import Lane

NOISE = np.random.default_rng(0).normal(size=(16, 1, 28, 28)).astype(np.float32)


def test_pictures_of_noise_are_sent_as_one_number_a_pixel() -> None:
    grey, map_ = grey_tiles(NOISE / 3), diverging_tiles(NOISE, 3.0, "dark")
    for tiles, way in ((grey, "g"), (map_, "p")):
        small = packed(tiles)
        assert small is not None
        assert small[0] == way
        assert len(small[1]) < 16 * 28 * 28 + 2000
        back = unpacked(small[0], memoryview(small[1]), tiles.shape, tiles.dtype, tiles.nbytes)
        assert np.array_equal(back, tiles)


def test_results_are_packed_where_the_way_is_slow_and_are_the_same_then() -> None:
    tiles = grey_tiles(NOISE / 3)
    shown = StepShown(3, "x_t", (LaneFrame(LaneKey(Lane("0" * 64, "a"), 0, 16), 1, 3, tiles, np.zeros_like(NOISE), 1.0),))
    plain, small = io.BytesIO(), io.BytesIO()
    Writer(plain).write(Result(1, "step", 1, shown))
    Writer(small, packs=lambda: True).write(Result(1, "step", 1, shown))
    assert len(small.getvalue()) < len(plain.getvalue()) / 2.5
    small.seek(0)
    result = Reader(small).result()
    assert result is not None
    assert isinstance(result.outcome, StepShown)
    back = result.outcome.frames[0].tiles
    assert np.array_equal(back, tiles)
    assert not back.flags.writeable


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((50, 40), np.float64),
        np.arange(3000, dtype=np.uint8).reshape(10, 100, 3),
        np.random.default_rng(1).integers(0, 255, (40, 40, 3), np.uint8),
        np.zeros((0, 3), np.uint8),
        np.random.default_rng(2).random(4000).astype(np.float32),
    ],
)
def test_any_array_comes_back_to_the_last_bit(array: np.ndarray) -> None:
    small = packed(array)
    if small is None:
        return
    assert len(small[1]) < array.nbytes
    assert unpacked(small[0], memoryview(small[1]), array.shape, array.dtype, array.nbytes).tobytes() == array.tobytes()


@pytest.mark.parametrize(
    ("way", "content"),
    [
        ("z", b"no"),
        ("z", zlib.compress(bytes(301))),
        ("z", zlib.compress(bytes(299))),
        ("x", zlib.compress(bytes(100))),
        ("g", b""),
        ("p", b""),
    ],
)
def test_what_is_spoilt_or_larger_than_it_says_is_refused(way: str, content: bytes) -> None:
    with pytest.raises(ValueError, match="packed"):
        unpacked(way, memoryview(content), (100, 3), np.dtype(np.uint8), 300)
