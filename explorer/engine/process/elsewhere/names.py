"""Paths in requests and results: which of them name files of the window's machine, and what they are called at the other end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import msgspec
import numpy as np

from explorer.engine.thread.files import files_of
from explorer.engine.thread.requests import Payload

IN_RECIPES = ("source", "dataset", "picture", "pictures", "codes_of")
"""Fields of recipes that say where something lies, or where several things do."""
V = TypeVar("V")


def names_in(payload: Payload) -> tuple[str, ...]:
    """Whatever a payload names as read: files and folders, and names of what comes with the app; each once."""
    declared = (name for name, role in files_of(payload) if role.use == "read")
    return tuple(dict.fromkeys([*declared, *_in_recipes(payload)]))


def _in_recipes(value: Any) -> Iterator[str]:
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            inner = getattr(value, name)
            if isinstance(inner, str):
                if inner and name in IN_RECIPES:
                    yield inner
            elif name in IN_RECIPES and isinstance(inner, tuple):
                yield from (each for each in inner if isinstance(each, str) and each)
            else:
                yield from _in_recipes(inner)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _in_recipes(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _in_recipes(getattr(value, field.name))


def with_words(value: V, called: Callable[[str], str]) -> V:
    """The same value with every string in it as `called` says; itself where none is another."""
    return _with_words(value, called)


def _with_words(value: Any, called: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return called(value)
    if isinstance(value, (np.ndarray, bytes, int, float)) or value is None:
        return value
    if isinstance(value, tuple):
        now = tuple(_with_words(item, called) for item in value)
        return value if all(one is other for one, other in zip(now, value, strict=True)) else now
    if isinstance(value, list):
        return [_with_words(item, called) for item in value]
    if isinstance(value, dict):
        return {_with_words(key, called): _with_words(item, called) for key, item in value.items()}
    if isinstance(value, msgspec.Struct):
        changed = _changed(value, value.__struct_fields__, called)
        return msgspec.structs.replace(value, **changed) if changed else value
    if is_dataclass(value) and not isinstance(value, type):
        changed = _changed(value, tuple(field.name for field in fields(value) if field.init), called)
        return replace(value, **changed) if changed else value
    return value


def _changed(value: Any, names: tuple[str, ...], called: Callable[[str], str]) -> dict[str, Any]:
    changed = {}
    for name in names:
        before = getattr(value, name)
        now = _with_words(before, called)
        if now is not before and not (isinstance(before, str) and now == before):
            changed[name] = now
    return changed


def weight(value: Any) -> int:
    """Bytes of the arrays in a value."""
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (tuple, list)):
        return sum(weight(item) for item in value)
    if isinstance(value, dict):
        return sum(weight(item) for item in value.values())
    if is_dataclass(value) and not isinstance(value, type):
        return sum(weight(getattr(value, field.name)) for field in fields(value))
    return 0
