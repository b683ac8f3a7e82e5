"""The examples that come with the app: sessions, each with a title and what to look at."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec

from explorer.resources import read_as_shipped, resource
from explorer.state.edits.bookmarks import with_notes_of, without_notes_of
from explorer.state.persistence import read_session
from explorer.state.session import Session, part_of, undone


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One example.

    Attributes
    ----------
    name : str
        Of its session file, without the ending.
    title : str
    look : str
        What to look at.
    """

    name: str
    title: str
    look: str

    @property
    def file(self) -> Path:
        """Its session."""
        return resource("examples", f"{self.name}.json")

    @property
    def picture(self) -> Path:
        """What it looks like, small."""
        return resource("examples", f"{self.name}.png")


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """All of them, in the order of the menu."""
    path = resource("examples", "index.json")
    with read_as_shipped(path):
        return msgspec.json.decode(path.read_bytes(), type=tuple[Example, ...])


@lru_cache(maxsize=64)
def session_of(example: Example) -> Session:
    """Its session, as it is kept."""
    return read_session(example.file)


def put_into(current: Session, example: Session) -> Session:
    """The current session with the example's workspace in the place of its own: the others stay as they are.

    Its notes and bookmarks come after the person's own; those of an example that was opened before go.
    """
    field = part_of(example.workspace)
    assert field in undone(example)
    for other in examples():
        current = without_notes_of(current, session_of(other).notes.recipe)
    current = with_notes_of(current, example.notes.recipe)
    return msgspec.structs.replace(current, workspace=example.workspace, **{field: getattr(example, field)})
