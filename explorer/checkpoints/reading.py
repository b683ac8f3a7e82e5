"""Read a checkpoint's card, and see whether its weights are what that says, without building its network. No torch."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from explorer.checkpoints.card import METADATA_KEY, Card, decode_card
from explorer.checkpoints.fit import check_fit
from explorer.checkpoints.header import read_header
from explorer.errors import BadInput
from explorer.models.configurations import parse_config
from explorer.models.shapes import shapes
from explorer.regular_file import open_regular

_WIDTHS = {"F32": 4, "F16": 2, "BF16": 2, "I64": 8}
_EXPONENTS = {"F32": 0x7F800000, "F16": 0x7C00, "BF16": 0x7F80}
"""Bits that are all set in numbers that are not finite."""
SLICE = 1 << 20
COUNTS = "num_batches_tracked"
"""Ends the names of the tensors that are no weights but whole numbers."""


def read_card(path: Path) -> Card:
    """Card of a checkpoint, without touching its weights.

    Raises
    ------
    BadInput
        If the file is missing, truncated, not safetensors, not ours, or its card is not valid.
    """
    try:
        with open_regular(path) as file:
            header = read_header(file, os.fstat(file.fileno()).st_size)
        text = header.get("__metadata__", {}).get(METADATA_KEY)
    except FileNotFoundError:
        raise BadInput(f"{path}: no such file") from None
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    if not isinstance(text, str):
        raise BadInput(f"{path}: a safetensors file, but not a checkpoint of Generative Explorer")
    try:
        card = decode_card(text)
        check_fit(card, parse_config(card.network.name, card.network.config))
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from None
    return card


def is_sound(path: Path, card: Card) -> bool:
    """Whether `files.load` opens a checkpoint with this card: its weights are all there, of their shapes, and finite.

    False also where only `load` can say: it tells what is wrong, and knows more ways to write numbers.
    """
    try:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            found = sorted(_tensors(read_header(file, size)), key=lambda each: each.begin)
            fits = _in_place(found, size - file.tell()) and _as_said(found, card)
            return fits and all(_is_finite(file, each) for each in found)
    except (BadInput, OSError, ValueError, KeyError, TypeError):
        return False


@dataclass(frozen=True)
class _Tensor:
    name: str
    kind: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def nbytes(self) -> int:
        return self.end - self.begin


def _tensors(header: dict[str, Any]) -> Iterator[_Tensor]:
    """Those of a header (ValueError, KeyError or TypeError for what the format does not have in it)."""
    for name, told in header.items():
        if name == "__metadata__":
            if not all(isinstance(value, str) for value in told.values()):
                raise ValueError("metadata that is no text")
            continue
        begin, end = told["data_offsets"]
        if any(type(number) is not int for number in (begin, end, *told["shape"])):
            raise ValueError("a number that is none of a size")
        yield _Tensor(name, told["dtype"], tuple(told["shape"]), begin, end)


def _in_place(tensors: list[_Tensor], behind: int) -> bool:
    """Whether each begins where the one before it ends, as the format has it, and the last one at the end of the file."""
    ends = [0, *(tensor.end for tensor in tensors)]
    return [tensor.begin for tensor in tensors] == ends[:-1] and ends[-1] == behind


def _as_said(tensors: list[_Tensor], card: Card) -> bool:
    """Whether they are those of the network that the card names, each as long as its numbers are."""
    wanted = shapes(parse_config(card.network.name, card.network.config))
    if len(tensors) != len(wanted):
        return False
    return all(
        wanted.get(tensor.name) == tensor.shape
        and (tensor.kind == "I64") == tensor.name.endswith(COUNTS)
        and tensor.nbytes == _WIDTHS[tensor.kind] * math.prod(tensor.shape)
        for tensor in tensors
    )


def _is_finite(file: BinaryIO, tensor: _Tensor) -> bool:
    """Whether the numbers of a tensor are, read from where the file stands."""
    left = tensor.nbytes
    while left:
        data = file.read(min(left, SLICE))
        if not data or not all_finite(data, tensor.kind):
            return False
        left -= len(data)
    return True


def all_finite(data: bytes, kind: str) -> bool:
    """Whether numbers have an exponent that is not all ones; numpy, which would do it, takes as long to import as `info` may take.

    All of them are one long number here: a one added to the lowest bit of an exponent of ones carries into the place of the sign.

    Parameters
    ----------
    data : bytes
        Little-endian.
    kind : str
        As safetensors calls it.
    """
    if kind not in _EXPONENTS:
        return True
    width, exponent = _WIDTHS[kind], _EXPONENTS[kind]
    ones = int.from_bytes((1).to_bytes(width, "little") * (len(data) // width), "little")
    sign = 1 << (8 * width - 1)
    exponents = int.from_bytes(data, "little") & ones * exponent
    return not (exponents + ones * (sign - exponent)) & ones * sign
