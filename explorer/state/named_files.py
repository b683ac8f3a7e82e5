"""The files that a session names: checkpoints, data sets, pictures, runs. Wherever one is named, it is found by the field's name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import msgspec

from explorer.recipe.told import NOTHING, Told

S = TypeVar("S", bound=msgspec.Struct)

FIELDS = frozenset({"source", "dataset", "picture", "pictures", "folders", "chosen"})
"""In which a path may stand, or several."""


class NamedFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of them.

    Attributes
    ----------
    source : str
        The path, or the name of a checkpoint that comes with the app.
    beside : str
        The path from the document's folder, with "/" between its parts; empty outside documents, and where there is none.
    checkpoint : str
        Hash of a checkpoint; empty of anything else.
    told : Told or None
        What was told of a checkpoint whose file does not say it.
    """

    source: str
    beside: str = ""
    checkpoint: str = ""
    told: Told | None = None


def files_of(part: msgspec.Struct | tuple[msgspec.Struct, ...]) -> tuple[NamedFile, ...]:
    """All that a session, or parts of one, name, each once; a checkpoint before other uses of its path."""
    found: dict[str, NamedFile] = {}
    for file in _named(part):
        known = found.get(file.source)
        if known is None or (file.checkpoint and not known.checkpoint):
            found[file.source] = file
    return tuple(found.values())


def _named(part: Any) -> Iterator[NamedFile]:
    if isinstance(part, tuple):
        for item in part:
            yield from _named(item)
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if name in FIELDS:
                checkpoint = getattr(part, "checkpoint", "") if name == "source" else ""
                told = getattr(part, "told", None) if checkpoint else None
                told = None if told == NOTHING else told
                yield from (NamedFile(path, checkpoint=checkpoint, told=told) for path in _texts(value))
            yield from _named(value)


def _texts(value: Any) -> tuple[str, ...]:
    values = value if isinstance(value, tuple) else (value,)
    return tuple(each for each in values if isinstance(each, str) and each)


def with_places(part: S, place: Callable[[str], str]) -> S:
    """A part of a session with every path as `place` gives it."""
    moved: S = _moved(part, place)
    return moved


def _moved(value: Any, place: Callable[[str], str]) -> Any:
    if isinstance(value, tuple):
        now = tuple(_moved(item, place) for item in value)
        return value if all(one is other for one, other in zip(value, now, strict=True)) else now
    if not isinstance(value, msgspec.Struct):
        return value
    changed = {}
    for name in value.__struct_fields__:
        before = getattr(value, name)
        after = _placed(before, place) if name in FIELDS else before
        after = _moved(after, place)
        if after is not before and after != before:
            changed[name] = after
    return msgspec.structs.replace(value, **changed) if changed else value


def _placed(value: Any, place: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return place(value) if value else value
    if isinstance(value, tuple):
        return tuple(_placed(each, place) for each in value)
    return value


def without_places(part: S) -> S:
    """A part of a session whose checkpoints are known by their hash alone: where they lie is no part of what it says."""
    placeless: S = _placeless(part)
    return placeless


def _placeless(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple(map(_placeless, value))
    if not isinstance(value, msgspec.Struct):
        return value
    changed = {name: _placeless(getattr(value, name)) for name in value.__struct_fields__}
    if changed.get("checkpoint") and "source" in changed:
        changed["source"] = ""
    return msgspec.structs.replace(value, **changed)
