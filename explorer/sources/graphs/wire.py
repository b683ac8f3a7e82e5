"""The wire format of protocol buffers, as far as a graph needs it: fields by number, their bytes looked at where they lie.

Nothing is copied but what is asked for, so that a graph of gigabytes is told in milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Value = int | memoryview
VARINT, EIGHT, BYTES, FOUR = 0, 1, 2, 5
MAX_VARINT = 10


def fields(message: memoryview) -> Iterator[tuple[int, Value]]:
    """Numbers and values of a message, in their order: an integer, or the bytes of a text, a message or a fixed width.

    Raises
    ------
    ValueError
        If it is cut short, or none.
    """
    place, end = 0, len(message)
    while place < end:
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if not number:
            raise ValueError("no field has the number 0")
        if kind == VARINT:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == BYTES:
            length, place = _varint(message, place)
        elif kind in (EIGHT, FOUR):
            length = 8 if kind == EIGHT else 4
        else:
            raise ValueError(f"no field is of wire type {kind}")
        if length > end - place:
            raise ValueError("cut short")
        yield number, message[place : place + length]
        place += length


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    """An integer of one to ten bytes, and the place behind it."""
    value = shift = 0
    for byte in message[place : place + MAX_VARINT]:
        value |= (byte & 127) << shift
        place += 1
        if byte < 128:
            return value, place
        shift += 7
    raise ValueError("cut short" if place >= len(message) else "no integer is as long")


def signed(value: int) -> int:
    """An int64 as it is written: two's complement."""
    return value - (1 << 64) if value >= 1 << 63 else value


def text(value: Value) -> str:
    """ValueError if it is none."""
    return bytes(part(value)).decode()


def part(value: Value) -> memoryview:
    """A message, a text or bytes (ValueError for an integer)."""
    if isinstance(value, int):
        raise ValueError("a number where a message is expected")
    return value


def whole(value: Value) -> int:
    """An integer (ValueError for anything else)."""
    if not isinstance(value, int):
        raise ValueError("a message where a number is expected")
    return signed(value)


def integers(value: Value) -> list[int]:
    """Of a repeated field: one, or several packed."""
    if isinstance(value, int):
        return [signed(value)]
    found, place = [], 0
    while place < len(value):
        number, place = _varint(value, place)
        found.append(signed(number))
    return found


def by_number(message: memoryview) -> dict[int, list[Any]]:
    """All fields of a small message."""
    found: dict[int, list[Any]] = {}
    for number, value in fields(message):
        found.setdefault(number, []).append(value)
    return found
