"""What a call from Python is given, looked at by the types in its signature: once, for every public call."""

from __future__ import annotations

import functools
import inspect
import operator
import os
import typing
from collections.abc import Callable, Mapping, Sequence
from numbers import Real
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, ParamSpec, TypeVar, get_args, get_origin

import numpy as np

from explorer.errors import BadInput

P = ParamSpec("P")
R = TypeVar("R")

_WORDS: dict[Any, str] = {
    bool: "True or False", int: "a whole number", float: "a number", str: "a text", Path: "a path", Mapping: "a mapping",
}  # fmt: skip


def checked(call: Callable[P, R]) -> Callable[P, R]:
    """The call, with its numbers, switches, names and paths looked at first; recipes then hold Python's own numbers.

    Numbers of numpy become Python's. Arrays, networks and sequences are for the call itself to look at.

    Raises
    ------
    BadInput
        When it is called, if a value is of another type than its parameter, or no name that the parameter has.
    """
    signature = inspect.signature(call)

    @functools.cache
    def hints() -> dict[str, Any]:
        return typing.get_type_hints(call)

    @functools.wraps(call)
    def looked_at(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:
            return call(*args, **kwargs)  # which says it as Python does, with the call's name
        for name, value in bound.arguments.items():
            if name in hints():
                bound.arguments[name] = _fitting(name, value, hints()[name])
        return call(*bound.args, **bound.kwargs)

    return looked_at


def _fitting(name: str, value: object, hint: Any) -> object:
    """The value as one of the types of a hint (BadInput if it is of none)."""
    kinds = get_args(hint) if get_origin(hint) in (typing.Union, UnionType) else (hint,)
    for kind in kinds:
        fits, found = _as(value, kind)
        if fits:
            return found
    allowed = _either([_words(kind) for kind in kinds if kind is not NoneType])
    given = repr(value) if isinstance(value, str | int | float | NoneType) else f"a {type(value).__name__}"
    raise BadInput(f"{name} is {given}, and must be {allowed}")


def _as(value: object, kind: Any) -> tuple[bool, object]:
    """Whether a value is of a kind, and it as one."""
    origin = get_origin(kind)
    if origin is Literal:
        return isinstance(value, str) and value in get_args(kind), value
    if kind is bool or isinstance(value, bool | np.bool_):
        return isinstance(value, bool | np.bool_) and kind is bool, bool(value)
    if kind is int:
        try:
            return True, operator.index(value)  # type: ignore[arg-type]  # asked of whatever it is
        except TypeError:
            return False, value
    if kind is float:
        return isinstance(value, Real), value if isinstance(value, int) or not isinstance(value, Real) else float(value)
    if kind is Path:
        return isinstance(value, os.PathLike), value
    if origin is Mapping:
        return isinstance(value, Mapping), value
    if origin is not None or kind is np.ndarray or not isinstance(kind, type):
        return True, value
    return isinstance(value, kind), value


def _words(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return _either([repr(name) for name in get_args(kind)])
    return _WORDS.get(get_origin(kind) or kind, f"a {getattr(kind, '__name__', kind)}")


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last
