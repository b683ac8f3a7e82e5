"""Arrays of images in .npy and .npz files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from explorer.endings import ARRAYS
from explorer.errors import BadInput
from explorer.numpy_file import read_by_numpy
from explorer.regular_file import check_regular

MAX_BYTES = 2**31
MAGIC, ZIP = b"\x93NUMPY", b"PK\x03\x04"
SLACK_BYTES = 2**24
"""Of its header."""
LOOKED_AT = 64
SLACK = 1e-3
"""By which rounding may lead out of a range: a quarter of a grey level."""
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


def _mapped(path: Path) -> np.ndarray | None:
    """Array of bytes that stays on disk; None where it is of another kind, or cannot be mapped."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:  # read whole it will be said what is wrong
        return None
    if not isinstance(array, np.memmap) or array.dtype != np.uint8 or not array.flags.c_contiguous:
        return None
    few = array[:: max(1, len(array) // LOOKED_AT)] if array.ndim else array
    return None if few.size and few.max() <= 1 and array.max() == 1 else array  # black and white is not taken as it is


def read_array(path: Path, split: str = "train") -> np.ndarray:
    """Images in an .npy or .npz file, shape (N, C, H, W), uint8.

    Bytes in an .npy file stay on disk and are read as they are asked for, so that memory does not grow with them;
    everything else is read whole, up to 2 GiB. Of an .npz with several arrays the one that is of images is taken, of the split by
    its name: x_train, x_test.

    Raises
    ------
    BadInput
        If it is no array, or none of images.
    """
    check_regular(path)
    if _head(path) == MAGIC and (mapped := _mapped(path)) is not None:
        return with_channels(mapped, path)
    try:
        if _head(path) == MAGIC and path.stat().st_size > MAX_BYTES + SLACK_BYTES:
            raise BadInput(f"{path}: {path.stat().st_size} bytes of images; at most {MAX_BYTES} are read")
        with read_by_numpy(), open(path, "rb") as file:
            array = _array_of(np.load(file, allow_pickle=False), path, split)
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
    if array.dtype == np.bool_ or (array.dtype == np.uint8 and array.size and array.max() == 1):
        array = array.astype(np.uint8) * 255  # black and white, not two darkest greys
    if array.dtype == np.uint8:
        return with_channels(array, path)
    if array.dtype.kind != "f":
        raise BadInput(f"{path}: images are uint8, or finite numbers in [0, 1] or [-1, 1]; these are {array.dtype}")
    if not np.isfinite(array).all():
        raise BadInput(f"{path}: holds numbers that are not finite")
    low, high = float(array.min(initial=0)), float(array.max(initial=0))
    if low < -1 - SLACK or high > 1 + SLACK:
        raise BadInput(f"{path}: its values reach from {low:.9g} to {high:.9g}; expected [0, 1] or [-1, 1]")
    scaled = (array + 1) / 2 if low < -SLACK else array
    return with_channels(np.rint(np.clip(scaled, 0, 1) * 255).astype(np.uint8), path)


def _array_of(loaded: np.ndarray | NpzFile, path: Path, split: str) -> np.ndarray:
    if isinstance(loaded, np.ndarray):
        return loaded
    if loaded.zip is None or not loaded.files:
        raise BadInput(f"{path}: holds no array")
    claimed = max(member.file_size for member in loaded.zip.infolist())
    if claimed > MAX_BYTES:
        raise BadInput(f"{path}: {claimed} bytes of images; at most {MAX_BYTES} are read")
    found = {name.removesuffix(".npy"): name for name in loaded.zip.namelist() if name.endswith(".npy")}
    shaped = [name for name in found if _holds_images(loaded, found[name])]
    if not shaped:
        if not found:
            raise BadInput(f"{path}: holds no array")
        raise BadInput(f"{path}: none of its arrays ({', '.join(sorted(found)[:8])}) is of images, of shape (N, H, W) or (N, 1 or 3, H, W)")
    return loaded[min(shaped, key=lambda name: _rank(name, split))]


def _holds_images(loaded: NpzFile, member: str) -> bool:
    """Whether the header of a member says that it is of images, its numbers unread."""
    assert loaded.zip is not None
    with loaded.zip.open(member) as file:
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
