"""Folders of pictures, as one array: in memory while it is small, else in a file of the cache that is read as asked for."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps

from explorer.datasets.pictures import as_channels, as_seen, is_grey, opened, seen_size
from explorer.datasets.reading import AS_FOUND, Reading
from explorer.disk_space import reserve
from explorer.endings import PICTURES, has
from explorer.errors import BadInput
from explorer.half_written import keep, neighbour
from explorer.numpy_file import read_by_numpy
from explorer.paths import cache_folder

Fit = Literal["resize", "crop"]
IN_MEMORY = 2**28
MAX_SIDE = 4096
KEPT_FILES = 4
MOST_OTHERS = 100_000
"""Files below a folder that are no pictures, or ten for each that is one: a recipe can name "/"."""
JUNK = ("__MACOSX", "Thumbs.db", "@eaDir")
"""Beside whatever begins with a dot: ._x.png, .thumbnails, .ipynb_checkpoints."""
_DIGEST = re.compile("[0-9a-f]{64}")


def read_folder(folder: Path, size: int | None = None, fit: Fit = "resize", told: Reading = AS_FOUND) -> tuple[np.ndarray, str]:
    """Every picture below a folder, sorted by name.

    Parameters
    ----------
    size : int or None
        Side of the squares that they are made; without it all must be of one size.
    fit : "resize" or "crop"
        Squeeze them into the square, or cut the largest square out of their middle first.
    told : Reading
        What is behind transparent ones, and which numbers are black and white where they have others than bytes.

    Returns
    -------
    images : ndarray, shape (N, C, H, W), uint8
        C is 1 where every picture is grey, else 3: a grey one among colours becomes grey in three channels.
    sha256 : str
        Of the pixels.

    Raises
    ------
    BadInput
        If there is none, one cannot be read, or they differ in size.
    """
    if size is not None and not 1 <= size <= MAX_SIDE:
        raise BadInput(f"{folder}: pictures can be made squares of 1 to {MAX_SIDE} pixels, not {size}")
    files = sorted(pictures_below(folder))
    if not files:
        raise BadInput(f"{folder}: no pictures in this folder ({', '.join(sorted(PICTURES))})")
    shape = _shape(files, size)
    pictures = _read(files, shape, size, fit, told)
    if len(files) * int(np.prod(shape)) <= IN_MEMORY:
        images = np.stack(list(pictures))
        return images, hashlib.sha256(images.tobytes()).hexdigest()
    return _cached(files, shape, pictures, f"{size} {fit}{'' if told == AS_FOUND else f' {told.range} {told.background}'}")


def pictures_below(folder: Path) -> Iterator[Path]:
    """Picture files of a folder and its folders, but for what systems and editors put there: copies, thumbnails, halves of files."""
    found = others = 0
    for path in files_below(folder):
        if has(path, PICTURES) and path.is_file():
            found += 1
            yield path
            continue
        others += 1
        if others > max(MOST_OTHERS, 10 * found):
            raise BadInput(f"{folder}: is no folder of pictures: {found:,} are among its first {found + others:,} files")


def files_below(folder: Path) -> Iterator[Path]:
    """Files of a folder and its folders, without that junk; a folder that cannot be read, or goes meanwhile, has none."""
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_junk(name))
        yield from (Path(place, name) for name in sorted(names) if not _is_junk(name))


def _is_junk(name: str) -> bool:
    return name.startswith(".") or name in JUNK


def _shape(files: Sequence[Path], size: int | None) -> tuple[int, int, int]:
    """Shape of each image: as large as the first, or the squares; three channels as soon as one has them."""
    width, height = size or 0, size or 0
    if size is None:
        with opened(files[0]) as picture:
            width, height = seen_size(picture)
    for file in files:
        with opened(file) as picture:  # its header alone
            if not is_grey(picture):
                return 3, height, width
    return 1, height, width


def _read(files: Sequence[Path], shape: tuple[int, int, int], size: int | None, fit: Fit, told: Reading) -> Iterator[np.ndarray]:
    for file in files:
        with opened(file) as picture:
            seen = as_seen(picture, told)
            array = as_channels(seen if size is None else _square(seen, size, fit))
        if len(array) < shape[0]:
            array = np.repeat(array, shape[0], axis=0)
        if array.shape != shape:
            raise BadInput(
                f"{file}: is {_words(array.shape)}, while {files[0].name} is {_words(shape)}; "
                "all must be of one size, or be made so with --size"
            )
        yield array


def _words(shape: tuple[int, ...]) -> str:
    _, height, width = shape
    return f"{height} x {width}"


def _square(picture: Image.Image, size: int, fit: Fit) -> Image.Image:
    if fit == "crop":
        return ImageOps.fit(picture, (size, size), Image.Resampling.LANCZOS)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _cached(files: Sequence[Path], shape: tuple[int, int, int], pictures: Iterator[np.ndarray], how: str) -> tuple[np.ndarray, str]:
    """The same as a file of the cache, made when a picture has changed since."""
    key = hashlib.sha256(how.encode())
    for file in files:
        stat = file.stat()
        key.update(f"{file.resolve()} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    folder = cache_folder() / "datasets"
    path = folder / f"{key.hexdigest()}.npy"
    digest_file = path.with_suffix(".sha256")
    try:
        with read_by_numpy():
            found = np.load(path, mmap_mode="r", allow_pickle=False), digest_file.read_text(encoding="ascii")
        if found[0].shape != (len(files), *shape) or found[0].dtype != np.uint8 or not _DIGEST.fullmatch(found[1]):
            raise ValueError("spoilt")
        with contextlib.suppress(OSError):  # a cache that may only be read
            os.utime(digest_file)  # not forgotten next; a run that learns from the array sees whether that is still the same file
        return found
    except (OSError, ValueError):
        pass  # not there yet, or spoilt
    partial = neighbour(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        array = np.lib.format.open_memmap(partial, "w+", np.uint8, (len(files), *shape))
        reserve(partial)
        digest = hashlib.sha256()
        for index, picture in enumerate(pictures):
            array[index] = picture
            digest.update(picture.tobytes())
        array.flush()
        del array
        os.replace(partial, path)
        keep(digest_file, digest.hexdigest().encode())
        _forget_old(folder)
        return np.load(path, mmap_mode="r", allow_pickle=False), digest.hexdigest()
    except OSError as error:
        raise BadInput(f"{folder}: cannot hold the {len(files)} pictures: {error.strerror or error}") from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    newest = sorted(folder.glob("*.npy"), key=_asked_for, reverse=True)
    for old in newest[KEPT_FILES:]:
        with contextlib.suppress(OSError):  # another process may be reading it
            old.unlink()
            old.with_suffix(".sha256").unlink(missing_ok=True)


def _asked_for(path: Path) -> float:
    """When an array of the cache was made or last asked for; another process may just have dropped it."""
    times = [0.0]
    for file in (path, path.with_suffix(".sha256")):
        with contextlib.suppress(OSError):
            times.append(file.stat().st_mtime)
    return max(times)
