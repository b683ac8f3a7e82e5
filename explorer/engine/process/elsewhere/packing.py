"""Arrays made small for a slow way, and as they were at the other end, to the last bit.

Grey pictures are three times the same, those of a diverging map have 256 colours (one number a pixel says as much), and coarse ones are
alike in blocks. Then deflate: of pictures with runs alone, which makes noise and digits smaller than all of it does, and takes less time.
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
BITS = {"a": 1, "b": 2}
"""Of an index into few colours."""
BLOCKS = (16, 8, 4, 2)
"""Sides of what is looked for: squares of pixels that are alike."""


def packed(array: np.ndarray) -> tuple[str, bytes] | None:
    """How it was packed and what it is then; None where that would not make it smaller.

    Parameters
    ----------
    array : ndarray
        Contiguous.

    Returns
    -------
    way : str
        "c": one number, where all are the same (values that have not come); "z": deflate. Of pictures "a" and "b": 2 and 4 colours, and an
        index of as many bits for each pixel; "p": 256 colours; "g": one of three channels that are alike. Behind it the side of the blocks
        of which one pixel is sent, where there are any: "g2".
    """
    if array.nbytes < LEAST_BYTES:
        return None
    numbers = array.reshape(-1).view(np.uint8).reshape(array.size, array.itemsize)
    if (numbers[0] == numbers[-1]).all() and (numbers == numbers[0]).all():
        return "c", numbers[0].tobytes()
    if array.dtype != np.uint8 or array.ndim < 2 or array.shape[-1] != 3:
        way, small = "z", zlib.compress(array.reshape(-1).view(np.uint8).data, LEVEL)
    else:
        block = _block(array)
        way, content = _of_pixels(_thinned(array, block).reshape(-1, 3))
        small = zlib.compress(content, LEVEL) if way == "z" else _deflated(content)
        way = f"{way}{block}" if block > 1 else way
    return (way, small) if len(small) < array.nbytes else None


def unpacked(way: str, content: memoryview, shape: tuple[int, ...], dtype: np.dtype, size: int) -> np.ndarray:
    """The array, `size` bytes of it (ValueError if that is not what was packed)."""
    if way == "c":
        if len(content) != dtype.itemsize:
            raise ValueError(f"nothing of {dtype} is packed in {len(content)} bytes")
        return np.full(shape, np.frombuffer(content, dtype)[0])
    if way == "z":
        return np.frombuffer(_inflated(content, size), dtype).reshape(shape)
    kind, side = way[:1], way[1:]
    block = int(side) if side.isascii() and side.isdecimal() else 1
    is_known = kind in ("z", "g", "p", *BITS) and (not side or (block in BLOCKS and len(shape) > 2))
    if not is_known or dtype != np.uint8 or not shape or shape[-1] != 3:
        raise ValueError(f"nothing is packed as {way!r}")
    if block == 1:
        return _pixels(kind, content, size // 3).reshape(shape)
    *before, height, width, channels = shape
    rows, columns = np.arange(height) // block, np.arange(width) // block
    thin = (*before, -(-height // block), -(-width // block), channels)
    return _pixels(kind, content, int(np.prod(thin)) // 3).reshape(thin)[..., rows[:, None], columns, :]


def _pixels(kind: str, content: memoryview, count: int) -> np.ndarray:
    """So many pixels, shape (count, 3) or flat."""
    if kind == "z":
        return np.frombuffer(_inflated(content, 3 * count), np.uint8)
    if kind == "g":
        return np.repeat(np.frombuffer(_inflated(content, count), np.uint8), 3)
    if kind in BITS:
        bits = BITS[kind]
        whole = np.frombuffer(_inflated(content, 3 * 2**bits + -(-count * bits // 8)), np.uint8)
        each = np.unpackbits(whole[3 * 2**bits :], count=count * bits).reshape(count, bits)
        return whole[: 3 * 2**bits].reshape(-1, 3)[each @ (2 ** np.arange(bits, dtype=np.uint8))]
    whole = np.frombuffer(_inflated(content, 3 * COLOURS + count), np.uint8)
    return whole[: 3 * COLOURS].reshape(COLOURS, 3)[whole[3 * COLOURS :]]


def _block(array: np.ndarray) -> int:
    """Side of the blocks, from the upper left corner, that the pictures (..., H, W, 3) consist of; 1 where there are none."""
    if array.ndim < 3 or not array.size:
        return 1
    pictures = array.reshape(-1, *array.shape[-3:])
    for block in BLOCKS:
        if block < max(pictures.shape[1:3]) and all(_is_of_blocks(some, block) for some in (pictures[:1], pictures)):
            return block
    return 1


def _is_of_blocks(pictures: np.ndarray, block: int) -> bool:
    _, height, width, _ = pictures.shape
    rows, columns = np.arange(height) // block * block, np.arange(width) // block * block
    return np.array_equal(pictures, pictures[:, rows[:, None], columns])


def _thinned(array: np.ndarray, block: int) -> np.ndarray:
    return array if block == 1 else np.ascontiguousarray(array[..., ::block, ::block, :])


def _of_pixels(pixels: np.ndarray) -> tuple[str, memoryview]:
    if (pixels[:, 0] == pixels[:, 1]).all() and (pixels[:, 1] == pixels[:, 2]).all():
        greys = np.flatnonzero(np.bincount(pixels[:, 0], minlength=256))
        if len(greys) <= 4:
            return _in_bits(greys[:, None].repeat(3, axis=1), np.searchsorted(greys, pixels[:, 0]))
        return "g", np.ascontiguousarray(pixels[:, 0]).data
    if len(pixels) <= MOST_PIXELS and (found := _indexed(pixels)) is not None:
        return found
    return "z", pixels.reshape(-1).data


def _in_bits(colours: np.ndarray, indices: np.ndarray) -> tuple[str, memoryview]:
    """Up to four colours (K, 3), and the index of each pixel's."""
    kind = "a" if len(colours) <= 2 else "b"
    bits = BITS[kind]
    table = np.zeros((2**bits, 3), np.uint8)
    table[: len(colours)] = colours
    each = indices.astype(np.uint8)[:, None] >> np.arange(bits, dtype=np.uint8) & 1
    return kind, np.concatenate([table.reshape(-1), np.packbits(each)]).data


def _indexed(pixels: np.ndarray) -> tuple[str, memoryview] | None:
    """The colours, 256 of them at most, and the index of each pixel's; None where there are more."""
    numbers = (pixels[:, 0].astype(np.uint32) << 16) | (pixels[:, 1].astype(np.uint32) << 8) | pixels[:, 2]
    colours, indices = np.unique(numbers, return_inverse=True)
    if len(colours) > COLOURS:
        return None
    channels = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], 1)
    if len(colours) <= 4:
        return _in_bits(channels, indices.reshape(-1))
    table = np.zeros((COLOURS, 3), np.uint8)
    table[: len(colours)] = channels
    return "p", np.concatenate([table.reshape(-1), indices.reshape(-1).astype(np.uint8)]).data


def _deflated(content: memoryview) -> bytes:
    machine = zlib.compressobj(LEVEL, strategy=zlib.Z_RLE)
    return machine.compress(content) + machine.flush()


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
