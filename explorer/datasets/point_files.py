"""Points of the plane in files: .npy and .npz of NumPy, .csv and .txt of text."""

from __future__ import annotations

import csv
import io
import math
import zipfile
from pathlib import Path

import numpy as np

from explorer.endings import ARRAYS, POINTS, has
from explorer.errors import BadInput
from explorer.numpy_file import read_by_numpy
from explorer.regular_file import read_whole

MOST_BYTES = 2**28
NAMES = ("points", "x", "data")
"""Arrays of an .npz that are taken, the first that there is."""


def read_points(path: Path) -> np.ndarray:
    """Points of a file, shape (n, 2), float64, as they are written.

    Of text the columns called x and y are taken where a first line names them, else the first two; where a column "what" says
    what rows are, as in the app's own exports, those of "data".

    Raises
    ------
    BadInput
        If the file is missing, of another kind, too large, or holds no pairs of finite numbers.
    """
    if not has(path, POINTS):
        raise BadInput(f"{path}: points are read from {', '.join(POINTS)}")
    try:
        found = read_whole(path, MOST_BYTES)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    try:
        points = _of_numpy(found) if has(path, ARRAYS) else _of_text(found)
    except (ValueError, OSError, MemoryError) as error:
        raise BadInput(f"{path}: holds no points: {error}") from None
    if not np.isfinite(points).all():
        raise BadInput(f"{path}: holds no points: a number in it is not finite")
    return points


def _of_numpy(found: bytes) -> np.ndarray:
    with read_by_numpy():
        loaded = _array(_unpacked(found) if zipfile.is_zipfile(io.BytesIO(found)) else found)
    if loaded.dtype.kind not in "fiu":
        raise ValueError(f"its values are of type {loaded.dtype}, not numbers")
    if loaded.ndim != 2 or loaded.shape[1] != 2 or not len(loaded):
        raise ValueError(f"its shape is {loaded.shape}, not (n, 2)")
    return loaded.astype(np.float64)


def _unpacked(found: bytes) -> bytes:
    """The array of an archive that is taken, as a file of its own; one that says it is larger than a file may be is left folded."""
    with zipfile.ZipFile(io.BytesIO(found)) as archive:
        names = archive.namelist()
        name = next((f"{each}.npy" for each in NAMES if f"{each}.npy" in names), None)
        if name is None:
            raise ValueError(f"none of its arrays is called {', '.join(NAMES)}")
        if archive.getinfo(name).file_size > MOST_BYTES:
            raise ValueError(f"its array {name} is too large")
        with archive.open(name) as entry:
            return entry.read(MOST_BYTES)


def _array(found: bytes) -> np.ndarray:
    """The array of an .npy file; no memory is taken for more values than it has."""
    file = io.BytesIO(found)
    version = np.lib.format.read_magic(file)
    readers = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
    shape, _, dtype = readers.get(version, np.lib.format.read_array_header_2_0)(file)
    if math.prod(shape) * dtype.itemsize > len(found):
        raise ValueError("it is cut short")
    file.seek(0)
    loaded: np.ndarray = np.load(file, allow_pickle=False)
    return loaded


def _of_text(found: bytes) -> np.ndarray:
    text = found.decode("utf-8-sig")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise ValueError("it is empty")
    try:
        rows = [row for row in csv.reader(lines, _dialect(lines[0]), skipinitialspace=True) if row]
    except csv.Error as error:
        raise ValueError(str(error)) from None
    first = [word.strip().lower() for word in rows[0]]
    columns, what = (0, 1), None
    if not _is_number(first[0]):
        rows = rows[1:]
        columns = (first.index("x"), first.index("y")) if {"x", "y"} <= set(first) else (0, 1)
        what = first.index("what") if "what" in first else None
    pairs = []
    for number, row in enumerate(rows, 1):
        if what is not None and (len(row) <= what or row[what] != "data"):
            continue
        try:
            pairs.append((float(row[columns[0]]), float(row[columns[1]])))
        except (ValueError, IndexError):
            raise ValueError(f"row {number} has no two numbers") from None
    if not pairs:
        raise ValueError("it has no row of two numbers")
    return np.array(pairs, np.float64)


def _dialect(line: str) -> type[csv.Dialect]:
    class Found(csv.excel):
        delimiter = next((each for each in (",", ";", "\t") if each in line), " ")

    return Found


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True
