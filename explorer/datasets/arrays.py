"""Arrays of images in .npy and .npz files."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from explorer.datasets.reading import AS_FOUND, RangeName, Reading
from explorer.datasets.values import as_bytes
from explorer.endings import ARRAYS
from explorer.errors import BadInput
from explorer.numpy_file import read_by_numpy
from explorer.regular_file import check_regular

MAX_BYTES = 2**31
MAGIC, ZIP = b"\x93NUMPY", b"PK\x03\x04"
SLACK_BYTES = 2**24
"""Of its header."""
LOOKED_AT = 64
MOST_LISTED = 8
TRAINING, TESTS = ("train", "images", "img", "data", "x", "arr_0"), ("test", "t10k", "val")
"""What members of images are called, the likeliest first."""


def with_channels(array: np.ndarray, path: Path) -> np.ndarray:
    """Images of any layout as (N, C, H, W).

    Raises
    ------
    BadInput
        If the shape is none of images; `path` is what the message names.
    """
    if array.ndim == 3:
        array = array[:, None]
    if array.ndim == 4 and array.shape[1] not in (1, 3) and array.shape[3] in (1, 3):
        array = array.transpose(0, 3, 1, 2)
    if array.ndim != 4 or array.shape[1] not in (1, 3):
        raise BadInput(f"{path}: an array of images has shape (N, H, W) or (N, 1 or 3, H, W), not {array.shape}")
    if 0 in array.shape[1:]:
        raise BadInput(f"{path}: its images have no pixels: {array.shape}")
    return array if isinstance(array, np.memmap) else np.ascontiguousarray(array)


def is_array(path: Path) -> bool:
    """Whether a file is one of NumPy's by its content; one that is not there, or is nothing yet, by its name."""
    head = _head(path)
    return head.startswith((MAGIC, ZIP)) if head else path.suffix.lower() in ARRAYS


def _head(path: Path) -> bytes:
    """First bytes of a file; none where they are not to be had."""
    try:
        check_regular(path)
        with open(path, "rb") as file:
            return file.read(len(MAGIC))
    except (OSError, ValueError, BadInput):
        return b""


def _mapped(path: Path, told: RangeName) -> np.ndarray | None:
    """Array of bytes that stays on disk; None where it is of another kind, or cannot be mapped."""
    if told not in ("auto", "0,255"):
        return None
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:  # read whole it will be said what is wrong
        return None
    if not isinstance(array, np.memmap) or array.dtype != np.uint8 or not array.flags.c_contiguous:
        return None
    few = array[:: max(1, len(array) // LOOKED_AT)] if array.ndim else array
    is_black_and_white = told == "auto" and few.size and few.max() <= 1 and array.max() == 1
    return None if is_black_and_white else array


@dataclass(frozen=True, eq=False)
class ReadArray:
    """Images of a file, and how they were taken.

    Attributes
    ----------
    images : ndarray, shape (N, C, H, W), uint8
    member : str
        Name of the array in an archive, empty where there is one array alone.
    range : RangeName
        Which of their numbers are black and white; never "auto".
    """

    images: np.ndarray
    member: str
    range: RangeName


def read_array(path: Path, split: str = "train", told: Reading = AS_FOUND) -> ReadArray:
    """Images in an .npy or .npz file.

    Bytes in an .npy file stay on disk and are read as they are asked for, so that memory does not grow with them;
    everything else is read whole, up to 2 GiB. Of an .npz with several arrays the one that is told is taken, else the one that is of
    images, of the split by its name: x_train, x_test.

    Raises
    ------
    BadInput
        If it is no array, none of images, or not as it was told.
    """
    check_regular(path)
    if _head(path) == MAGIC:
        if told.member:
            raise BadInput(f"{path}: holds one array alone, and none called {told.member}: leave out --member")
        if (mapped := _mapped(path, told.range)) is not None:
            return ReadArray(with_channels(mapped, path), "", "0,255")
    try:
        if _head(path) == MAGIC and path.stat().st_size > MAX_BYTES + SLACK_BYTES:
            raise BadInput(f"{path}: {path.stat().st_size} bytes of images; at most {MAX_BYTES} are read")
        with read_by_numpy(), open(path, "rb") as file:
            member, array = _array_of(np.load(file, allow_pickle=False), path, split, told.member)
    except BadInput:
        raise
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except MemoryError:
        raise BadInput(f"{path}: says it holds more than fits into memory") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        if "pickle" in str(error):
            raise BadInput(f"{path}: holds Python objects, which are not opened because they may contain code") from None
        raise BadInput(f"{path}: cannot be read as an array: {error}") from None
    if array.nbytes > MAX_BYTES:
        raise BadInput(f"{path}: {array.nbytes} bytes of images; at most {MAX_BYTES} are read")
    array = with_channels(array, path)  # first: what is of another shape is not asked about its values
    try:
        images, taken = as_bytes(array, told.range)
    except ValueError as error:
        raise BadInput(f"{path}{f' ({member})' if member else ''}: {error}") from None
    return ReadArray(images, member, taken)


def members_of(path: Path) -> tuple[str, ...]:
    """Names of the arrays in an archive that are of images, by their headers alone; none of any other file."""
    if _head(path)[: len(ZIP)] != ZIP:
        return ()
    try:
        with zipfile.ZipFile(path) as archive:
            return tuple(name for name, inside in _named(archive).items() if _holds_images(archive, inside))
    except Exception:  # zipfile and its packings raise many kinds for a spoilt file; opening it says what is wrong
        return ()


def _array_of(loaded: np.ndarray | NpzFile, path: Path, split: str, wanted: str) -> tuple[str, np.ndarray]:
    if isinstance(loaded, np.ndarray):
        return "", loaded
    if loaded.zip is None or not loaded.files:
        raise BadInput(f"{path}: holds no array")
    found = _named(loaded.zip)
    if not found:
        raise BadInput(f"{path}: holds no array")
    member = wanted or _likeliest(loaded.zip, found, path, split)
    if member not in found:
        raise BadInput(f"{path}: has no array called {member}; it has {_listed(found)}")
    claimed = loaded.zip.getinfo(found[member]).file_size
    if claimed > MAX_BYTES:
        raise BadInput(f"{path}: {claimed} bytes of images; at most {MAX_BYTES} are read")
    return member, loaded[member]


def _named(archive: zipfile.ZipFile) -> dict[str, str]:
    """Arrays by their names, with those of their files."""
    return {name.removesuffix(".npy"): name for name in archive.namelist() if name.endswith(".npy")}


def _likeliest(archive: zipfile.ZipFile, found: dict[str, str], path: Path, split: str) -> str:
    shaped = [name for name in found if _holds_images(archive, found[name])]
    if not shaped:
        raise BadInput(f"{path}: none of its arrays ({_listed(found)}) is of images, of shape (N, H, W) or (N, 1 or 3, H, W)")
    return min(shaped, key=lambda name: _rank(name, split))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)[:MOST_LISTED])


def _holds_images(archive: zipfile.ZipFile, member: str) -> bool:
    """Whether the header of a member says that it is of images, its numbers unread."""
    with archive.open(member) as file:
        try:
            version = np.lib.format.read_magic(file)
            shape, _, kind = np.lib.format.read_array_header_1_0(file) if version == (1, 0) else np.lib.format.read_array_header_2_0(file)
        except (ValueError, OSError, EOFError):
            return False
    flat = len(shape) == 3 and min(shape[1:]) > 3
    coloured = len(shape) == 4 and (shape[1] in (1, 3) or shape[3] in (1, 3))
    return (flat or coloured) and kind.kind in "fub"


def _rank(name: str, split: str) -> tuple[bool, int]:
    """Training images before test ones unless those are asked for, then by what members are called."""
    low = name.lower()
    is_test = any(word in low for word in TESTS)
    return is_test != (split == "test"), next((place for place, word in enumerate(TRAINING) if word in low), len(TRAINING))
