"""Arrays of images in .npy and .npz files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.lib.npyio import NpzFile

from explorer.datasets.regular_file import check_regular
from explorer.errors import BadInput

MAX_BYTES = 2**31


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


def _mapped(path: Path) -> np.ndarray | None:
    """Array of bytes that stays on disk; None where it is of another kind, or cannot be mapped."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception:  # read whole it will be said what is wrong
        return None
    return array if isinstance(array, np.memmap) and array.dtype == np.uint8 and array.flags.c_contiguous else None


def read_array(path: Path) -> np.ndarray:
    """Images in an .npy or .npz file, shape (N, C, H, W), uint8.

    Bytes in an .npy file stay on disk and are read as they are asked for, so that memory does not grow with them;
    everything else is read whole, up to 2 GiB.

    Raises
    ------
    BadInput
        If it is no array, or none of images.
    """
    check_regular(path)
    if path.suffix.lower() == ".npy" and (mapped := _mapped(path)) is not None:
        return with_channels(mapped, path)
    try:
        with open(path, "rb") as file:
            array = _first_array(np.load(file, allow_pickle=False), path)
    except BadInput:
        raise
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except MemoryError:
        raise BadInput(f"{path}: says it holds more than fits into memory") from None
    except Exception as error:  # numpy raises many kinds for what is no array file
        if "pickle" in str(error):
            raise BadInput(f"{path}: holds Python objects, which are not opened because they may contain code") from None
        raise BadInput(f"{path}: cannot be read as an array: {' '.join(str(error).split())}") from None
    if array.nbytes > MAX_BYTES:
        raise BadInput(f"{path}: {array.nbytes} bytes of images; at most {MAX_BYTES} are read")
    if array.dtype == np.uint8:
        return with_channels(array, path)
    if array.dtype.kind != "f":
        raise BadInput(f"{path}: images are uint8, or finite numbers in [0, 1] or [-1, 1]; these are {array.dtype}")
    if not np.isfinite(array).all():
        raise BadInput(f"{path}: holds numbers that are not finite")
    low, high = float(array.min(initial=0)), float(array.max(initial=0))
    if low < -1 or high > 1:
        raise BadInput(f"{path}: its values reach from {low:g} to {high:g}; expected [0, 1] or [-1, 1]")
    scaled = (array + 1) / 2 if low < 0 else array
    return with_channels(np.rint(scaled * 255).astype(np.uint8), path)


def _first_array(loaded: np.ndarray | NpzFile, path: Path) -> np.ndarray:
    if isinstance(loaded, np.ndarray):
        return loaded
    if loaded.zip is None or not loaded.files:
        raise BadInput(f"{path}: holds no array")
    claimed = max(member.file_size for member in loaded.zip.infolist())
    if claimed > MAX_BYTES:
        raise BadInput(f"{path}: {claimed} bytes of images; at most {MAX_BYTES} are read")
    names = [member for member in loaded.zip.namelist() if member.endswith(".npy")]
    array = loaded[names[0]] if names else None
    if not isinstance(array, np.ndarray):
        raise BadInput(f"{path}: holds no array")
    return array
