"""Arrays of images in .npy and .npz files."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.lib.npyio import NpzFile

from explorer.datasets import archive as arrays_in
from explorer.datasets.reading import AS_FOUND, NO_LABELS, RangeName, Reading
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
    labels : ndarray, shape (N,), uint8, or None
        Classes of the images, where the archive has them.
    labelled : str
        What was taken as their labels, or why what seems to be of them was not; for people, empty where there is nothing of the kind.
    """

    images: np.ndarray
    member: str
    range: RangeName
    labels: np.ndarray | None = None
    labelled: str = ""


def read_array(path: Path, split: str = "train", told: Reading = AS_FOUND) -> ReadArray:
    """Images in an .npy or .npz file.

    Bytes in an .npy file stay on disk and are read as they are asked for, so that memory does not grow with them;
    everything else is read whole, up to 2 GiB. Of an .npz with several arrays the one that is told is taken, else the one that is of
    images, of the split by its name: x_train, x_test. Its labels are the list of whole numbers that is told, else one that is as long
    and called so (y_train, labels), or the only one that is as long.

    Raises
    ------
    BadInput
        If it is no array, none of images, or not as it was told.
    """
    check_regular(path)
    if _head(path) == MAGIC:
        for option, said in (("--member", told.member), ("--labels", told.labels)):
            if said:
                raise BadInput(f"{path}: holds one array alone, and none called {said}: leave out {option}")
        if (mapped := _mapped(path, told.range)) is not None:
            return ReadArray(with_channels(mapped, path), "", "0,255")
    try:
        if _head(path) == MAGIC and path.stat().st_size > MAX_BYTES + SLACK_BYTES:
            raise BadInput(f"{path}: {path.stat().st_size} bytes of images; at most {MAX_BYTES} are read")
        with read_by_numpy(), open(path, "rb") as file:
            taken_apart = _taken_apart(np.load(file, allow_pickle=False), path, split, told)
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
    member, array, labels, labelled = taken_apart
    if array.nbytes > MAX_BYTES:
        raise BadInput(f"{path}: {array.nbytes} bytes of images; at most {MAX_BYTES} are read")
    array = with_channels(array, path)  # first: what is of another shape is not asked about its values
    try:
        images, taken = as_bytes(array, told.range)
    except ValueError as error:
        raise BadInput(f"{path}{f' ({member})' if member else ''}: {error}") from None
    return ReadArray(images, member, taken, labels, labelled)


def members_of(path: Path) -> tuple[str, ...]:
    """Names of the arrays in an archive that are of images, by their headers alone; none of any other file."""
    return tuple(name for name, header in _headers_of(path).items() if arrays_in.are_images(header))


def label_members_of(path: Path) -> tuple[str, ...]:
    """Names of the arrays in an archive that may be labels of images in it, by their headers alone; none of any other file."""
    return arrays_in.labels_beside(_headers_of(path))


def _headers_of(path: Path) -> dict[str, arrays_in.Header]:
    if _head(path)[: len(ZIP)] != ZIP:
        return {}
    try:
        with zipfile.ZipFile(path) as archive:
            return arrays_in.headers(archive)
    except Exception:  # zipfile and its packings raise many kinds for a spoilt file; opening it says what is wrong
        return {}


class _Parts(NamedTuple):
    """Member and array of images, and labels with what is said of them."""

    member: str
    images: np.ndarray
    labels: np.ndarray | None = None
    labelled: str = ""


def _taken_apart(loaded: np.ndarray | NpzFile, path: Path, split: str, told: Reading) -> _Parts:
    if isinstance(loaded, np.ndarray):
        return _Parts("", loaded)
    found = {} if loaded.zip is None else arrays_in.named(loaded.zip)
    if loaded.zip is None or not found:
        raise BadInput(f"{path}: holds no array")
    for said in (told.member, "" if told.labels == NO_LABELS else told.labels):
        if said and said not in found:
            raise BadInput(f"{path}: has no array called {said}; it has {arrays_in.listed(found)}")
    known = arrays_in.headers(loaded.zip)
    member = told.member or arrays_in.likeliest_images(known, split, told.labels)
    if member is None:
        raise BadInput(
            f"{path}: none of its arrays ({arrays_in.listed(found)}) is of images, of shape (N, H, W) or (N, 1 or 3, H, W)"
        )  # fmt: skip
    claimed = loaded.zip.getinfo(found[member]).file_size
    if claimed > MAX_BYTES:
        raise BadInput(f"{path}: {claimed} bytes of images; at most {MAX_BYTES} are read")
    return _Parts(member, loaded[member], *_labels_of(loaded, known, member, path, told.labels))


def _labels_of(
    loaded: NpzFile, known: dict[str, arrays_in.Header], member: str, path: Path, told: str
) -> tuple[np.ndarray | None, str]:  # fmt: skip
    """Classes of a member's images, and what is said of them."""
    if told == NO_LABELS or member not in known or not known[member].shape:  # it is no list of images, which is told later
        return None, ""
    if told:
        shape, count = known[told].shape if told in known else (), known[member].shape[:1]
        if told not in known or not arrays_in.are_labels(known[told]) or shape[:1] != count:
            what = f"it is {known[told].kind} of shape {shape}" if told in known else "its header is spoilt"
            raise BadInput(f"{path}: {told} is no list of labels, a whole number for each of the {count[0]} images of {member}: {what}")
        try:
            return arrays_in.as_classes(loaded[told]), f"labels {told}"
        except ValueError as error:
            raise BadInput(f"{path}: {told}: {error}") from None
    likeliest = arrays_in.likeliest_labels(known, member)
    if likeliest is None:
        return None, ""
    name, is_called_so = likeliest
    try:
        values = loaded[name]
        labels = arrays_in.as_classes(values)
    except ValueError as error:
        return None, f"{name} is not taken: {error}" if is_called_so else ""
    if not is_called_so and 2 * (int(labels.max(initial=0)) + 1) > len(labels):
        return None, ""  # numbers of the images, say: hardly two are alike
    return labels, f"labels {name}"
