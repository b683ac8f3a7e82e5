"""IDX files: what is read, and every kind of file that is refused in one line."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from explorer.datasets.idx import dimensions, read_idx
from explorer.errors import BadInput


def idx(array: np.ndarray, kind: int = 0x08) -> bytes:
    return struct.pack(f">BBBB{array.ndim}I", 0, 0, kind, array.ndim, *array.shape) + array.tobytes()


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 3, 4), (2, 3, 4, 5)])
@pytest.mark.parametrize("name", ["data", "data.gz", "DATA.GZ"])
def test_arrays_come_back(tmp_path: Path, shape: tuple[int, ...], name: str) -> None:
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / name
    path.write_bytes(gzip.compress(idx(array)) if name.lower().endswith(".gz") else idx(array))
    found = read_idx(path)
    assert found.dtype == np.uint8
    assert np.array_equal(found, array)


GOOD = idx(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
BAD = {
    "empty": (b"", "not an IDX file"),
    "too short": (b"\0\0\x08", "not an IDX file"),
    "a PNG": (b"\x89PNG\r\n\x1a\n" + GOOD, "not an IDX file"),
    "another type": (idx(np.zeros(4, np.uint8), 0x0D), "not an IDX file of unsigned bytes"),
    "no dimensions": (b"\0\0\x08\0", "not an IDX file"),
    "many dimensions": (b"\0\0\x08\xff" + b"\0" * 2000, "not an IDX file"),
    "a cut header": (GOOD[:10], "header is cut short"),
    "cut pixels": (GOOD[:-1], "fewer than the 24 bytes"),
    "more pixels": (GOOD + b"\0", "more than the 24 bytes"),
    "a hostile size": (struct.pack(">BBBB3I", 0, 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), "at most"),
    "a large claim": (struct.pack(">BBBB3I", 0, 0, 8, 3, 60_000, 28, 28), "fewer than the 47040000 bytes"),
}


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(("data", "cause"), BAD.values(), ids=BAD.keys())
def test_what_is_no_idx_file_is_refused_with_its_name_and_the_cause(tmp_path: Path, data: bytes, cause: str, compressed: bool) -> None:
    path = tmp_path / ("digits.gz" if compressed else "digits")
    path.write_bytes(gzip.compress(data) if compressed else data)
    with pytest.raises(BadInput, match=cause) as refusal:
        read_idx(path)
    assert str(refusal.value).startswith(f"{path}: ")
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("keep", [0.0, 0.3, 0.9])
def test_a_cut_gzip_is_refused(tmp_path: Path, keep: float) -> None:
    whole = gzip.compress(idx(np.random.default_rng(0).integers(0, 256, (50, 28, 28), dtype=np.uint8)))
    path = tmp_path / "cut.gz"
    path.write_bytes(whole[: int(keep * len(whole))])
    with pytest.raises(BadInput, match=r"cut\.gz: "):
        read_idx(path)


def test_a_gzip_that_is_broken_inside_is_refused(tmp_path: Path) -> None:
    whole = bytearray(gzip.compress(idx(np.random.default_rng(0).integers(0, 256, (50, 28, 28), dtype=np.uint8))))
    whole[len(whole) // 2] ^= 0xFF
    path = tmp_path / "flipped.gz"
    path.write_bytes(bytes(whole))
    with pytest.raises(BadInput, match=r"flipped\.gz"):
        read_idx(path)


@pytest.mark.parametrize("name", ["plain.gz", "packed", "packed.bin"])
def test_packed_is_what_is_packed_and_not_what_is_called_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(GOOD) if name.startswith("packed") else GOOD)
    assert read_idx(path).shape == (2, 3, 4)
    assert dimensions(path) == 3


@pytest.mark.parametrize("data", [data for data, cause in BAD.values() if cause.startswith("not")])
def test_what_is_no_idx_file_has_no_dimensions(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(gzip.compress(data)[:-9])
    assert dimensions(tmp_path / "a") == dimensions(tmp_path / "b") == dimensions(tmp_path / "none") == dimensions(tmp_path) == 0


def test_a_gzip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """64 MiB of zeros behind a header that says 4 bytes."""
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(struct.pack(">BBBB1I", 0, 0, 8, 1, 4) + bytes(2**26)))
    with pytest.raises(BadInput, match="more than the 4 bytes"):
        read_idx(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such file"):
        read_idx(tmp_path / "none")
    with pytest.raises(BadInput, match="cannot be read"):
        read_idx(tmp_path)
