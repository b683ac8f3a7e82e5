"""The compiled library: where it is, what this processor has of it, and its structures (kernel/kernel.h)."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_float, c_int32, c_int64, c_void_p
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PATH = Path(__file__).with_name("kernel.so")
BLOCK = 16
"""Channels that lie together."""
TITLES = {"avx2": "AVX2", "avx512": "AVX-512", "avx512_bf16": "AVX-512 with bfloat16", "portable": "vectors"}


class TensorStruct(Structure):
    """`struct tensor`."""

    _fields_ = [("offset", c_int64), ("sums", c_int64)] + [
        (name, c_int32) for name in ("blocks", "height", "width", "border", "type", "slots", "split", "unused")
    ]


class OpStruct(Structure):
    """`struct op`."""

    _fields_ = [
        *((name, c_int32) for name in ("kind", "joined", "sources", "has_copy")),
        ("source", TensorStruct * 2), ("target", TensorStruct), ("copy", TensorStruct),
        *((name, c_int64) for name in ("taps", "weights", "bias")),
        *((name, c_int32) for name in ("tap_count", "row_step", "rows", "columns", "out_step", "out_row", "out_column")),
        *((name, c_int32) for name in ("first_slot", "table_bias", "group_count")),
        *((name, c_int64) for name in ("groups", "gamma", "beta")),
        ("eps", c_float),
        *((name, c_int32) for name in ("activation", "film", "channels", "plane", "skip", "scale", "heads", "head_size")),
        ("factor", c_float),
    ]  # fmt: skip


class ProgramStruct(Structure):
    """`struct program`."""

    _fields_ = [
        ("ops", POINTER(OpStruct)), ("constants", c_void_p),
        *((name, c_int64) for name in ("constant_bytes", "arena_bytes", "scratch_bytes")),
        *((name, c_int32) for name in ("op_count", "table_length", "channels", "height", "width", "level")),
    ]  # fmt: skip


@dataclass(frozen=True)
class Level:
    """Instructions that this processor has and the library was compiled for.

    Attributes
    ----------
    index : int
        In the library; a later one is faster.
    name : str
        "avx2", "avx512", "avx512_bf16" or "portable".
    bfloat16 : bool
        Whether it multiplies bfloat16.
    pixels, out_blocks : int
        At most so many pixels, and blocks of output channels, of one tile of a convolution.
    """

    index: int
    name: str
    bfloat16: bool
    pixels: int
    out_blocks: int

    @property
    def title(self) -> str:
        """For people."""
        return TITLES[self.name]


@cache
def library() -> ctypes.CDLL | None:
    """It, loaded; None where it was not built, or is another version's."""
    try:
        loaded = ctypes.CDLL(str(PATH))
        loaded.ge_level.restype = loaded.ge_check.restype = c_char_p
        loaded.ge_check.argtypes = [POINTER(ProgramStruct), POINTER(c_int32)]
        loaded.ge_run.argtypes = [POINTER(ProgramStruct), c_void_p, c_void_p, c_void_p, c_int32, c_int32]
        sizes = (c_int32 * 3)()
        loaded.ge_layout(sizes)
    except (OSError, AttributeError):
        return None
    return loaded if list(sizes) == [ctypes.sizeof(each) for each in (TensorStruct, OpStruct, ProgramStruct)] else None


@cache
def levels() -> tuple[Level, ...]:
    """Those of the library that this processor has, the fastest last."""
    loaded = library()
    if loaded is None:
        return ()
    found, numbers, none = [], (c_int32 * 3)(), (c_int32 * 3)()
    for index in range(loaded.ge_layout(none)):
        name = loaded.ge_level(index, numbers)
        if name is not None:
            found.append(Level(index, name.decode(), bool(numbers[0]), numbers[1], numbers[2]))
    return tuple(found)
