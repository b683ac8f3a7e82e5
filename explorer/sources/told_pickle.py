"""A pickle of tensors by name, told without torch: an object of plain values, with an `Outline` for each tensor.

Nothing that a file names is called, and nothing in it costs more than its bytes. That is why the interpreter of pickles is the one that
is written in Python: the other takes memory for as many objects as a file says that there are. What is repeated by being named again
(the arguments of a call, the names of an attribute) is counted each time, and a key whose hash may take as long as somebody likes is none.
"""

from __future__ import annotations

import io
import pickle
import re
import struct
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

MAX_PICKLE = 16 << 20
MOST_OPERATIONS = 3_000_000
"""Steps of a pickle; one that names 50,000 tensors has half as many."""
CALL = 20
"""Steps that a call counts for: what it makes is larger than what a step puts on the stack."""
MOST = 2**48
"""Numbers of a tensor."""
MOST_NAMES, LONGEST_NAME = 10_000, 1000
"""Of classes that are not known."""
_STORAGE_BYTES = {
    "Double": 8, "Float": 4, "Half": 2, "BFloat16": 2, "Long": 8, "Int": 4, "Short": 2, "Char": 1, "Byte": 1, "Bool": 1,
    "ComplexFloat": 8, "ComplexDouble": 16,
}  # fmt: skip


@dataclass(frozen=True)
class Outline:
    """A tensor without its numbers.

    Attributes
    ----------
    shape : tuple of int
    kind : str
        Type of its numbers, as its format calls it: "Float", "F16".
    """

    shape: tuple[int, ...]
    kind: str

    @property
    def size(self) -> int:
        """Numbers in it."""
        size = 1
        for side in self.shape:
            size *= side
        return size


class Unknown:
    """Stands for an object of a class that is not known here, which is not made: what is done to it does nothing.

    Attributes
    ----------
    name : str
        "module.Class".
    """

    name = "an object"

    def __init__(self, *given: object, **more: object) -> None:
        pass

    def __setstate__(self, state: object) -> None:
        pass

    def append(self, value: object) -> None:
        """As a list's, for the pickle."""

    def extend(self, values: object) -> None:
        """As a list's, for the pickle."""

    def add(self, value: object) -> None:
        """As a set's, for the pickle."""

    def __setitem__(self, name: object, value: object) -> None:
        pass

    def __call__(self, *given: object) -> Unknown:
        """As a function that the pickle calls."""
        return self


class PickleReader(pickle._Unpickler):
    """Puts together outlines, and calls nothing that a file names.

    Parameters
    ----------
    file : file of bytes
    held : dict of str to int, or None
        Bytes of each storage in the archive; None where they follow the pickle.
    """

    stack: list[Any]
    read: Callable[[int], bytes]
    append: Callable[[Any], None]

    def __init__(self, file: io.BytesIO, held: Mapping[str, int] | None) -> None:
        super().__init__(file, encoding="utf-8")
        self.steps = self.dispatch = _Counted(_CHECKED)  # type: ignore[misc]  # looked at by `load` alone
        self._held = held
        self.claimed: dict[str, int] = {}
        self.unknown: dict[str, type[Unknown]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """A stand-in for what the pickle names."""
        if len(module) + len(name) > LONGEST_NAME:
            raise pickle.UnpicklingError("a name longer than any is")
        if (known := _KNOWN.get((module, name))) is not None:
            return partial(known)  # one for each time it is named: a pickle may set attributes of what it is given
        if module in ("torch", "torch.storage") and name.endswith("Storage"):
            return _Storage(name.removesuffix("Storage"))
        if module == "torch" and re.fullmatch(r"[a-z]+\d*(_\w+)?|Size", name):
            return partial(_plain)  # a dtype, or a size
        if f"{module}.{name}" not in self.unknown:
            if len(self.unknown) == MOST_NAMES:
                raise pickle.UnpicklingError("more classes than any file of weights names")
            self.unknown[f"{module}.{name}"] = type("Unknown", (Unknown,), {"name": f"{module}.{name}"})
        return self.unknown[f"{module}.{name}"]

    def persistent_load(self, told: Any) -> _Stored:
        """A storage: what it is of, how it is called and how many numbers it has."""
        word, storage, key, _place, count = told[:5]
        good = word == "storage" and isinstance(storage, _Storage) and isinstance(key, str | int)
        if not good or type(count) is not int or not 0 <= count < MOST:
            raise pickle.UnpicklingError("no storage")
        size = count * _STORAGE_BYTES.get(storage.kind, 1)
        if self._held is not None and self._held.get(str(key), -1) < size:
            raise pickle.UnpicklingError("a storage that is not in the archive, or is shorter than it says")
        self.claimed[str(key)] = size
        return _Stored(storage.kind, count)

    # --- what is looked at before a step, which `load` then does

    def counted(self, *given: Any) -> None:
        """What is handed on whole counts for all that is in it."""
        self.steps.left -= sum(len(each) for each in given if isinstance(each, list | tuple | dict | str))

    def call(self, load: Callable[[Any], None]) -> None:
        """A call of the arguments on the stack."""
        given = self.stack[-1]
        self.counted(given, *(given if isinstance(given, tuple) else ()))
        self.made(load)

    def made(self, load: Callable[[Any], None]) -> None:
        """An object that is larger than most."""
        self.steps.left -= CALL
        load(self)

    def build(self, load: Callable[[Any], None]) -> None:
        """Attributes of an object."""
        state = self.stack[-1]
        self.counted(state, *(state if isinstance(state, tuple) else ()))
        load(self)

    def set_item(self, load: Callable[[Any], None]) -> None:
        """One key and its value, which are on the stack."""
        _check_keys(self.stack[-2:-1])
        load(self)

    def set_items(self, load: Callable[[Any], None]) -> None:
        """Keys and values by turns, since the mark."""
        _check_keys(self.stack[::2])
        load(self)

    def byte_array(self, load: Callable[[Any], None]) -> None:
        """Bytes as many as are said before them: Python's own step takes memory for these before it looks whether they are there."""
        (length,) = struct.unpack("<Q", self.read(8))
        found = self.read(length) if length < MOST else b""
        if len(found) != length:
            raise pickle.UnpicklingError("bytes that are not there")
        self.append(bytearray(found))

    def add(self, load: Callable[[Any], None]) -> None:
        """Members of a set, since the mark."""
        _check_keys(self.stack)
        self.made(load)


class _Counted(dict[int, Any]):
    """What each step does, as long as there are not too many."""

    left = MOST_OPERATIONS

    def __getitem__(self, opcode: int) -> Any:
        """That of one more."""
        self.left -= 1
        if self.left < 0:
            raise pickle.UnpicklingError("more objects than any file of weights has")
        return super().__getitem__(opcode)


def _checked() -> dict[int, Any]:
    """What each step does, with what is looked at before."""
    before = {
        PickleReader.call: (pickle.REDUCE, pickle.NEWOBJ, pickle.NEWOBJ_EX), PickleReader.build: (pickle.BUILD,),
        PickleReader.made: (pickle.EMPTY_SET, pickle.OBJ, pickle.INST), PickleReader.set_item: (pickle.SETITEM,),
        PickleReader.set_items: (pickle.SETITEMS, pickle.DICT), PickleReader.add: (pickle.ADDITEMS, pickle.FROZENSET),
        PickleReader.byte_array: (pickle.BYTEARRAY8,),
    }  # fmt: skip
    found = dict(PickleReader.dispatch)
    for look, opcodes in before.items():
        for opcode in opcodes:
            found[opcode[0]] = partial(look, load=found[opcode[0]])
    return found


_CHECKED = _checked()


@dataclass(frozen=True)
class _Storage:
    kind: str


@dataclass(frozen=True)
class _Stored:
    kind: str
    count: int


def shape_told(told: Any) -> tuple[int, ...]:
    """A shape that a tensor can have (ValueError)."""
    if not all(type(side) is int and 0 <= side < MOST for side in told) or len(told) > 16:
        raise ValueError("no shape")
    return tuple(told)


def _tensor(stored: Any, offset: Any, shape: Any, stride: Any, *_more: Any) -> Outline:
    if not isinstance(stored, _Stored) or len(shape) != len(stride) or type(offset) is not int or not 0 <= offset < MOST:
        raise pickle.UnpicklingError("no tensor")
    shape, stride = shape_told(shape), shape_told(stride)
    last = offset + sum((side - 1) * step for side, step in zip(shape, stride, strict=True))
    if 0 not in shape and last >= stored.count:
        raise pickle.UnpicklingError("a tensor that reaches beyond its storage")
    return Outline(shape, stored.kind)


def _parameter(data: Any, *_more: Any) -> Any:
    return data


def _plain(*_given: Any) -> str:
    return ""


def _ordered(pairs: Any = (), *_more: Any) -> OrderedDict[Any, Any]:
    found: OrderedDict[Any, Any] = OrderedDict()
    for key, value in pairs:
        _check_keys((key,))
        found[key] = value
    return found


def _check_keys(keys: Iterable[Any]) -> None:
    """Refuse tuples of tuples: each hash and each comparison may visit what they share once for every way to it."""
    for key in keys:
        if isinstance(key, tuple) and not all(isinstance(each, str | bytes | int | float | None) for each in key):
            raise pickle.UnpicklingError("a key that no dictionary of weights has")


_KNOWN: dict[tuple[str, str], Callable[..., Any]] = {
    ("collections", "OrderedDict"): _ordered,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_tensor"): _tensor,
    ("torch._utils", "_rebuild_parameter"): _parameter,
    ("torch._utils", "_rebuild_parameter_with_state"): _parameter,
    ("torch.nn.parameter", "Parameter"): _parameter,
    ("torch", "device"): _plain,
    ("torch.serialization", "_get_layout"): _plain,
}
