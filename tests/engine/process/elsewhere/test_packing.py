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


@pytest.mark.parametrize(("block", "size"), [(2, (28, 28)), (4, (28, 30)), (8, (65, 48)), (16, (64, 64))])
@pytest.mark.parametrize("way", ["g", "p", "z"])
def test_of_pictures_that_are_alike_in_blocks_one_pixel_of_each_is_sent(block: int, size: tuple[int, int], way: str) -> None:
    height, width = size
    colours = np.random.default_rng(5).integers(0, 256, (300, 3), np.uint8)
    some = {"g": colours[:, :1].repeat(3, 1), "p": colours[:200], "z": colours}[way]
    thin = some[np.random.default_rng(3).integers(0, len(some), (64, -(-height // block), -(-width // block)))]
    rows, columns = np.arange(height) // block, np.arange(width) // block
    tiles = np.ascontiguousarray(thin[:, rows[:, None], columns])
    small = packed(tiles)
    assert small is not None
    assert small[0] == f"{way}{block}"
    assert len(small[1]) < {"g": 1, "p": 1, "z": 3}[way] * thin.size // 3 + 1000
    assert np.array_equal(unpacked(small[0], memoryview(small[1]), tiles.shape, tiles.dtype, tiles.nbytes), tiles)
    tiles[-1, -1, -1] ^= 1
    other = packed(tiles)
    assert other is not None
    assert not other[0].endswith(str(block)), "one pixel is another"
    assert np.array_equal(unpacked(other[0], memoryview(other[1]), tiles.shape, tiles.dtype, tiles.nbytes), tiles)


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


@pytest.mark.parametrize("count", [2, 3, 4, 5])
@pytest.mark.parametrize("is_grey", [True, False])
def test_few_colours_take_few_bits(count: int, is_grey: bool) -> None:
    colours = np.random.default_rng(4).integers(0, 256, (count, 3), np.uint8)
    colours = colours[:, :1].repeat(3, 1) if is_grey else colours
    tiles = colours[np.random.default_rng(5).integers(0, count, (16, 27, 29))]
    small = packed(tiles)
    assert small is not None
    assert small[0] == {2: "a", 3: "b", 4: "b", 5: "g" if is_grey else "p"}[count]
    assert len(small[1]) < {2: 1, 3: 2, 4: 2, 5: 3}[count] * 16 * 27 * 29 / 8 + 100 + 768 * (count == 5)
    assert np.array_equal(unpacked(small[0], memoryview(small[1]), tiles.shape, tiles.dtype, tiles.nbytes), tiles)


@pytest.mark.parametrize("number", [np.float32(np.nan), np.float64(-0.0), np.int64(2**40), np.uint8(7)])
def test_what_is_one_number_takes_one(number: np.generic) -> None:
    array = np.full((8, 20, 30, 3), number)
    assert packed(array) == ("c", number.tobytes())
    assert unpacked("c", memoryview(number.tobytes()), array.shape, array.dtype, array.nbytes).tobytes() == array.tobytes()
    array[3, 2, 1, 0] = 5
    small = packed(array)
    assert small is not None
    assert small[0] != "c"
    assert unpacked(small[0], memoryview(small[1]), array.shape, array.dtype, array.nbytes).tobytes() == array.tobytes()


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
        ("g3", zlib.compress(bytes(100))),
        ("g2", zlib.compress(bytes(100))),
        ("g²", zlib.compress(bytes(100))),
        ("a", zlib.compress(bytes(6 + 12))),
        ("b", zlib.compress(bytes(12 + 26))),
        ("c", b""),
        ("c", b"12"),
        ("g", b""),
        ("p", b""),
    ],
)
def test_what_is_spoilt_or_larger_than_it_says_is_refused(way: str, content: bytes) -> None:
    with pytest.raises(ValueError, match="packed"):
        unpacked(way, memoryview(content), (100, 3), np.dtype(np.uint8), 300)
