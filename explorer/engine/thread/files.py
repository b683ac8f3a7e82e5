"""Which files a request names: a field says by its type that the engine reads or writes there.

The engine thread opens them where they are. A link to another machine sends those that are read, fetches those that were written, and
has the request name the places where they lie meanwhile. What is in recipes is not declared: checkpoints are found by their
hashes, and data sets where the engine is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, get_args, get_type_hints

from explorer.engine.thread.requests import Payload


@dataclass(frozen=True, slots=True)
class FileRole:
    """Whether the engine reads or writes the file."""

    use: Literal["read", "written"]


ReadFile = Annotated[str, FileRole("read")]
"""Path of a file or folder that the engine reads, or a name that it knows ("mnist", "mnist-ddpm-c"); empty for none."""

WrittenFile = Annotated[str, FileRole("written")]
"""Path of a file that the engine writes."""

P = TypeVar("P", bound=Payload)


def files_of(payload: Payload) -> tuple[tuple[str, FileRole], ...]:
    """Files that a request names, as it names them, each with its use; empty names are left out."""
    found: list[tuple[str, FileRole]] = []

    def note(path: str, role: FileRole) -> str:
        if path:
            found.append((path, role))
        return path

    with_files(payload, note)
    return tuple(found)


def with_files(payload: P, place: Callable[[str, FileRole], str]) -> P:
    """The same request with every file where `place` says."""
    return _placed(payload, None, place)


def _placed(value: Any, role: FileRole | None, place: Callable[[str, FileRole], str]) -> Any:
    if isinstance(value, str):
        return value if role is None else place(value, role)
    if type(value) is tuple:
        return tuple(_placed(item, role, place) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        roles = roles_of(type(value))
        return replace(value, **{name: _placed(getattr(value, name), role, place) for name, role in roles.items()})
    return value


@cache
def roles_of(kind: type) -> dict[str, FileRole | None]:
    """Fields of a dataclass, each with what its type says of files; None where that is nothing."""
    hints = get_type_hints(kind, include_extras=True)
    return {field.name: _role(hints[field.name]) for field in fields(kind)}


def _role(hint: Any) -> FileRole | None:
    for part in (*getattr(hint, "__metadata__", ()), *get_args(hint)):
        found = part if isinstance(part, FileRole) else _role(part)
        if found is not None:
            return found
    return None
