"""Whether a document has changes that are not saved."""

from __future__ import annotations

from typing import Any

from explorer.state.edits.bookmarks import gone_to
from explorer.state.named_files import without_places
from explorer.state.session import Session, part_of, undone


def has_changes(saved: Session, now: Session) -> bool:
    """Whether a session says something else than when it was saved.

    Where the person looks is no change, nor is that they went to a bookmark, of another seed or not; nor where a checkpoint lies.
    """
    return any(_differs(saved, now, part) for part in undone(now))


def _differs(saved: Session, now: Session, part: str) -> bool:
    recipe, before = getattr(now, part).recipe, getattr(saved, part).recipe
    if recipe == before:
        return False
    numbers = [number for number, place in enumerate(saved.notes.recipe.bookmarks) if part_of(place.workspace) == part]
    gone: list[Any] = [getattr(gone_to(saved, number), part).recipe for number in numbers]
    if recipe in gone:
        return False
    now_placeless = without_places(recipe)
    return all(without_places(each) != now_placeless for each in dict.fromkeys((before, *gone)))
