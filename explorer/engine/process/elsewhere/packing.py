"""Arrays made small for a slow way, and as they were at the other end, to the last bit.

Grey pictures are three times the same, and those of a diverging map have 256 colours: one number a pixel says as much. Then deflate.
"""

from __future__ import annotations

import zlib

import numpy as np

LEAST_BYTES = 512
"""What is smaller is sent as it is."""
MOST_PIXELS = 200_000
"""In larger pictures colours are not counted: that would take longer than it saves."""
LEVEL = 1
COLOURS = 256


def packed(array: np.ndarray) -> tuple[str, bytes] | None:
    """How it was packed and what it is then; None where that would not make it smaller.

    Parameters
    ----------
    array : ndarray
        Contiguous.

    Returns
    -------
    way : str
        "z": deflate; "g": one of three channels that are alike; "p": 256 colours and an index into them for each pixel.
    """
    if array.nbytes < LEAST_BYTES:
        return None
    way, content = "z", array.reshape(-1).view(np.uint8).data
    if array.dtype == np.uint8 and array.ndim > 1 and array.shape[-1] == 3:
        pixels = array.reshape(-1, 3)
        if (pixels[:, 0] == pixels[:, 1]).all() and (pixels[:, 1] == pixels[:, 2]).all():
            way, content = "g", np.ascontiguousarray(pixels[:, 0]).data
        elif len(pixels) <= MOST_PIXELS and (found := _indexed(pixels)) is not None:
            way, content = "p", found
    small = zlib.compress(content, LEVEL)
    return (way, small) if len(small) < array.nbytes else None


def unpacked(way: str, content: memoryview, shape: tuple[int, ...], dtype: np.dtype, size: int) -> np.ndarray:
    """The array, `size` bytes of it (ValueError if that is not what was packed)."""
    if way == "z":
        return np.frombuffer(_inflated(content, size), dtype).reshape(shape)
    pixels, rest = divmod(size, 3)
    if rest or dtype != np.uint8 or way not in ("g", "p"):
        raise ValueError(f"nothing is packed as {way!r}")
    if way == "g":
        return np.repeat(np.frombuffer(_inflated(content, pixels), np.uint8), 3).reshape(shape)
    whole = np.frombuffer(_inflated(content, 3 * COLOURS + pixels), np.uint8)
    return whole[: 3 * COLOURS].reshape(COLOURS, 3)[whole[3 * COLOURS :]].reshape(shape)


def _indexed(pixels: np.ndarray) -> memoryview | None:
    """The colours, 256 of them, and the index of each pixel's; None where there are more."""
    numbers = (pixels[:, 0].astype(np.uint32) << 16) | (pixels[:, 1].astype(np.uint32) << 8) | pixels[:, 2]
    colours, indices = np.unique(numbers, return_inverse=True)
    if len(colours) > COLOURS:
        return None
    table = np.zeros((COLOURS, 3), np.uint8)
    table[: len(colours)] = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1)
    return np.concatenate([table.reshape(-1), indices.reshape(-1).astype(np.uint8)]).data


def _inflated(content: memoryview, size: int) -> bytes:
    """At most `size` bytes, and just as many (ValueError if there are fewer or more)."""
    machine = zlib.decompressobj()
    try:
        found = machine.decompress(content, size + 1)
    except zlib.error as error:
        raise ValueError(f"a packed array is spoilt: {error}") from None
    if len(found) != size or not machine.eof:
        raise ValueError(f"a packed array is not of {size} bytes")
    return found
